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


class GoodsMoved(Model):
    """Goods that one store sold and another took back (异店退货). Never changed.

    Whose goods they were is frozen here; None is the house. `amount_fen` of the ledger goes from
    the owner of the store that has the goods now to the owner of the one that sold them.
    """

    id = key()
    receipt_id = fields.BigIntField(unique=True)
    return_no = fields.CharField(max_length=32)
    order_id = ref()
    order_no = fields.CharField(max_length=32)
    sold_store_id = ref()
    store_id = ref()
    sold_franchisee_id = maybe_ref()
    franchisee_id = maybe_ref()
    pieces = fields.BigIntField()
    worth_fen = fen()
    rates_version = fields.IntField()
    share_bp = fields.IntField()
    amount_fen = fen()
    at = fields.DatetimeField()

    class Meta(Model.Meta):
        table = "settlement_goods_moved"
        constraints = (
            CheckConstraint(
                "pieces > 0 AND worth_fen >= 0 AND amount_fen BETWEEN 0 AND worth_fen"
                " AND (amount_fen = 0 OR sold_franchisee_id IS DISTINCT FROM franchisee_id)",
                name="settlement_goods_moved_fen_check",
            ),
        )
