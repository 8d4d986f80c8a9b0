"""Settlement tables. Private: other rooms come through `service` and `queries`."""

from tortoise import fields
from tortoise.migrations.constraints import CheckConstraint
from tortoise.models import Model

from core.columns import fen, key, maybe_ref, ref


class SaleCredit(Model):
    """What one paid order was worth to its guide and franchisee, and by which rates. Never changed.

    The balances are the ledger's; refunds mirror the journals, not this row.
    """

    id = key()
    order_id = fields.BigIntField(unique=True)
    order_no = fields.CharField(max_length=32, unique=True)
    store_id = ref()
    guide_id = maybe_ref()
    franchisee_id = maybe_ref()
    paid_fen = fen()
    rates_version = fields.IntField()
    commission_bp = fields.IntField()
    share_bp = fields.IntField()
    commission_fen = fen()
    share_fen = fen()
    at = fields.DatetimeField()

    class Meta(Model.Meta):
        table = "settlement_sale_credit"
        constraints = (
            CheckConstraint(
                "paid_fen > 0 AND commission_fen BETWEEN 0 AND paid_fen"
                " AND share_fen BETWEEN 0 AND paid_fen",
                name="settlement_sale_credit_fen_check",
            ),
        )
