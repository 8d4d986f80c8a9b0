"""Stock tables. Private: other rooms come through `service` and `queries`."""

from tortoise import fields
from tortoise.fields import Now
from tortoise.migrations.constraints import CheckConstraint
from tortoise.models import Model

from core.columns import key, ref
from trade.stock.rules import ReservationState


class StockLevel(Model):
    """A store's shelf: on hand (现货), reserved (预占) of it, and safety stock (安全库存).

    A cache of the movements and of the live reservations; the auditor recomputes it.
    """

    id = key()
    sku_id = ref()
    store_id = ref()
    on_hand = fields.BigIntField()
    reserved = fields.BigIntField(db_default=0)
    safety = fields.BigIntField(db_default=0)

    class Meta(Model.Meta):
        table = "stock_level"
        unique_together = (("sku_id", "store_id"),)
        constraints = (
            CheckConstraint("reserved >= 0 AND safety >= 0", name="stock_level_not_negative_check"),
            CheckConstraint("reserved <= on_hand", name="stock_level_reserved_check"),
        )


class StockMovement(Model):
    """Stock ledger (库存流水): units that came (+) or went (-). Rows stay; a cause is unique."""

    id = key()
    cause = fields.CharField(max_length=160, unique=True)
    sku_id = ref()
    store_id = ref()
    quantity = fields.BigIntField()
    at = fields.DatetimeField(db_default=Now())

    class Meta(Model.Meta):
        table = "stock_movement"
        constraints = (CheckConstraint("quantity <> 0", name="stock_movement_quantity_check"),)


class Reservation(Model):
    """Units of one SKU kept for one order until it is paid, closed or expired."""

    id = key()
    order_no = fields.CharField(max_length=32)
    sku_id = ref()
    store_id = ref()
    quantity = fields.BigIntField()
    state = fields.CharEnumField(ReservationState, max_length=10)
    expires_at = fields.DatetimeField()

    class Meta(Model.Meta):
        table = "stock_reservation"
        unique_together = (("order_no", "sku_id"),)
        constraints = (CheckConstraint("quantity > 0", name="stock_reservation_quantity_check"),)
