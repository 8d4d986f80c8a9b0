"""An order is not to be paid any more: first its payment is closed, then the order.

This is the one owner of the time limit, and the one way to cancel.
"""

import logging

from core import clock
from core.database import use_case
from core.jobs import owe
from core.security.scope import Scope
from trade.orders.errors import OrderCannotMove, OrderNotFound
from trade.orders.queries import (
    CloseReason,
    Entrance,
    OrderState,
    OrderView,
    order_at,
    order_for,
    order_of,
    overdue_orders,
)
from trade.orders.service import close_order
from trade.payments import gateway
from trade.payments.due import OPEN
from trade.payments.errors import AlreadyPaid, PaymentUnclear
from trade.payments.models import Payment, TopUp
from trade.payments.protocol.answers import Closed, Refused, Transaction
from trade.payments.protocol.notices import PaidFact
from trade.payments.rules import LIVE, Method, PaymentState, TopUpState
from trade.payments.service.settling import PAID_STATES, Settled, settle

log = logging.getLogger(__name__)

NEVER_MADE = "ORDER_NOT_EXIST"
ENDED = {"CLOSED", "REVOKED", "PAYERROR"}


async def cancel_order(scope: Scope, *, order_id: str) -> OrderView:
    """A member takes back an order that is not sold; `order_id` is the public id. Again: no change.

    What was paid so far goes back by itself; of a deposit the store may keep a part, by its rule.
    Raises OrderNotFound, OrderCannotMove when it is sold or expired, AlreadyPaid when the money
    turns out to have come, PaymentUnclear when WeChat Pay does not answer (then nothing changed).
    """
    return await _cancel(await order_for(scope, order_id), scope.actor)


async def drop_sale(scope: Scope, *, order_id: str) -> OrderView:
    """Staff end a sale at the counter that nobody paid (取消收银). Again: no change.

    Raises OrderNotFound, also for what is no such sale, and what `cancel_order` does.
    """
    order = await order_at(scope, order_id)
    if order.entrance is not Entrance.COUNTER:
        raise OrderNotFound(order_id=order_id)
    return await _cancel(order, scope.actor)


async def release_hold(scope: Scope, *, order_id: str) -> OrderView:
    """Staff give free what their store keeps for a caller (取消留货). Again: no change.

    Raises OrderNotFound, also for what is no hold, and what `cancel_order` does.
    """
    order = await order_at(scope, order_id)
    if order.entrance is not Entrance.PHONE:
        raise OrderNotFound(order_id=order_id)
    return await _cancel(order, scope.actor)


async def _cancel(order: OrderView, actor: str) -> OrderView:
    if order.state is OrderState.CLOSED and order.close_reason is CloseReason.CANCELLED:
        return order
    if order.state not in OPEN:
        raise OrderCannotMove(order_no=order.order_no, state=order.state, action="close")
    await _close_payments(order.id)
    await close_order(order_id=order.id, reason=CloseReason.CANCELLED, actor=actor)
    after = await order_of(order.id)
    if after.paid_at is not None:
        raise AlreadyPaid(order_no=order.order_no)
    if after.state is not OrderState.CLOSED:
        raise OrderCannotMove(order_no=order.order_no, state=after.state, action="close")
    return after


@use_case
async def owe_expiries() -> None:
    """Owe a job for each order that was not paid in time."""
    for order_id in await overdue_orders():
        await owe("payments.expire_order", key=str(order_id), order_id=order_id)


async def expire_order(*, order_id: int) -> None:
    """End an overdue order: ask, close its payments, then the order, unless it is sold by then.

    Raises PaymentUnclear when WeChat Pay does not answer: the stock stays reserved until it does.
    """
    await _close_payments(order_id)
    await close_order(order_id=order_id, reason=CloseReason.EXPIRED)


async def _close_payments(order_id: int) -> None:
    """Afterwards none of them can be paid any more; one that was paid already is settled."""
    for payment in await Payment.filter(order_id=order_id, state__in=LIVE):
        await close_payment(payment)


async def close_payment(payment: Payment) -> bool:
    """Query before close. True: it can no longer be paid. False: it was paid, and is settled.

    Raises PaymentUnclear when neither is certain, or when it was paid in a way that does not fit.
    """
    said = await gateway.query(payment.payment_no, mch_id=payment.mch_id)
    if isinstance(said, Transaction):
        if said.trade_state in PAID_STATES:
            if await settle(fact_of(said)) is Settled.PARKED:
                raise PaymentUnclear(payment_no=payment.payment_no)
            return False
        if said.trade_state not in ENDED and not await _end_there(payment):
            raise PaymentUnclear(payment_no=payment.payment_no)
    elif not (isinstance(said, Refused) and said.code == NEVER_MADE):
        raise PaymentUnclear(payment_no=payment.payment_no)
    await _note_closed(payment)
    return True


async def _end_there(payment: Payment) -> bool:
    """A scanned code is reversed (撤销): were it paid this very moment, it is given back there."""
    end = gateway.reverse if payment.method is Method.WECHAT_CODE else gateway.close
    said = await end(payment.payment_no, mch_id=payment.mch_id)
    if not isinstance(said, Closed):
        log.warning("a payment could not be closed", extra={"payment": payment.id})
    return isinstance(said, Closed)


@use_case
async def _note_closed(payment: Payment) -> None:
    rows = Payment.filter(id=payment.id, state__in=LIVE)
    closed = await rows.update(state=PaymentState.CLOSED, ask_at=None)
    if closed and payment.top_up_id is not None:
        waiting = TopUp.filter(id=payment.top_up_id, state=TopUpState.CREATED)
        await waiting.update(state=TopUpState.CLOSED)


def fact_of(said: Transaction) -> PaidFact:
    """The answer to a question, in the words of a notice."""
    return PaidFact(
        payment_no=said.payment_no,
        transaction_id=said.transaction_id,
        trade_state=said.trade_state,
        total_fen=said.total_fen or 0,
        payer_fen=said.total_fen or 0,
        currency=said.currency,
        mch_id=said.mch_id,
        app_id=said.app_id,
        open_id=said.open_id,
        at=said.at or clock.now(),
    )
