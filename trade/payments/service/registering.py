"""Payments, refunds and transfers whose numbers were given by somebody else.

A testbed and a take-over of running business begin with these; afterwards they are like any other.
"""

from core.database import use_case
from trade.orders.queries import order_of
from trade.payments.errors import AmountDiffers, PaymentNotFound
from trade.payments.models import Payment, Refund, Transfer
from trade.payments.rules import Method, PaymentState, RefundState, TransferState
from trade.payments.service.starting import intend, wish_of


@use_case
async def register_payment(*, order_id: int, payment_no: str, open_id: str, total_fen: int) -> None:
    """Say that an order is being paid under `payment_no` by `open_id`. Again: nothing changes.

    Raises AmountDiffers when `total_fen` is not what the order is due, or when another payment of
    it is under way; OrderNotFound.
    """
    order = await order_of(order_id)
    wanted = wish_of(order, Method.WECHAT_JSAPI, open_id=open_id)
    payment = await intend(wanted, payment_no=payment_no)
    if (payment.payment_no, payment.amount_fen) != (payment_no, total_fen):
        raise AmountDiffers(payable_fen=order.payable_fen, total_fen=total_fen)
    await Payment.filter(id=payment.id).update(state=PaymentState.PREPAID)


@use_case
async def register_refund(*, payment_no: str, refund_no: str, refund_fen: int) -> None:
    """Say that WeChat Pay has been asked for a refund under `refund_no`. Again: nothing changes.

    Raises PaymentNotFound, and AmountDiffers when it is more than the payment.
    """
    payment = await Payment.filter(payment_no=payment_no).select_for_update().first()
    if payment is None:
        raise PaymentNotFound(payment_no=payment_no)
    if await Refund.exists(refund_no=refund_no):
        return
    claimed_fen = payment.refunding_fen + refund_fen
    if claimed_fen > payment.amount_fen - payment.kept_fen:
        raise AmountDiffers(payable_fen=payment.amount_fen, total_fen=claimed_fen)
    await Payment.filter(id=payment.id).update(refunding_fen=claimed_fen)
    await Refund(
        refund_no=refund_no,
        request_key=f"registered:{refund_no}",
        batch_key=f"registered:{refund_no}",
        payment=payment,
        amount_fen=refund_fen,
        reason="登记的退款",
        state=RefundState.PROCESSING,
    ).save()


@use_case
async def register_transfer(*, bill_no: str, amount_fen: int) -> None:
    """Say that a transfer under `bill_no` waits for its notice. Again: nothing changes."""
    facts = {"amount_fen": amount_fen, "state": TransferState.WAITING}
    await Transfer.get_or_create(facts, bill_no=bill_no)
