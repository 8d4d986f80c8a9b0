"""The redemption shop (积分商城)."""

from datetime import datetime

from tortoise import fields
from tortoise.fields import Now
from tortoise.migrations.constraints import CheckConstraint
from tortoise.models import Model

from core.columns import key, maybe_ref, public_id, ref
from crm.points.rules import Purse, RedemptionState, RewardKind


class Reward(Model):
    """What points can be redeemed for (积分商城). `stock` is what is left, None: no limit.

    Purchases keep the price they were made at; `keep_days` is how long a gift lies ready.
    """

    id = key()
    public_id = public_id("rwd")
    kind = fields.CharEnumField(RewardKind, max_length=8)
    name = fields.CharField(max_length=40)
    purse = fields.CharEnumField(Purse, max_length=20)
    points = fields.BigIntField()
    coupon = fields.CharField(max_length=40, default="")
    stock = fields.BigIntField(null=True)
    each_most = fields.IntField(null=True)
    keep_days = fields.IntField(default=30)
    is_on = fields.BooleanField(default=True)
    valid_from = fields.DateField()
    valid_to = fields.DateField(null=True)
    redeemed = fields.BigIntField(db_default=0)
    created_at = fields.DatetimeField(db_default=Now())

    class Meta(Model.Meta):
        table = "points_reward"
        constraints = (
            CheckConstraint(
                "points > 0 AND stock >= 0 AND each_most >= 1 AND keep_days >= 1 AND redeemed >= 0",
                name="points_reward_amounts_check",
            ),
            CheckConstraint("(kind = 'gift') = (coupon = '')", name="points_reward_coupon_check"),
        )


class Redemption(Model):
    """Points a member gave for a reward (积分兑换), and what became of it."""

    id = key()
    redemption_no = fields.CharField(max_length=32, unique=True)
    reward: fields.ForeignKeyRelation[Reward] = fields.ForeignKeyField("points.Reward")
    reward_id: int
    member_id = ref(is_indexed=False)
    request_key = fields.CharField(max_length=80)
    pieces = fields.IntField()
    points = fields.BigIntField()
    purse = fields.CharEnumField(Purse, max_length=20)
    state = fields.CharEnumField(RedemptionState, max_length=12)
    store_id = maybe_ref()
    coupons: list[str] = fields.JSONField()
    ready_until: fields.Field[datetime | None] = fields.DatetimeField(null=True)
    by = fields.CharField(max_length=40, default="")
    at = fields.DatetimeField()
    ended_at: fields.Field[datetime | None] = fields.DatetimeField(null=True)

    class Meta(Model.Meta):
        table = "points_redemption"
        unique_together = (("member_id", "request_key"),)
        indexes = (("reward_id", "member_id"),)
        constraints = (
            CheckConstraint("pieces > 0 AND points > 0", name="points_redemption_amounts_check"),
            CheckConstraint(
                "(state = 'ready') = (ended_at IS NULL)", name="points_redemption_ended_check"
            ),
        )
