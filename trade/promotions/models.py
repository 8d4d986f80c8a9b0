"""Prices, rules, coupons and what was used of them. Private: others use `service` and `queries`.

Days are the shop's; `valid_to` is the last day that counts, none means until something newer.
Prices and rules are never changed: a new version is added, so an old quote can be worked out again.
"""

from typing import Any

from tortoise import fields
from tortoise.fields import Now
from tortoise.migrations.constraints import CheckConstraint
from tortoise.models import Model

from core.columns import fen, key, maybe_fen, maybe_ref, public_id, ref
from trade.promotions.rules import (
    CouponState,
    DealKind,
    GiftState,
    IssueState,
    RateBase,
    UseKind,
    UseState,
)


class Edition(Model):
    """One row that every write of prices or rules changes: who kept a copy sees that it is old."""

    id = fields.SmallIntField(primary_key=True, generated=False)
    edition = fields.UUIDField()

    class Meta(Model.Meta):
        table = "promotions_edition"


class Price(Model):
    """What one SKU costs at a place (售价), or a tier there (会员价), for a while.

    `place` is "" (everywhere), "region:华东", "franchisee:3" or "store:17"; the narrowest counts.
    `is_lower_only`: it counts only where it is below what the piece would cost without it.
    """

    id = key()
    place = fields.CharField(max_length=40, default="")
    sku_id = ref()
    tier = fields.CharField(max_length=20, default="")
    price_fen = fen()
    is_lower_only = fields.BooleanField(default=False)
    valid_from = fields.DateField()
    valid_to = fields.DateField(null=True)
    version = fields.IntField()
    created_at = fields.DatetimeField(db_default=Now())

    class Meta(Model.Meta):
        table = "promotions_price"
        unique_together = (("place", "sku_id", "tier", "valid_from", "version"),)
        constraints = (
            CheckConstraint("price_fen >= 0", name="promotions_price_fen_check"),
            CheckConstraint("valid_to >= valid_from", name="promotions_price_days_check"),
        )


class MemberRate(Model):
    """What a tier (等级) pays of the list or the sale price, in basis points: 9500 is 95 折."""

    id = key()
    tier = fields.CharField(max_length=20)
    version = fields.IntField()
    rate_bp = fields.IntField()
    rate_of = fields.CharEnumField(RateBase, max_length=4, default=RateBase.LIST)
    valid_from = fields.DateField()
    valid_to = fields.DateField(null=True)
    created_at = fields.DatetimeField(db_default=Now())

    class Meta(Model.Meta):
        table = "promotions_member_rate"
        unique_together = (("tier", "version"),)
        constraints = (
            CheckConstraint("rate_bp BETWEEN 0 AND 10000", name="promotions_member_rate_bp_check"),
        )


class Campaign(Model):
    """A promotion (促销) or coupon (优惠券) in all its versions, and how much of it is used."""

    id = key()
    code = fields.CharField(max_length=40, unique=True)
    kind = fields.CharEnumField(DealKind, max_length=16)
    used_fen = fields.BigIntField(db_default=0)
    used_times = fields.BigIntField(db_default=0)
    claimed = fields.BigIntField(db_default=0)
    created_at = fields.DatetimeField(db_default=Now())

    class Meta(Model.Meta):
        table = "promotions_campaign"
        constraints = (
            CheckConstraint(
                "used_fen >= 0 AND used_times >= 0 AND claimed >= 0",
                name="promotions_campaign_used_check",
            ),
        )


class Promotion(Model):
    """One version of a campaign: whom it is for (`scope`), what it does (`terms`), its limits.

    `priority` orders it among its kind, `exclusive_group` names those of which an order takes one,
    `may_stack` says whether its goods may take part in others too. `quota`, `claims_each` and
    `valid_days` are a coupon's: how many are given out, to each, and for how long each is good.
    `borne_bp` is the share of what a coupon takes off that the store's franchisee bears.
    """

    id = key()
    campaign: fields.ForeignKeyRelation[Campaign] = fields.ForeignKeyField("promotions.Campaign")
    campaign_id: int
    version = fields.IntField()
    name = fields.CharField(max_length=40)
    scope: dict[str, Any] = fields.JSONField()
    terms: dict[str, Any] = fields.JSONField()
    priority = fields.IntField(default=100)
    exclusive_group = fields.CharField(max_length=40, default="")
    may_stack = fields.BooleanField(default=True)
    budget_fen = maybe_fen()
    budget_times = fields.BigIntField(null=True)
    times_each = fields.BigIntField(null=True)
    quota = fields.BigIntField(null=True)
    claims_each = fields.IntField(null=True)
    valid_days = fields.IntField(null=True)
    borne_bp = fields.IntField(db_default=0)
    valid_from = fields.DateField()
    valid_to = fields.DateField(null=True)
    starts_at = fields.DatetimeField(null=True)
    ends_at = fields.DatetimeField(null=True)
    created_at = fields.DatetimeField(db_default=Now())

    class Meta(Model.Meta):
        table = "promotions_promotion"
        unique_together = (("campaign", "version"),)
        constraints = (
            CheckConstraint("valid_to >= valid_from", name="promotions_promotion_days_check"),
            CheckConstraint(
                "budget_fen >= 0 AND budget_times >= 0 AND times_each >= 0 AND quota >= 0"
                " AND claims_each >= 0 AND valid_days >= 1 AND borne_bp BETWEEN 0 AND 10000",
                name="promotions_promotion_limits_check",
            ),
        )


class Coupon(Model):
    """One coupon in a member's hand (卡券): it is used by one order at most, and once.

    A coupon that comes back after a refund, or goes to a friend, is a new row; `returned_of` names
    the old one.
    """

    id = key()
    public_id = public_id("cpn")
    campaign: fields.ForeignKeyRelation[Campaign] = fields.ForeignKeyField("promotions.Campaign")
    campaign_id: int
    promotion: fields.ForeignKeyRelation[Promotion] = fields.ForeignKeyField("promotions.Promotion")
    promotion_id: int
    member_id = ref()
    claim_key = fields.CharField(max_length=64)
    state = fields.CharEnumField(CouponState, max_length=8, default=CouponState.ISSUED)
    order_no = fields.CharField(max_length=32, null=True)
    starts_at = fields.DatetimeField()
    ends_at = fields.DatetimeField()
    returned_of: fields.ForeignKeyNullableRelation["Coupon"] = fields.OneToOneField(
        "promotions.Coupon", null=True
    )
    returned_of_id: int | None
    claimed_at = fields.DatetimeField(db_default=Now())
    used_at = fields.DatetimeField(null=True)

    class Meta(Model.Meta):
        table = "promotions_coupon"
        unique_together = (("member_id", "campaign", "claim_key"),)
        constraints = (
            CheckConstraint(
                "(state IN ('held', 'used', 'returned')) = (order_no IS NOT NULL)",
                name="promotions_coupon_order_check",
            ),
            CheckConstraint("ends_at >= starts_at", name="promotions_coupon_days_check"),
        )


class Use(Model):
    """What an order takes of a coupon or of a limited promotion: held, then captured or released.

    `ref` is the coupon or the campaign, `fen` what it gave, `times` pieces, sets or orders.
    """

    id = key()
    order_no = fields.CharField(max_length=32)
    kind = fields.CharEnumField(UseKind, max_length=8)
    ref = fields.BigIntField()
    member_id = maybe_ref()
    store_id = maybe_ref(is_indexed=False)
    fen = fen()
    times = fields.BigIntField()
    state = fields.CharEnumField(UseState, max_length=8, default=UseState.HELD)
    expires_at = fields.DatetimeField()
    created_at = fields.DatetimeField(db_default=Now())

    class Meta(Model.Meta):
        table = "promotions_use"
        unique_together = (("order_no", "kind", "ref"),)
        constraints = (
            CheckConstraint("fen >= 0 AND times >= 0", name="promotions_use_amount_check"),
        )


class ProgramRate(Model):
    """Flat rates of the program: points per yuan paid, commission and franchise share of it.

    Points as money: `points_a_yuan` of them pay one yuan, in steps of `points_step`, up to
    `points_cap_bp` of what an order costs; 0 a yuan: points pay nothing.
    """

    id = key()
    version = fields.IntField(unique=True)
    points_per_yuan = fields.IntField()
    commission_bp = fields.IntField()
    share_bp = fields.IntField()
    points_a_yuan = fields.IntField(default=0)
    points_step = fields.IntField(default=1)
    points_cap_bp = fields.IntField(default=0)
    valid_from = fields.DateField()
    created_at = fields.DatetimeField(db_default=Now())

    class Meta(Model.Meta):
        table = "promotions_program_rate"
        constraints = (
            CheckConstraint(
                "points_per_yuan >= 0 AND commission_bp BETWEEN 0 AND 10000"
                " AND share_bp BETWEEN 0 AND 10000 AND points_a_yuan >= 0 AND points_step >= 1"
                " AND points_cap_bp BETWEEN 0 AND 10000",
                name="promotions_program_rate_check",
            ),
        )


class CouponGift(Model):
    """A coupon on its way to a friend (转赠): whoever brings the token first has it.

    The row is the gate: it is open, then taken, taken back or over, once and for all.
    """

    id = key()
    token = public_id("gft")
    coupon: fields.ForeignKeyRelation[Coupon] = fields.ForeignKeyField("promotions.Coupon")
    coupon_id: int
    from_id = ref()
    to_id = maybe_ref()
    state = fields.CharEnumField(GiftState, max_length=8, default=GiftState.OPEN)
    expires_at = fields.DatetimeField()
    made_at = fields.DatetimeField(db_default=Now())
    ended_at = fields.DatetimeField(null=True)

    class Meta(Model.Meta):
        table = "promotions_coupon_gift"
        constraints = (
            CheckConstraint(
                "(state = 'open') = (ended_at IS NULL) AND (state = 'taken') = (to_id IS NOT NULL)",
                name="promotions_coupon_gift_state_check",
            ),
        )


class CouponIssue(Model):
    """Coupons for many members at once (批量发券). `cause` gives each of them one, ever."""

    id = key()
    public_id = public_id("iss")
    campaign: fields.ForeignKeyRelation[Campaign] = fields.ForeignKeyField("promotions.Campaign")
    campaign_id: int
    cause = fields.CharField(max_length=60, unique=True)
    note = fields.CharField(max_length=80, db_default="")
    state = fields.CharEnumField(IssueState, max_length=10, default=IssueState.RUNNING)
    total = fields.BigIntField()
    given = fields.BigIntField(db_default=0)
    refused = fields.BigIntField(db_default=0)
    by = fields.CharField(max_length=40)
    created_at = fields.DatetimeField(db_default=Now())
    ended_at = fields.DatetimeField(null=True)

    class Meta(Model.Meta):
        table = "promotions_coupon_issue"
        constraints = (
            CheckConstraint(
                "least(given, refused) >= 0 AND given + refused <= total"
                " AND (state = 'running') = (ended_at IS NULL)",
                name="promotions_coupon_issue_count_check",
            ),
        )


class CouponIssueMember(Model):
    """Whom an issue is for; `outcome` is empty while they wait, else given or why not."""

    id = key()
    issue: fields.ForeignKeyRelation[CouponIssue] = fields.ForeignKeyField("promotions.CouponIssue")
    issue_id: int
    member_id = ref(is_indexed=False)
    outcome = fields.CharField(max_length=40, db_default="")

    class Meta(Model.Meta):
        table = "promotions_coupon_issue_member"
        unique_together = (("issue", "member_id"),)


class CodeBatch(Model):
    """Printed codes of a campaign (券码): each is good for one coupon, for whoever brings it."""

    id = key()
    public_id = public_id("cdb")
    campaign: fields.ForeignKeyRelation[Campaign] = fields.ForeignKeyField("promotions.Campaign")
    campaign_id: int
    cause = fields.CharField(max_length=60, unique=True)
    note = fields.CharField(max_length=80, db_default="")
    count = fields.IntField()
    by = fields.CharField(max_length=40)
    created_at = fields.DatetimeField(db_default=Now())

    class Meta(Model.Meta):
        table = "promotions_code_batch"


class CouponCode(Model):
    """One printed code. Who was first has its coupon."""

    id = key()
    batch: fields.ForeignKeyRelation[CodeBatch] = fields.ForeignKeyField("promotions.CodeBatch")
    batch_id: int
    code = fields.CharField(max_length=16, unique=True)
    member_id = maybe_ref()
    taken_at = fields.DatetimeField(null=True)

    class Meta(Model.Meta):
        table = "promotions_coupon_code"
        constraints = (
            CheckConstraint(
                "(member_id IS NULL) = (taken_at IS NULL)", name="promotions_coupon_code_check"
            ),
        )
