"""Stock tables. Private: other rooms come through `service` and `queries`."""

from tortoise import fields
from tortoise.fields import Now
from tortoise.migrations.constraints import CheckConstraint
from tortoise.models import Model

from core.columns import key, ref
from trade.stock.rules import (
    CountState,
    InboundKind,
    InboundState,
    MovementKind,
    Place,
    ReservationState,
)


class StockLevel(Model):
    """A store's stock of one SKU: on hand (现货), reserved (预占) of it, safety stock (安全库存).

    A cache of the movements and of the live reservations; the auditor recomputes it. `shortfall` is
    how far facts (a till's sale, a count, a breakage) took goods that were reserved. `counted_at`:
    as of when the shelf was last counted or told. `is_dirty`: changed since its last news, whose
    number is `told_no`.
    """

    id = key()
    sku_id = fields.BigIntField()  # the unique pair is its index
    store_id = ref()
    on_hand = fields.BigIntField()
    reserved = fields.BigIntField(db_default=0)
    safety = fields.BigIntField(db_default=0)
    in_transit = fields.BigIntField(db_default=0)
    in_returns = fields.BigIntField(db_default=0)
    damaged = fields.BigIntField(db_default=0)
    shortfall = fields.BigIntField(db_default=0)
    counted_at = fields.DatetimeField(null=True)
    is_dirty = fields.BooleanField(db_default=True)
    told_no = fields.BigIntField(db_default=0)

    class Meta(Model.Meta):
        table = "stock_level"
        unique_together = (("sku_id", "store_id"),)
        constraints = (
            CheckConstraint(
                "least(reserved, safety, in_transit, in_returns, damaged, shortfall) >= 0",
                name="stock_level_not_negative_check",
            ),
            CheckConstraint("reserved <= on_hand + shortfall", name="stock_level_reserved_check"),
        )


class StockMovement(Model):
    """Stock ledger (库存流水): units that came (+) or went (-). Rows stay; a cause is unique.

    `at` is when it happened, `booked_at` when the books heard of it. A count or a snapshot that
    found what the books said is a row of zero.
    """

    id = key()
    cause = fields.CharField(max_length=200, unique=True)
    kind = fields.CharEnumField(MovementKind, max_length=16, db_default=MovementKind.SOLD.value)
    sku_id = fields.BigIntField()
    store_id = fields.BigIntField()
    place = fields.CharEnumField(Place, max_length=8, db_default=Place.SHELF.value)
    quantity = fields.BigIntField()
    reason = fields.CharField(max_length=20, db_default="")
    actor = fields.CharField(max_length=64, db_default="system")
    document_no = fields.CharField(max_length=64, null=True)
    at = fields.DatetimeField(db_default=Now())
    booked_at = fields.DatetimeField(db_default=Now())

    class Meta(Model.Meta):
        table = "stock_movement"
        constraints = (
            CheckConstraint(
                "quantity <> 0 OR kind IN ('counted', 'synced')",
                name="stock_movement_quantity_check",
            ),
        )


class Reservation(Model):
    """Units of one SKU kept for one order until it is paid, closed or expired."""

    id = key()
    order_no = fields.CharField(max_length=32)
    sku_id = fields.BigIntField()
    store_id = fields.BigIntField()
    quantity = fields.BigIntField()
    state = fields.CharEnumField(ReservationState, max_length=10)
    expires_at = fields.DatetimeField()

    class Meta(Model.Meta):
        table = "stock_reservation"
        unique_together = (("order_no", "sku_id"),)
        constraints = (CheckConstraint("quantity > 0", name="stock_reservation_quantity_check"),)


class Inbound(Model):
    """Goods on their way to a store (入库单): a supplier's delivery, or a transfer (调拨).

    What arrived of it is what the movements with its number say.
    """

    id = key()
    number = fields.CharField(max_length=64, unique=True)
    kind = fields.CharEnumField(InboundKind, max_length=10)
    from_store_id = fields.BigIntField(null=True)
    store_id = fields.BigIntField()
    state = fields.CharEnumField(InboundState, max_length=10)
    due_on = fields.DateField(null=True)
    opened_by = fields.CharField(max_length=64)
    opened_at = fields.DatetimeField(db_default=Now())
    closed_by = fields.CharField(max_length=64, null=True)
    closed_at = fields.DatetimeField(null=True)

    class Meta(Model.Meta):
        table = "stock_inbound"
        constraints = (
            CheckConstraint(
                "(kind = 'transfer') = (from_store_id IS NOT NULL) AND from_store_id <> store_id",
                name="stock_inbound_from_check",
            ),
            CheckConstraint(
                "(state = 'closed') = (closed_at IS NOT NULL)", name="stock_inbound_closed_check"
            ),
        )


class InboundLine(Model):
    id = key()
    inbound: fields.ForeignKeyRelation[Inbound] = fields.ForeignKeyField("stock.Inbound")
    inbound_id: int
    sku_id = fields.BigIntField()
    sent = fields.BigIntField()

    class Meta(Model.Meta):
        table = "stock_inbound_line"
        unique_together = (("inbound", "sku_id"),)
        constraints = (CheckConstraint("sent > 0", name="stock_inbound_line_sent_check"),)


class Count(Model):
    """A count sheet (盘点单): what somebody found, and whether somebody else believed it."""

    id = key()
    number = fields.CharField(max_length=64, unique=True)
    store_id = ref()
    state = fields.CharEnumField(CountState, max_length=10)
    opened_by = fields.CharField(max_length=64)
    opened_at = fields.DatetimeField(db_default=Now())
    closed_by = fields.CharField(max_length=64, null=True)
    closed_at = fields.DatetimeField(null=True)

    class Meta(Model.Meta):
        table = "stock_count"
        constraints = (
            CheckConstraint(
                "(state = 'open') = (closed_at IS NULL)", name="stock_count_closed_check"
            ),
        )


class CountLine(Model):
    """`counted` pieces lay there at `counted_at`."""

    id = key()
    count: fields.ForeignKeyRelation[Count] = fields.ForeignKeyField("stock.Count")
    count_id: int
    sku_id = fields.BigIntField()
    counted = fields.BigIntField()
    counted_by = fields.CharField(max_length=64)
    counted_at = fields.DatetimeField()

    class Meta(Model.Meta):
        table = "stock_count_line"
        unique_together = (("count", "sku_id"),)
        constraints = (CheckConstraint("counted >= 0", name="stock_count_line_counted_check"),)


class FeedMark(Model):
    """The newest number of a feed that was heard for one SKU in one store."""

    id = key()
    source = fields.CharField(max_length=40)
    sku_id = fields.BigIntField()
    store_id = fields.BigIntField()
    seq = fields.BigIntField()

    class Meta(Model.Meta):
        table = "stock_feed_mark"
        unique_together = (("source", "sku_id", "store_id"),)
