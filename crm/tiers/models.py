"""Tables of tiers. Private: other rooms come through `service` and `queries`."""

from datetime import datetime
from typing import Any

from tortoise import fields
from tortoise.fields import Now
from tortoise.migrations.constraints import CheckConstraint
from tortoise.models import Model

from core.columns import fen, key, maybe_ref, public_id, ref
from crm.tiers.rules.words import BASE_TIER, BenefitKind, TermKind, Why


class LadderRow(Model):
    """One version of the tiers (等级体系): `data` holds the fields of a ladder. Never changed."""

    id = key()
    version = fields.IntField(unique=True)
    data = fields.JSONField[dict[str, Any]]()
    since = fields.DatetimeField()
    by = fields.CharField(max_length=40)
    created_at = fields.DatetimeField(db_default=Now())

    class Meta(Model.Meta):
        table = "tiers_ladder"


class Benefit(Model):
    """What a tier, or a paid membership (`plan`), brings; `ended_at`: it did until then."""

    id = key()
    tier = fields.CharField(max_length=20, db_default="")
    plan = fields.CharField(max_length=40, db_default="")
    place = fields.CharField(max_length=40, db_default="")
    kind = fields.CharEnumField(BenefitKind, max_length=10)
    facts = fields.JSONField[dict[str, Any]]()
    zh = fields.CharField(max_length=80, db_default="")
    en = fields.CharField(max_length=160, db_default="")
    created_at = fields.DatetimeField(db_default=Now())
    ended_at: fields.Field[datetime | None] = fields.DatetimeField(null=True)

    class Meta(Model.Meta):
        table = "tiers_benefit"
        constraints = (
            CheckConstraint("(tier = '') <> (plan = '')", name="tiers_benefit_holder_check"),
        )


class Credit(Model):
    """What counts towards a tier, or was taken back (a refund, below zero). Never changed.

    `counts_at` is the moment of the purchase, of its refunds too: what is given back is missing on
    the day it was bought, and in no other window.
    """

    id = key()
    member_id = ref(is_indexed=False)
    cause = fields.CharField(max_length=80, unique=True)
    order_no = fields.CharField(max_length=32, db_default="")
    paid_fen = fen()
    growth = fields.BigIntField()
    counts_at = fields.DatetimeField()
    created_at = fields.DatetimeField(db_default=Now())

    class Meta(Model.Meta):
        table = "tiers_credit"
        indexes = (("member_id", "counts_at"), ("order_no",))


class Standing(Model):
    """Where a member stands: `earned` by buying, `tier` with what was paid for or given.

    `look_at` is when it has to be judged next; `judged_at` never goes back, whatever a clock says.
    `told_until` is the end of a tier that was announced.
    """

    id = key()
    member_id = fields.BigIntField(unique=True)
    tier = fields.CharField(max_length=20, db_default=BASE_TIER)
    rank = fields.IntField(db_default=0)
    earned = fields.CharField(max_length=20, db_default=BASE_TIER)
    amount = fields.BigIntField(db_default=0)
    since = fields.DatetimeField(null=True)
    until = fields.DatetimeField(null=True)
    is_in_grace = fields.BooleanField(db_default=False)
    told_until = fields.DatetimeField(null=True)
    judged_at = fields.DatetimeField(db_default=Now())
    look_at = fields.DatetimeField(null=True)

    class Meta(Model.Meta):
        table = "tiers_standing"
        indexes = (("tier", "member_id"),)


class Change(Model):
    """A member's tier became another one, why and at what amount (等级变更). Never changed."""

    id = key()
    member_id = ref()
    from_tier = fields.CharField(max_length=20)
    to_tier = fields.CharField(max_length=20)
    why = fields.CharEnumField(Why, max_length=10)
    cause = fields.CharField(max_length=80, db_default="")
    amount = fields.BigIntField()
    at = fields.DatetimeField(db_default=Now())

    class Meta(Model.Meta):
        table = "tiers_change"


class Plan(Model):
    """A paid membership (付费会员): buying `sku_id` gives `tier` for `days`, and its benefits."""

    id = key()
    code = fields.CharField(max_length=40, unique=True)
    zh = fields.CharField(max_length=40)
    en = fields.CharField(max_length=80)
    sku_id = fields.BigIntField(unique=True)
    tier = fields.CharField(max_length=20)
    days = fields.IntField()
    is_open = fields.BooleanField(db_default=True)
    changed_at = fields.DatetimeField(db_default=Now())

    class Meta(Model.Meta):
        table = "tiers_plan"
        constraints = (CheckConstraint("days BETWEEN 1 AND 3660", name="tiers_plan_days_check"),)


class Term(Model):
    """A tier somebody has for a while whatever they buy: paid for, given, or brought along.

    `ended_at` before `ends_at`: it was refunded or taken back. `told_at`: its end was announced.
    """

    id = key()
    public_id = public_id("trm")
    member_id = ref()
    kind = fields.CharEnumField(TermKind, max_length=8)
    plan = fields.CharField(max_length=40, db_default="")
    tier = fields.CharField(max_length=20)
    cause = fields.CharField(max_length=80, unique=True)
    order_id = maybe_ref()
    starts_at = fields.DatetimeField()
    ends_at: fields.Field[datetime | None] = fields.DatetimeField(null=True)
    ended_at: fields.Field[datetime | None] = fields.DatetimeField(null=True)
    why_ended = fields.CharField(max_length=80, db_default="")
    told_at: fields.Field[datetime | None] = fields.DatetimeField(null=True)
    by = fields.CharField(max_length=40, db_default="")
    created_at = fields.DatetimeField(db_default=Now())

    class Meta(Model.Meta):
        table = "tiers_term"
        constraints = (
            CheckConstraint("ends_at > starts_at", name="tiers_term_days_check"),
            CheckConstraint("(kind = 'plan') = (plan <> '')", name="tiers_term_plan_check"),
        )


class Renewal(Model):
    """A member wants a paid membership to go on (自动续费意愿). No money is taken by this row."""

    id = key()
    member_id = ref(is_indexed=False)
    plan = fields.CharField(max_length=40)
    is_wanted = fields.BooleanField()
    changed_at = fields.DatetimeField(db_default=Now())

    class Meta(Model.Meta):
        table = "tiers_renewal"
        unique_together = (("member_id", "plan"),)
