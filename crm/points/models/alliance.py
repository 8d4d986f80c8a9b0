"""Points that cross to outside partners and come from them (积分联盟)."""

from datetime import datetime

from tortoise import fields
from tortoise.fields import Now
from tortoise.migrations.constraints import CheckConstraint, UniqueConstraint
from tortoise.models import Model

from core.columns import key, ref
from crm.points.rules import Direction, ExchangeState, Purse


class Alliance(Model):
    """What points of one outside partner are worth (积分联盟); `code` names it in the settings.

    `out_ours` of our points become `out_theirs` of theirs, `in_theirs` of theirs `in_ours` of ours,
    always in whole lots of that size; 0: not in this direction. `most_a_day` is ours, of a member.
    """

    id = key()
    code = fields.CharField(max_length=40, unique=True)
    name = fields.CharField(max_length=40)
    purse = fields.CharEnumField(Purse, max_length=20, default=Purse.POINTS)
    out_ours = fields.BigIntField(default=0)
    out_theirs = fields.BigIntField(default=0)
    in_theirs = fields.BigIntField(default=0)
    in_ours = fields.BigIntField(default=0)
    most_a_day = fields.BigIntField()
    in_days: fields.Field[int | None] = fields.IntField(null=True)
    is_on = fields.BooleanField(default=True)

    class Meta(Model.Meta):
        table = "points_alliance"
        constraints = (
            CheckConstraint(
                "least(out_ours, out_theirs, in_theirs, in_ours, most_a_day) >= 0"
                " AND (out_ours > 0) = (out_theirs > 0) AND (in_ours > 0) = (in_theirs > 0)"
                " AND in_days >= 1",
                name="points_alliance_rates_check",
            ),
        )


class AllianceAccount(Model):
    """A member's account at a partner, encrypted and bound to this row; at most one row is open."""

    id = key()
    alliance: fields.ForeignKeyRelation[Alliance] = fields.ForeignKeyField("points.Alliance")
    alliance_id: int
    member_id = ref()
    account_cipher = fields.CharField(max_length=400, null=True)
    linked_at = fields.DatetimeField()
    unlinked_at: fields.Field[datetime | None] = fields.DatetimeField(null=True)

    class Meta(Model.Meta):
        table = "points_alliance_account"
        constraints = (
            UniqueConstraint(
                fields=("member_id", "alliance"),
                name="points_alliance_account_open",
                condition="unlinked_at IS NULL",
            ),
        )


class Exchange(Model):
    """Points that cross to a partner or come from one (积分互换), under our number.

    Ours go out when it is wanted and come back if the partner refuses; theirs come in when it has
    said yes. `account_cipher` is the account it was asked with.
    """

    id = key()
    exchange_no = fields.CharField(max_length=32, unique=True)
    alliance: fields.ForeignKeyRelation[Alliance] = fields.ForeignKeyField("points.Alliance")
    alliance_id: int
    member_id = ref(is_indexed=False)
    request_key = fields.CharField(max_length=80)
    direction = fields.CharEnumField(Direction, max_length=4)
    purse = fields.CharEnumField(Purse, max_length=20)
    ours = fields.BigIntField()
    theirs = fields.BigIntField()
    account: fields.ForeignKeyRelation[AllianceAccount] = fields.ForeignKeyField(
        "points.AllianceAccount"
    )
    account_id: int
    state = fields.CharEnumField(ExchangeState, max_length=8, default=ExchangeState.WANTED)
    why = fields.CharField(max_length=80, default="")
    partner_no = fields.CharField(max_length=64, default="")
    day = fields.DateField(db_index=True)
    at = fields.DatetimeField()
    ended_at: fields.Field[datetime | None] = fields.DatetimeField(null=True)

    class Meta(Model.Meta):
        table = "points_exchange"
        unique_together = (("member_id", "request_key"),)
        constraints = (
            CheckConstraint("ours > 0 AND theirs > 0", name="points_exchange_amounts_check"),
            CheckConstraint(
                "(state IN ('done', 'refused')) = (ended_at IS NOT NULL)",
                name="points_exchange_ended_check",
            ),
        )


class Difference(Model):
    """Where a partner's list of a day and ours disagree (对账差异); a person says what was done."""

    id = key()
    alliance: fields.ForeignKeyRelation[Alliance] = fields.ForeignKeyField("points.Alliance")
    alliance_id: int
    day = fields.DateField()
    exchange_no = fields.CharField(max_length=64)
    what = fields.CharField(max_length=20)
    ours = fields.BigIntField(null=True)
    theirs = fields.BigIntField(null=True)
    found_at = fields.DatetimeField(db_default=Now())
    settled_by = fields.CharField(max_length=40, default="")
    note = fields.CharField(max_length=200, default="")

    class Meta(Model.Meta):
        table = "points_difference"
        unique_together = (("alliance", "day", "exchange_no", "what"),)
