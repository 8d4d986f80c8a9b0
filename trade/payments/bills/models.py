"""Tables of bills and differences. Private, as all models are."""

from tortoise import fields
from tortoise.fields import Now
from tortoise.migrations.constraints import CheckConstraint
from tortoise.models import Model

from core.columns import fen, key, maybe_fen, ref
from trade.payments.bills.rules import Aspect, BillState, DifferenceState, Kind


class Bill(Model):
    """The trade bill (交易账单) of one merchant and China day. Its lines stand in `BillLine`.

    `hash_value` is the platform's SHA-1 of what was loaded; fees are in thousandths of a fen.
    """

    id = key()
    mch_id = fields.CharField(max_length=32)
    day = fields.DateField()
    state = fields.CharEnumField(BillState, max_length=10)
    asks = fields.IntField(db_default=0)
    ask_at = fields.DatetimeField(null=True)
    said = fields.CharField(max_length=200, null=True)
    hash_value = fields.CharField(max_length=64, null=True)
    rows = fields.IntField(db_default=0)
    paid_fen = fields.BigIntField(db_default=0)
    refunded_fen = fields.BigIntField(db_default=0)
    fee_mfen = fields.BigIntField(db_default=0)
    ours_paid_fen = maybe_fen()
    ours_refunded_fen = maybe_fen()
    loaded_at = fields.DatetimeField(null=True)
    runs = fields.IntField(db_default=0)
    compared_at = fields.DatetimeField(null=True)
    created_at = fields.DatetimeField(db_default=Now())

    class Meta(Model.Meta):
        table = "bills_bill"
        unique_together = (("mch_id", "day"),)
        constraints = (
            CheckConstraint(
                "(state = 'loaded') = (hash_value IS NOT NULL AND loaded_at IS NOT NULL)",
                name="bills_bill_loaded_check",
            ),
        )


class BillLine(Model):
    """One line of a bill: a payment (`refund_no` null) or a refund. `state` in WeChat's words."""

    id = key()
    bill_id = ref()
    line_no = fields.IntField()
    at = fields.DatetimeField()
    transaction_id = fields.CharField(max_length=32, db_index=True)
    payment_no = fields.CharField(max_length=32, db_index=True)
    refund_id = fields.CharField(max_length=32, null=True)
    refund_no = fields.CharField(max_length=64, null=True, db_index=True)
    state = fields.CharField(max_length=16)
    amount_fen = fen()
    settled_fen = fen()
    fee_mfen = fields.BigIntField()
    rate_bp = fields.IntField(null=True)

    class Meta(Model.Meta):
        table = "bills_line"
        unique_together = (("bill_id", "line_no"),)


class Difference(Model):
    """Something that the bill of a day and our books do not say alike.

    `subject` is the transaction id, or the refund's number. It stays open until a later run no
    longer finds it (`run` is the last that did), or a person says why it may stand.
    """

    id = key()
    mch_id = fields.CharField(max_length=32)
    day = fields.DateField()
    kind = fields.CharEnumField(Kind, max_length=24)
    aspect = fields.CharEnumField(Aspect, max_length=10)
    subject = fields.CharField(max_length=64)
    payment_no = fields.CharField(max_length=32, null=True)
    order_no = fields.CharField(max_length=32, null=True)
    ours_fen = maybe_fen()
    theirs_fen = maybe_fen()
    ours = fields.CharField(max_length=40, null=True)
    theirs = fields.CharField(max_length=40, null=True)
    state = fields.CharEnumField(DifferenceState, max_length=10)
    run = fields.IntField()
    asks = fields.IntField(db_default=0)
    found_at = fields.DatetimeField(db_default=Now())
    ended_at = fields.DatetimeField(null=True)
    ended_by = fields.CharField(max_length=80, null=True)
    reason = fields.CharField(max_length=200, null=True)

    class Meta(Model.Meta):
        table = "bills_difference"
        unique_together = (("mch_id", "day", "kind", "aspect", "subject"),)
        constraints = (
            CheckConstraint(
                "(state = 'open') = (ended_at IS NULL)"
                " AND (state = 'resolved') = (reason IS NOT NULL AND ended_by IS NOT NULL)",
                name="bills_difference_ended_check",
            ),
        )
