"""Prices and rates: by place, tier and day."""

from tortoise import fields
from tortoise.fields import Now
from tortoise.migrations.constraints import CheckConstraint
from tortoise.models import Model

from core.columns import fen, key, ref
from trade.promotions.rules import RateBase


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
