"""Payment tables. Private: other rooms come through `service` and `queries`."""

from typing import Any

from tortoise import fields
from tortoise.fields import Now
from tortoise.migrations.constraints import CheckConstraint
from tortoise.models import Model

from core.columns import fen, key, maybe_fen, ref
from trade.payments.rules import PaymentState, RefundState, TransferState


class Payment(Model):
    """One attempt to be paid, under a number of ours that is stored before anything is sent.

    `has_paid_order` is null until money came; False: the order did not want it. `refunding_fen` is
    what refunds have claimed of it. `ask_at` is when the platform is asked about it next.
    """

    id = key()
    payment_no = fields.CharField(max_length=32, unique=True)
    order_id = ref()
    order_no = fields.CharField(max_length=32)
    amount_fen = fen()
    mch_id = fields.CharField(max_length=32)
    app_id = fields.CharField(max_length=32)
    open_id = fields.CharField(max_length=128)
    description = fields.CharField(max_length=127)
    state = fields.CharEnumField(PaymentState, max_length=10)
    prepay_id = fields.CharField(max_length=64, null=True)
    transaction_id = fields.CharField(max_length=32, null=True, unique=True)
    payer_fen = maybe_fen()
    has_paid_order = fields.BooleanField(null=True)
    refunding_fen = fields.BigIntField(db_default=0)
    asks = fields.IntField(db_default=0)
    ask_at = fields.DatetimeField(null=True)
    created_at = fields.DatetimeField(db_default=Now())
    expires_at = fields.DatetimeField()
    paid_at = fields.DatetimeField(null=True)

    class Meta(Model.Meta):
        table = "payments_payment"
        constraints = (
            CheckConstraint(
                "amount_fen > 0 AND refunding_fen BETWEEN 0 AND amount_fen",
                name="payments_payment_refunding_fen_check",
            ),
            CheckConstraint(
                "(state = 'paid') = (transaction_id IS NOT NULL)"
                " AND (state = 'paid') = (paid_at IS NOT NULL)",
                name="payments_payment_paid_check",
            ),
        )


class Surplus(Model):
    """Money that came a second time under one payment number. It goes back, whole."""

    id = key()
    transaction_id = fields.CharField(max_length=32, unique=True)
    payment: fields.ForeignKeyRelation[Payment] = fields.ForeignKeyField("payments.Payment")
    payment_id: int
    amount_fen = fen()
    at = fields.DatetimeField()

    class Meta(Model.Meta):
        table = "payments_surplus"


class Refund(Model):
    """Money to be given back, of a payment or of a surplus. `request_key` says for what."""

    id = key()
    refund_no = fields.CharField(max_length=32, unique=True)
    request_key = fields.CharField(max_length=120, unique=True)
    payment: fields.ForeignKeyRelation[Payment] = fields.ForeignKeyField("payments.Payment")
    payment_id: int
    surplus: fields.ForeignKeyNullableRelation[Surplus] = fields.ForeignKeyField(
        "payments.Surplus", null=True
    )
    surplus_id: int | None
    amount_fen = fen()
    reason = fields.CharField(max_length=80)
    state = fields.CharEnumField(RefundState, max_length=10)
    refund_id = fields.CharField(max_length=32, null=True)
    said = fields.CharField(max_length=64, null=True)
    asks = fields.IntField(db_default=0)
    ask_at = fields.DatetimeField(null=True)
    created_at = fields.DatetimeField(db_default=Now())
    settled_at = fields.DatetimeField(null=True)

    class Meta(Model.Meta):
        table = "payments_refund"
        constraints = (
            CheckConstraint("amount_fen > 0", name="payments_refund_amount_fen_check"),
            CheckConstraint(
                "(state = 'settled') = (settled_at IS NOT NULL)",
                name="payments_refund_settled_check",
            ),
        )


class Transfer(Model):
    """A transfer to a person (商家转账) that waits for its notice."""

    id = key()
    bill_no = fields.CharField(max_length=32, unique=True)
    amount_fen = fen()
    state = fields.CharEnumField(TransferState, max_length=10)
    transfer_no = fields.CharField(max_length=64, null=True)
    fail_reason = fields.CharField(max_length=64, null=True)
    created_at = fields.DatetimeField(db_default=Now())
    ended_at = fields.DatetimeField(null=True)

    class Meta(Model.Meta):
        table = "payments_transfer"
        constraints = (
            CheckConstraint("amount_fen > 0", name="payments_transfer_amount_fen_check"),
            CheckConstraint(
                "(state = 'waiting') = (ended_at IS NULL)", name="payments_transfer_ended_check"
            ),
        )


class OddNotice(Model):
    """A verified notice that does not fit our books: kept for a person, and not acted upon."""

    id = key()
    kind = fields.CharField(max_length=16)
    number = fields.CharField(max_length=64)
    other_no = fields.CharField(max_length=64)
    reason = fields.CharField(max_length=24)
    facts = fields.JSONField[dict[str, Any]]()
    at = fields.DatetimeField(db_default=Now())

    class Meta(Model.Meta):
        table = "payments_odd_notice"
        unique_together = (("kind", "number", "other_no", "reason"),)
