"""Tables of returns: the case, the goods, what becomes of them, and the money."""

from typing import Any

from tortoise import fields
from tortoise.fields import Now
from tortoise.migrations.constraints import CheckConstraint
from tortoise.models import Model

from core.columns import fen, key, maybe_ref, public_id, ref
from trade.fulfilment.return_rules import (
    Condition,
    Disposition,
    MoneyState,
    MoneyWhen,
    Proof,
    ReceiptState,
    RefundTo,
    ReturnKind,
    ReturnState,
)


class ReturnRuleRow(Model):
    """One row of the return policy (退换货政策). `data` holds the fields of a rule.

    A changed rule is a new row; of a code one row has no end.
    """

    id = key()
    code = fields.CharField(max_length=40)
    priority = fields.IntField()
    data = fields.JSONField[dict[str, Any]]()
    valid_from = fields.DatetimeField(db_default=Now())
    valid_until = fields.DatetimeField(null=True)

    class Meta(Model.Meta):
        table = "fulfilment_return_rule"


class LineBack(Model):
    """What of an order line is given back or claimed to be. `id` is the line's; the row is a lock:

    pieces and fen of a line are never given back twice.
    """

    id = fields.BigIntField(primary_key=True, generated=False)
    order_id = ref()
    pieces = fields.BigIntField()
    refused = fields.BigIntField(db_default=0)
    returned = fields.BigIntField(db_default=0)
    worth_fen = fields.BigIntField(db_default=0)
    payable_fen = fen()

    class Meta(Model.Meta):
        table = "fulfilment_line_back"
        constraints = (
            CheckConstraint(
                "least(refused, returned, worth_fen) >= 0 AND refused + returned <= pieces"
                " AND worth_fen <= payable_fen",
                name="fulfilment_line_back_pieces_check",
            ),
        )


class Return(Model):
    """A case of goods that come back (售后单). Goods, what becomes of them, and money each have

    their own state and rows. `worth_fen` is what the pieces are worth now; `asked_fen` of it has
    been asked back for the buyer. `store_id` is where they go, or went: any store may take them.
    """

    id = key()
    public_id = public_id("rtn")
    return_no = fields.CharField(max_length=32, unique=True)
    request_key = fields.CharField(max_length=120, unique=True)
    fingerprint = fields.CharField(max_length=64)
    order_id = ref()
    order_no = fields.CharField(max_length=32)
    member_id = maybe_ref()
    sold_store_id = ref()
    store_id = ref()
    kind = fields.CharEnumField(ReturnKind, max_length=10)
    state = fields.CharEnumField(ReturnState, max_length=10)
    receipt = fields.CharEnumField(ReceiptState, max_length=10)
    money = fields.CharEnumField(MoneyState, max_length=10)
    refund_to = fields.CharEnumField(RefundTo, max_length=10)
    proof = fields.CharEnumField(Proof, max_length=10)
    rule_code = fields.CharField(max_length=40)
    reason = fields.CharField(max_length=200, db_default="")
    money_when = fields.CharEnumField(MoneyWhen, max_length=12)
    manager_over_fen = fen()
    worth_fen = fields.BigIntField(db_default=0)
    asked_fen = fields.BigIntField(db_default=0)
    carrier = fields.CharField(max_length=16, db_default="")
    tracking_no = fields.CharField(max_length=32, db_default="")
    exchange_order_id = maybe_ref()
    by = fields.CharField(max_length=40)
    at = fields.DatetimeField(db_default=Now())
    ends_at = fields.DatetimeField()
    closed_at = fields.DatetimeField(null=True)

    class Meta(Model.Meta):
        table = "fulfilment_return"
        constraints = (
            CheckConstraint(
                "worth_fen >= 0 AND asked_fen BETWEEN 0 AND worth_fen",
                name="fulfilment_return_worth_fen_check",
            ),
        )


class ReturnLine(Model):
    """Pieces of an order line in a return: announced, come back, and what they are worth."""

    id = key()
    case: fields.ForeignKeyRelation[Return] = fields.ForeignKeyField(
        "fulfilment.Return", related_name="lines"
    )
    case_id: int
    line_id = ref()
    sku_id = ref()
    quantity = fields.BigIntField()
    received = fields.BigIntField(db_default=0)
    worth_fen = fen()

    class Meta(Model.Meta):
        table = "fulfilment_return_line"
        unique_together = (("case", "line_id"),)
        constraints = (
            CheckConstraint(
                "received BETWEEN 0 AND quantity AND worth_fen >= 0",
                name="fulfilment_return_line_received_check",
            ),
        )


class ReturnedPieces(Model):
    """What arrived (退货签收): so many pieces in one condition, in one place of one store."""

    id = key()
    case: fields.ForeignKeyRelation[Return] = fields.ForeignKeyField(
        "fulfilment.Return", related_name="arrived"
    )
    case_id: int
    request_key = fields.CharField(max_length=120)
    line_id = ref()
    sku_id = ref()
    store_id = ref()
    quantity = fields.BigIntField()
    disposed = fields.BigIntField(db_default=0)
    condition = fields.CharEnumField(Condition, max_length=10)
    place = fields.CharField(max_length=20, db_default="")
    by = fields.CharField(max_length=40)
    at = fields.DatetimeField(db_default=Now())

    class Meta(Model.Meta):
        table = "fulfilment_returned_pieces"
        unique_together = (("case", "request_key", "line_id", "condition"),)
        constraints = (
            CheckConstraint(
                "quantity > 0 AND disposed BETWEEN 0 AND quantity",
                name="fulfilment_returned_pieces_disposed_check",
            ),
        )


class DispositionRow(Model):
    """What becomes of pieces that came back (退货处置), decided by a person.

    Pieces to be sold again count as stock only once somebody has put them away (`put_away_at`).
    """

    id = key()
    public_id = public_id("dsp")
    request_key = fields.CharField(max_length=120, unique=True)
    pieces: fields.ForeignKeyRelation[ReturnedPieces] = fields.ForeignKeyField(
        "fulfilment.ReturnedPieces", related_name="dispositions"
    )
    pieces_id: int
    what = fields.CharEnumField(Disposition, max_length=10)
    quantity = fields.BigIntField()
    to_store_id = maybe_ref()
    note = fields.CharField(max_length=200, db_default="")
    by = fields.CharField(max_length=40)
    at = fields.DatetimeField(db_default=Now())
    put_away_at = fields.DatetimeField(null=True)
    put_away_by = fields.CharField(max_length=40, null=True)

    class Meta(Model.Meta):
        table = "fulfilment_disposition"
        constraints = (
            CheckConstraint("quantity > 0", name="fulfilment_disposition_quantity_check"),
        )


class ReturnMoney(Model):
    """Money of a return (退款): asked for by `by`, where needed allowed by a manager, then paid."""

    id = key()
    request_key = fields.CharField(max_length=120, unique=True)
    case: fields.ForeignKeyRelation[Return] = fields.ForeignKeyField(
        "fulfilment.Return", related_name="refunds"
    )
    case_id: int
    amount_fen = fen()
    refund_to = fields.CharEnumField(RefundTo, max_length=10)
    state = fields.CharEnumField(MoneyState, max_length=10)
    refund_nos = fields.JSONField[list[str]](db_default="[]")
    by = fields.CharField(max_length=40)
    allowed_by = fields.CharField(max_length=40, null=True)
    at = fields.DatetimeField(db_default=Now())
    settled_at = fields.DatetimeField(null=True)

    class Meta(Model.Meta):
        table = "fulfilment_return_money"
        constraints = (
            CheckConstraint("amount_fen > 0", name="fulfilment_return_money_amount_fen_check"),
        )


class ReturnStep(Model):
    """One step of a return: what was done and by whom. Never changed."""

    id = key()
    case: fields.ForeignKeyRelation[Return] = fields.ForeignKeyField("fulfilment.Return")
    case_id: int
    action = fields.CharField(max_length=20)
    note = fields.CharField(max_length=200, db_default="")
    actor = fields.CharField(max_length=40)
    at = fields.DatetimeField(db_default=Now())

    class Meta(Model.Meta):
        table = "fulfilment_return_step"
