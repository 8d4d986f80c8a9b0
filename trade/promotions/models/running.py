"""Promotions and coupons in their versions, and what orders take of them."""

from typing import Any

from tortoise import fields
from tortoise.fields import Now
from tortoise.migrations.constraints import CheckConstraint
from tortoise.models import Model

from core.columns import fen, key, maybe_fen, maybe_ref
from trade.promotions.rules import DealKind, UseKind, UseState


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
