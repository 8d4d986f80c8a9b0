"""Payment tables. Private: other rooms come through `service` and `queries`."""

from typing import Any

from tortoise import fields
from tortoise.fields import Now
from tortoise.migrations.constraints import CheckConstraint
from tortoise.models import Model

from core.columns import fen, key, maybe_fen, maybe_ref, public_id, ref
from trade.payments.rules import (
    Method,
    PaymentState,
    RefundState,
    RefundTo,
    TopUpState,
    TransferState,
)


class TopUpOffer(Model):
    """What a top-up (储值) of at least `amount_fen` gets on top, on these days of the shop."""

    id = key()
    amount_fen = fen()
    bonus_fen = fen()
    valid_from = fields.DateField()
    valid_until = fields.DateField(null=True)

    class Meta(Model.Meta):
        table = "payments_top_up_offer"
        unique_together = (("amount_fen", "valid_from"),)
        constraints = (
            CheckConstraint(
                "amount_fen > 0 AND bonus_fen >= 0", name="payments_top_up_offer_fen_check"
            ),
        )


class TopUp(Model):
    """A member buys stored value: `amount_fen` for money, `bonus_fen` on top, as was offered."""

    id = key()
    top_up_no = fields.CharField(max_length=32, unique=True)
    request_key = fields.CharField(max_length=120, unique=True)
    member_id = ref()
    store_id = maybe_ref()
    amount_fen = fen()
    bonus_fen = fen()
    state = fields.CharEnumField(TopUpState, max_length=10)
    created_at = fields.DatetimeField(db_default=Now())
    done_at = fields.DatetimeField(null=True)

    class Meta(Model.Meta):
        table = "payments_top_up"
        constraints = (
            CheckConstraint("amount_fen > 0 AND bonus_fen >= 0", name="payments_top_up_fen_check"),
            CheckConstraint(
                "(state = 'done') = (done_at IS NOT NULL)", name="payments_top_up_done_check"
            ),
        )


class PayOut(Model):
    """A member took stored value back as money (储值退款): `balance_fen` left the purse.

    `refund_fen` of it was bought and goes back, by refunds of the batch `pay_out:` + number;
    `bonus_fen` was a gift and is given up.
    """

    id = key()
    pay_out_no = fields.CharField(max_length=32, unique=True)
    request_key = fields.CharField(max_length=120, unique=True)
    member_id = ref()
    balance_fen = fen()
    refund_fen = fen()
    bonus_fen = fen()
    by = fields.CharField(max_length=40)
    at = fields.DatetimeField(db_default=Now())

    class Meta(Model.Meta):
        table = "payments_pay_out"
        constraints = (
            CheckConstraint(
                "refund_fen > 0 AND bonus_fen >= 0 AND refund_fen + bonus_fen = balance_fen",
                name="payments_pay_out_fen_check",
            ),
        )


class DepositRule(Model):
    """How much of a deposit a store keeps when the balance is not paid: all stores without one."""

    id = key()
    store_id = fields.BigIntField(null=True, unique=True)
    keeps_bp = fields.IntField()

    class Meta(Model.Meta):
        table = "payments_deposit_rule"
        constraints = (
            CheckConstraint(
                "keeps_bp BETWEEN 0 AND 10000", name="payments_deposit_rule_keeps_check"
            ),
        )


class Payment(Model):
    """One tender, or one attempt at it, under a number of ours stored before anything is sent.

    It is for an order or for a top-up. `has_paid_order` is null until money came; False: nobody
    wanted it. `refunding_fen` is what refunds have claimed of it, `kept_fen` what the shop keeps of
    a deposit. `ask_at` is when the platform is asked about it next. `open_id` is empty while nobody
    knows who will scan. `given_fen` is the cash laid down: what is above the amount was the change.
    """

    id = key()
    payment_no = fields.CharField(max_length=32, unique=True)
    request_key = fields.CharField(max_length=120, null=True, unique=True)
    order_id = maybe_ref()
    top_up: fields.ForeignKeyNullableRelation[TopUp] = fields.ForeignKeyField(
        "payments.TopUp", null=True
    )
    top_up_id: int | None
    order_no = fields.CharField(max_length=32)
    store_id = maybe_ref(is_indexed=False)
    member_id = maybe_ref(is_indexed=False)
    method = fields.CharEnumField(Method, max_length=16)
    amount_fen = fen()
    mch_id = fields.CharField(max_length=32, db_default="")
    app_id = fields.CharField(max_length=32, db_default="")
    open_id = fields.CharField(max_length=128, db_default="")
    description = fields.CharField(max_length=127, db_default="")
    state = fields.CharEnumField(PaymentState, max_length=10)
    prepay_id = fields.CharField(max_length=64, null=True)
    code_url = fields.CharField(max_length=256, null=True)
    transaction_id = fields.CharField(max_length=32, null=True, unique=True)
    payer_fen = maybe_fen()
    given_fen = maybe_fen()
    slip_no = fields.CharField(max_length=40, null=True)
    taken_by = fields.CharField(max_length=40, null=True)
    has_paid_order = fields.BooleanField(null=True)
    refunding_fen = fields.BigIntField(db_default=0)
    kept_fen = fields.BigIntField(db_default=0)
    cash_count_id = maybe_ref(is_indexed=False)
    asks = fields.IntField(db_default=0)
    ask_at = fields.DatetimeField(null=True)
    created_at = fields.DatetimeField(db_default=Now())
    expires_at = fields.DatetimeField()
    paid_at = fields.DatetimeField(null=True)

    class Meta(Model.Meta):
        table = "payments_payment"
        constraints = (
            CheckConstraint(
                "amount_fen > 0 AND least(refunding_fen, kept_fen) >= 0"
                " AND refunding_fen + kept_fen <= amount_fen",
                name="payments_payment_refunding_fen_check",
            ),
            CheckConstraint(
                "(state = 'paid' AND method LIKE 'wechat%') = (transaction_id IS NOT NULL)"
                " AND (state = 'paid') = (paid_at IS NOT NULL)",
                name="payments_payment_paid_check",
            ),
            CheckConstraint(
                "(order_id IS NULL) <> (top_up_id IS NULL)", name="payments_payment_purpose_check"
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
    """Money to be given back, of a payment or of a surplus. `request_key` says for what.

    One refund of an order paid by several tenders is several rows of one `batch_key`. What was paid
    by hand waits until staff hand it out: `store_id` and `handed_by` say where and who.
    """

    id = key()
    refund_no = fields.CharField(max_length=32, unique=True)
    request_key = fields.CharField(max_length=120, unique=True)
    payment: fields.ForeignKeyRelation[Payment] = fields.ForeignKeyField("payments.Payment")
    payment_id: int
    surplus: fields.ForeignKeyNullableRelation[Surplus] = fields.ForeignKeyField(
        "payments.Surplus", null=True
    )
    surplus_id: int | None
    batch_key = fields.CharField(max_length=120, db_index=True)
    amount_fen = fen()
    goes_to = fields.CharEnumField(RefundTo, max_length=8, db_default=RefundTo.ORIGIN.value)
    reason = fields.CharField(max_length=80)
    state = fields.CharEnumField(RefundState, max_length=10)
    store_id = maybe_ref(is_indexed=False)
    handed_by = fields.CharField(max_length=40, null=True)
    cash_count_id = maybe_ref(is_indexed=False)
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


class CashCount(Model):
    """A store's drawer counted at the end of a shift (交班点款), in a chain without gaps.

    Each cash tender and each cash refund stands in one count at most (`cash_count_id`). What is
    expected is what the count before left, plus taken, less given back; `left_fen` stays in the
    drawer, the rest goes to the bank. The first count of a store expects what it finds.
    """

    id = key()
    public_id = public_id("cnt")
    request_key = fields.CharField(max_length=120, unique=True)
    store_id = ref()
    number = fields.IntField()
    opened_fen = fen()
    taken_fen = fen()
    given_fen = fen()
    counted_fen = fen()
    left_fen = fen()
    reason = fields.CharField(max_length=200, db_default="")
    counted_by = fields.CharField(max_length=40)
    counted_at = fields.DatetimeField(db_default=Now())

    class Meta(Model.Meta):
        table = "payments_cash_count"
        unique_together = (("store_id", "number"),)
        constraints = (
            CheckConstraint(
                "least(opened_fen, counted_fen, left_fen) >= 0 AND left_fen <= counted_fen",
                name="payments_cash_count_fen_check",
            ),
            CheckConstraint(
                "number = 1 OR opened_fen + taken_fen - given_fen = counted_fen"
                " OR length(reason) >= 4",
                name="payments_cash_count_reason_check",
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
