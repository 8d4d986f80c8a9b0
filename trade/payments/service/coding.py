"""付款码: the cashier scans the customer's pay code. Sent once; then asked; then taken back.

The code is as good as money for a minute: it is sent and forgotten, in no table and in no log. So a
charge is never sent twice. What became of it is asked by a job, and what is not paid after
three quarters of a minute is reversed, before another attempt may begin.
"""

import re

from core.security.scope import Scope
from trade.orders.queries import order_at
from trade.payments import gateway
from trade.payments.errors import AlreadyPaid, BadPayCode, PayCodeRefused, TenderKeyReused
from trade.payments.models import Payment
from trade.payments.protocol.answers import Refused, Transaction
from trade.payments.protocol.requests import CodeOrder
from trade.payments.queries import PaymentView, payment_view
from trade.payments.rules import Method, PaymentState
from trade.payments.service.closing import close_payment, fact_of
from trade.payments.service.settling import PAID_STATES, settle
from trade.payments.service.starting import check_open, check_outside, note, under_way, wish_of
from trade.stores.queries import get_store

CODE = re.compile(r"1[0-5][0-9]{16}", re.ASCII)


async def pay_by_code(scope: Scope, *, order_id: str, auth_code: str, key: str) -> PaymentView:
    """Take what an order is due now by a scanned code; `order_id` is the public id.

    Answers a paid payment, or one under way: the customer confirms on the phone, or nobody knows
    yet. Then look at it again; it ends by itself within a minute. Again with its `key`: the same
    payment, and no code is sent. Raises OrderNotFound, OrderNotPayable, BadPayCode, PayCodeRefused
    (let the customer refresh the code, then a new key), AlreadyPaid, PaymentParked, PaymentUnclear,
    TenderKeyReused, RuntimeError inside a transaction.
    """
    check_outside()
    order = await order_at(scope, order_id)
    request_key = f"order:{order.id}:{key}"
    known = await Payment.get_or_none(request_key=request_key)
    if known is not None:
        return _same(known)
    check_open(order)
    if not CODE.fullmatch(auth_code):
        raise BadPayCode
    payment = await under_way(wish_of(order, Method.WECHAT_CODE, request_key=request_key))
    if not await note(payment.id, PaymentState.UNKNOWN, only=PaymentState.CREATED):
        return payment_view(await Payment.get(id=payment.id))  # the same key was quicker
    store = await get_store(order.store_id)
    await _charge(payment, auth_code, store.code)
    return payment_view(await Payment.get(id=payment.id))


def _same(known: Payment) -> PaymentView:
    if known.method is not Method.WECHAT_CODE:
        raise TenderKeyReused(payment_no=known.payment_no)
    return payment_view(known)


async def _charge(payment: Payment, auth_code: str, store_code: str) -> None:
    """From here on the row says "unknown": should we die, the job asks and takes it back."""
    said = await gateway.charge_code(
        CodeOrder(
            payment_no=payment.payment_no,
            description=payment.description,
            total_fen=payment.amount_fen,
            auth_code=auth_code,
            store_code=store_code,
        ),
        mch_id=payment.mch_id,
    )
    if isinstance(said, Transaction) and said.trade_state in PAID_STATES:
        await settle(fact_of(said))
    elif isinstance(said, Refused) and said.code == "USERPAYING":
        await note(payment.id, PaymentState.PREPAID)
    elif isinstance(said, Refused):
        await _refuse(payment, said)


async def _refuse(payment: Payment, said: Refused) -> None:
    """A signed no: nothing was taken, and no further attempt is told so by us alone."""
    if said.code == "ORDER_PAID" or not await close_payment(payment):
        raise AlreadyPaid(order_no=payment.order_no)
    raise PayCodeRefused(said=said.code)
