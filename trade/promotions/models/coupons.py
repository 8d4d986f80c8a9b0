"""Coupons in members' hands, on their way to friends, for many, and out of printed codes."""

from tortoise import fields
from tortoise.fields import Now
from tortoise.migrations.constraints import CheckConstraint
from tortoise.models import Model

from core.columns import key, maybe_ref, public_id, ref
from trade.promotions.models.running import Campaign, Promotion
from trade.promotions.rules import CouponState, GiftState, IssueState


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
