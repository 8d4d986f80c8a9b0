"""Money is in: the book has it, the news is told, and what it was meant for takes it or not."""

from datetime import datetime

from core.outbox import publish
from trade.orders.service import take_money
from trade.payments.events import PaymentSettled
from trade.payments.models import Payment
from trade.payments.service.topping_up import fill_purse


async def arrive(payment: Payment, at: datetime) -> bool:
    """Give settled money to its order or its top-up. False: nobody wants it, it must go back.

    The order comes last, for others may wait for its stock until this transaction ends.
    """
    if payment.order_id is None:
        took = await fill_purse(payment, at)
    else:
        await publish(
            PaymentSettled(
                payment_no=payment.payment_no,
                order_id=payment.order_id,
                order_no=payment.order_no,
                amount_fen=payment.amount_fen,
                at=at,
            )
        )
        took = await take_money(
            order_id=payment.order_id,
            payment_no=payment.payment_no,
            amount_fen=payment.amount_fen,
            at=at,
        )
    await Payment.filter(id=payment.id).update(has_paid_order=took)
    payment.has_paid_order = took
    return took
