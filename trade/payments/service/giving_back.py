"""Refund rows: what is to go back, and what a refund that went back takes out of the books.

Talking to WeChat Pay about them is `refunding`. Nothing here dials out.
"""

from core.database import sql, use_case
from core.ids import new_no
from core.jobs import owe
from core.ledger import Cause, mirror
from core.outbox import publish
from trade.orders.service import book_refund as take_out_of_sales
from trade.payments.errors import (
    PaymentNotFound,
    RefundAmountNotPositive,
    RefundKeyReused,
    RefundTooMuch,
)
from trade.payments.events import RefundSettled
from trade.payments.models import Payment, Refund, Surplus
from trade.payments.queries import RefundView, refund_view
from trade.payments.rules import MAX_REFUNDS, PaymentState, RefundState

INSERT = """
INSERT INTO payments_refund (
    refund_no, request_key, payment_id, surplus_id, amount_fen, reason, state, ask_at
)
VALUES ($1, $2, $3, $4, $5, $6, 'created', now() + interval '60 seconds')
ON CONFLICT (request_key) DO NOTHING
RETURNING id
"""

# The row of the payment is the lock: two refunds at once never claim more than was paid.
CLAIM = """
UPDATE payments_payment SET refunding_fen = refunding_fen + $2
WHERE id = $1 AND state = 'paid' AND refunding_fen + $2 <= amount_fen
    AND (SELECT count(*) FROM payments_refund WHERE payment_id = $1) <= $3
RETURNING id
"""


@use_case
async def refund(*, order_id: int, amount_fen: int, reason: str, key: str) -> RefundView:
    """Give back a part or all of what an order was paid; a job asks WeChat Pay for it.

    The same `key` again is the same refund. Raises PaymentNotFound when the order has no payment,
    RefundTooMuch above what is left, RefundKeyReused, RefundAmountNotPositive.
    """
    if amount_fen <= 0:
        raise RefundAmountNotPositive(amount_fen=amount_fen)
    payment = await Payment.filter(order_id=order_id, has_paid_order=True).first()
    if payment is None:
        raise PaymentNotFound(order_id=order_id)
    return await _owe(payment, amount_fen, key=f"order:{order_id}:{key}", reason=reason)


async def give_back(payment: Payment, *, key: str, reason: str) -> RefundView:
    """All of a payment that no order wants."""
    return await _owe(payment, payment.amount_fen, key=key, reason=reason)


async def give_surplus_back(surplus: Surplus) -> None:
    """All of a second payment under one number."""
    key = f"surplus:{surplus.transaction_id}"
    rows = await sql(
        INSERT,
        *(new_no("R"), key, surplus.payment_id, surplus.id, surplus.amount_fen, "重复支付"),
    )
    await owe("payments.send_refund", key=str(rows[0]["id"]), refund_id=rows[0]["id"])


async def _owe(payment: Payment, amount_fen: int, *, key: str, reason: str) -> RefundView:
    rows = await sql(INSERT, new_no("R"), key, payment.id, None, amount_fen, reason[:80])
    row = await Refund.get(request_key=key).select_related("payment")
    if not rows:
        if (row.payment_id, row.amount_fen) != (payment.id, amount_fen):
            raise RefundKeyReused(refund_no=row.refund_no)
        return refund_view(row)
    if not await sql(CLAIM, payment.id, amount_fen, MAX_REFUNDS):
        raise RefundTooMuch(order_no=payment.order_no, amount_fen=amount_fen)
    await owe("payments.send_refund", key=str(row.id), refund_id=row.id)
    return refund_view(row)


async def take_out(payment: Payment, row: Refund) -> None:
    """A settled refund leaves the books it came into: the mirror of its payment and of the sale.

    A refund told before its payment waits for `take_out_early_refunds`.
    """
    at = row.settled_at
    assert at is not None
    cause = Cause("payment_refunded", row.refund_no)
    memo = {"order_no": payment.order_no, "refund_no": row.refund_no}
    if row.surplus_id is not None:
        surplus = await Surplus.get(id=row.surplus_id)
        received = Cause("payment_received", surplus.transaction_id)
        await mirror(cause, of=received, numerator=1, denominator=1, memo=memo)
        return
    if payment.state is not PaymentState.PAID or payment.transaction_id is None:
        return
    received = Cause("payment_received", payment.transaction_id)
    part, whole = row.amount_fen, payment.amount_fen
    await mirror(cause, of=received, numerator=part, denominator=whole, memo=memo)
    if not payment.has_paid_order:
        return
    await publish(
        RefundSettled(
            order_id=payment.order_id,
            order_no=payment.order_no,
            refund_no=row.refund_no,
            refund_fen=row.amount_fen,
            paid_fen=payment.amount_fen,
            at=at,
        )
    )
    await take_out_of_sales(
        order_id=payment.order_id,
        refund_no=row.refund_no,
        refund_fen=row.amount_fen,
    )


async def take_out_early_refunds(payment_id: int) -> None:
    """Refunds that were told before their payment was."""
    rows = Refund.filter(payment_id=payment_id, surplus_id=None, state=RefundState.SETTLED)
    early = await rows.order_by("id")
    if early:
        payment = await Payment.get(id=payment_id)
        for row in early:
            await take_out(payment, row)
