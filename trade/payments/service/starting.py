"""A phone wants to pay: our number first, then the call to WeChat Pay, then the signed sheet."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from core import clock
from core.database import is_in_transaction, sql, use_case
from core.ids import new_no
from core.security.scope import Scope
from core.settings import current
from trade.orders.queries import OrderView, order_at, order_for
from trade.payments import gateway
from trade.payments.due import due_fen, pay_until
from trade.payments.errors import (
    AlreadyPaid,
    NobodyToPay,
    OrderNotPayable,
    PaymentParked,
    PaymentRefused,
    PaymentUnclear,
)
from trade.payments.models import Payment
from trade.payments.protocol.answers import Native, Prepaid, Refused
from trade.payments.protocol.requests import PrepayOrder
from trade.payments.rules import (
    ASK_AFTER_S,
    CODE_ASK_AFTER_S,
    LIVE,
    Method,
    PaymentState,
)
from trade.payments.service.closing import close_payment
from trade.payments.service.merchants import merchant_of_store

# One live payment an order, by the unique index; its time is the order's, a minute at the least.
INSERT = """
INSERT INTO payments_payment (
    payment_no, request_key, order_id, top_up_id, order_no, store_id, member_id, method, amount_fen,
    mch_id, app_id, open_id, description, state, expires_at, ask_at
)
VALUES (
    $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, 'created',
    greatest($14::timestamptz, now() + interval '65 seconds'),
    now() + $15::bigint * interval '1 second'
)
ON CONFLICT DO NOTHING
"""


@dataclass(frozen=True, slots=True)
class PaySheet:
    """The five values of wx.requestPayment, the app they are good for, and our number."""

    payment_no: str
    app_id: str
    time_stamp: str
    nonce_str: str
    package: str
    sign_type: str
    pay_sign: str


@dataclass(frozen=True, slots=True)
class QrCode:
    """What a screen at the counter shows: whoever scans it pays `amount_fen` until `expires_at`."""

    payment_no: str
    code_url: str
    amount_fen: int
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Wanted:
    """A payment by WeChat that is wanted now, before it has a row. `until` is when it ends."""

    method: Method
    amount_fen: int
    order_no: str
    description: str
    until: datetime
    order_id: int | None = None
    top_up_id: int | None = None
    store_id: int | None = None
    member_id: int | None = None
    open_id: str = ""
    request_key: str | None = None


async def start_payment(scope: Scope, *, order_id: str, open_id: str | None) -> PaySheet:
    """Pre-order what an order is due now and sign the sheet for the phone; `order_id` is public.

    `open_id` is the payer's in the app of the merchant. Again: the same payment and pre-order,
    freshly signed; when the order is due less by now, the old one is closed and a new one made.
    Raises OrderNotFound, OrderNotPayable, NobodyToPay without an `open_id`, AlreadyPaid,
    PaymentParked, PaymentRefused, PaymentUnclear (retry: the number stays the same),
    NotConfigured, RuntimeError inside a transaction.
    """
    check_outside()
    order = await order_for(scope, order_id)
    check_open(order)
    if open_id is None:
        raise NobodyToPay
    return await sheet_for(await under_way(wish_of(order, Method.WECHAT_JSAPI, open_id=open_id)))


async def show_code(scope: Scope, *, order_id: str) -> QrCode:
    """Pre-order what an order is due now as a code to be scanned (native). Refuses as above."""
    check_outside()
    order = await order_at(scope, order_id)
    check_open(order)
    payment = await under_way(wish_of(order, Method.WECHAT_NATIVE))
    code_url = payment.code_url or await _prepay(payment)
    return QrCode(payment.payment_no, code_url, payment.amount_fen, payment.expires_at)


async def sheet_for(payment: Payment) -> PaySheet:
    """Pre-order a payment unless that is done, and sign."""
    prepay_id = payment.prepay_id or await _prepay(payment)
    sheet = gateway.sheet(prepay_id, mch_id=payment.mch_id)
    return PaySheet(
        payment_no=payment.payment_no,
        app_id=sheet.app_id,
        time_stamp=sheet.time_stamp,
        nonce_str=sheet.nonce_str,
        package=sheet.package,
        sign_type=sheet.sign_type,
        pay_sign=sheet.pay_sign,
    )


def check_outside() -> None:
    if is_in_transaction():
        raise RuntimeError("WeChat Pay is never called inside a transaction")


def check_open(order: OrderView) -> None:
    """Raises OrderNotPayable when nothing is due or the time is over."""
    if not due_fen(order) or pay_until(order) <= clock.now():
        raise OrderNotPayable(order_no=order.order_no, state=order.state)


def wish_of(order: OrderView, method: Method, **more: Any) -> Wanted:
    """What the order is due now, by this method."""
    return Wanted(
        method=method,
        amount_fen=due_fen(order),
        order_no=order.order_no,
        description=describe(order),
        until=pay_until(order),
        order_id=order.id,
        store_id=order.store_id,
        member_id=order.member_id,
        **more,
    )


async def under_way(wanted: Wanted) -> Payment:
    """The live payment for a wish; one that does not fit any more is closed first.

    Raises AlreadyPaid when that one turns out to be paid, PaymentParked, PaymentUnclear.
    """
    payment = await intend(wanted)
    if _fits(payment, wanted):
        return payment
    if not await close_payment(payment):
        raise AlreadyPaid(order_no=payment.order_no)
    payment = await intend(wanted)
    if not _fits(payment, wanted):  # another phone was quicker
        raise PaymentUnclear(payment_no=payment.payment_no)
    return payment


def _fits(payment: Payment, wanted: Wanted) -> bool:
    return (payment.method, payment.amount_fen, payment.open_id) == (
        *(wanted.method, wanted.amount_fen, wanted.open_id),
    ) and payment.request_key == wanted.request_key


@use_case
async def intend(wanted: Wanted, *, payment_no: str | None = None) -> Payment:
    """The live payment of an order or top-up; a new one when there is none.

    Raises PaymentParked when a notice about it did not fit, and NotConfigured.
    """
    pay = await merchant_of_store(wanted.store_id)
    ask_after_s = (CODE_ASK_AFTER_S if wanted.method is Method.WECHAT_CODE else ASK_AFTER_S)[0]
    await sql(
        INSERT,
        *(payment_no or new_no("P"), wanted.request_key, wanted.order_id, wanted.top_up_id),
        *(wanted.order_no, wanted.store_id, wanted.member_id, wanted.method, wanted.amount_fen),
        *(pay.mch_id, pay.app_id, wanted.open_id, wanted.description, wanted.until, ask_after_s),
    )
    rows = Payment.filter(order_id=wanted.order_id, top_up_id=wanted.top_up_id, state__in=LIVE)
    payment = await rows.first()
    if payment is None:  # paid or closed between the two statements, or under this key before
        raise PaymentUnclear(order_no=wanted.order_no)
    if payment.state is PaymentState.PARKED:
        raise PaymentParked(payment_no=payment.payment_no)
    return payment


def describe(order: OrderView) -> str:
    """What the phone shows above the amount."""
    first, more = order.lines[0], len(order.lines) - 1
    return f"{first.title} 等 {more + 1} 件商品" if more else first.title


async def _prepay(payment: Payment) -> str:
    order = PrepayOrder(
        payment_no=payment.payment_no,
        description=payment.description,
        total_fen=payment.amount_fen,
        open_id=payment.open_id,
        expires_at=payment.expires_at,
        notify_url=f"{current().public_url}/callbacks/pay",
    )
    said = await (gateway.prepay if payment.open_id else gateway.native)(
        order, mch_id=payment.mch_id
    )
    if isinstance(said, Prepaid):
        noted = await note(payment.id, PaymentState.PREPAID, prepay_id=said.prepay_id)
        return _unless_ended(payment, said.prepay_id, noted=noted)
    if isinstance(said, Native):
        noted = await note(payment.id, PaymentState.PREPAID, code_url=said.code_url)
        return _unless_ended(payment, said.code_url, noted=noted)
    if isinstance(said, Refused):
        return await _refused(payment, said)
    await note(payment.id, PaymentState.UNKNOWN)
    raise PaymentUnclear(payment_no=payment.payment_no)


def _unless_ended(payment: Payment, word: str, *, noted: bool) -> str:
    if not noted:
        raise OrderNotPayable(order_no=payment.order_no)  # closed or paid meanwhile
    return word


async def _refused(payment: Payment, said: Refused) -> str:
    if said.is_passing:
        raise PaymentUnclear(payment_no=payment.payment_no)
    if said.code == "ORDER_CLOSED":  # the next call takes a new number
        await note(payment.id, PaymentState.CLOSED)
        raise PaymentUnclear(payment_no=payment.payment_no)
    if said.code == "ORDER_PAID":
        raise AlreadyPaid(order_no=payment.order_no)
    raise PaymentRefused(payment_no=payment.payment_no, said=said.code)


@use_case
async def note(
    payment_id: int,
    state: PaymentState,
    *,
    only: PaymentState | None = None,
    prepay_id: str | None = None,
    code_url: str | None = None,
) -> bool:
    """False: the payment is not in `only`, or has been paid, closed or parked meanwhile."""
    before = [PaymentState.CREATED, PaymentState.PREPAID, PaymentState.UNKNOWN]
    open_rows = Payment.filter(id=payment_id, state__in=[only] if only else before)
    return bool(await open_rows.update(state=state, prepay_id=prepay_id, code_url=code_url))
