"""Prices and rules as data. Private: other rooms come through `service` and `queries`.

Days are the shop's; `valid_to` is the last day that counts, none means until something newer.
Rules are never changed: a new version is added, so an old quote can be worked out again.
"""

from tortoise import fields
from tortoise.fields import Now
from tortoise.migrations.constraints import CheckConstraint
from tortoise.models import Model

from core.columns import fen, key, maybe_ref, ref


class StorePrice(Model):
    """What one SKU costs in one store (售价) for a while; the youngest valid row counts."""

    id = key()
    store_id = ref()
    sku_id = ref()
    price_fen = fen()
    valid_from = fields.DateField()
    valid_to = fields.DateField(null=True)

    class Meta(Model.Meta):
        table = "promotions_store_price"
        unique_together = (("store_id", "sku_id", "valid_from"),)
        constraints = (
            CheckConstraint("price_fen >= 0", name="promotions_store_price_fen_check"),
            CheckConstraint("valid_to >= valid_from", name="promotions_store_price_days_check"),
        )


class MemberRate(Model):
    """What a tier (等级) pays of the list price, in basis points: 9500 is 95 折."""

    id = key()
    tier = fields.CharField(max_length=20)
    version = fields.IntField()
    rate_bp = fields.IntField()
    valid_from = fields.DateField()
    valid_to = fields.DateField(null=True)
    created_at = fields.DatetimeField(db_default=Now())

    class Meta(Model.Meta):
        table = "promotions_member_rate"
        unique_together = (("tier", "version"),)
        constraints = (
            CheckConstraint("rate_bp BETWEEN 0 AND 10000", name="promotions_member_rate_bp_check"),
        )


class FullReduction(Model):
    """A full-reduction (满减): from `threshold_fen` on, `reduction_fen` less.

    Without a store it holds in every store.
    """

    id = key()
    code = fields.CharField(max_length=40)
    version = fields.IntField()
    name = fields.CharField(max_length=40)
    store_id = maybe_ref()
    threshold_fen = fen()
    reduction_fen = fen()
    valid_from = fields.DateField()
    valid_to = fields.DateField(null=True)
    created_at = fields.DatetimeField(db_default=Now())

    class Meta(Model.Meta):
        table = "promotions_full_reduction"
        unique_together = (("code", "version"),)
        constraints = (
            CheckConstraint(
                "reduction_fen > 0 AND reduction_fen <= threshold_fen",
                name="promotions_full_reduction_fen_check",
            ),
        )


class ProgramRate(Model):
    """Flat rates of the program: points per yuan paid, commission and franchise share of it."""

    id = key()
    version = fields.IntField(unique=True)
    points_per_yuan = fields.IntField()
    commission_bp = fields.IntField()
    share_bp = fields.IntField()
    valid_from = fields.DateField()
    created_at = fields.DatetimeField(db_default=Now())

    class Meta(Model.Meta):
        table = "promotions_program_rate"
        constraints = (
            CheckConstraint(
                "points_per_yuan >= 0 AND commission_bp BETWEEN 0 AND 10000"
                " AND share_bp BETWEEN 0 AND 10000",
                name="promotions_program_rate_check",
            ),
        )
