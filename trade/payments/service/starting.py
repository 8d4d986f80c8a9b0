"""A phone wants to pay: our number first, then the call to WeChat Pay, then the signed sheet."""

from dataclasses import dataclass

from core import clock
from core.database import is_in_transaction, sql, use_case
from core.errors import NotConfigured
from core.ids import new_no
from core.security.scope import Scope
from core.settings import current
from trade.orders.queries import OrderState, OrderView, order_for
from trade.payments import gateway
from trade.payments.errors import (
    AlreadyPaid,
    NobodyToPay,
    OrderNotPayable,
    PaymentParked,
    PaymentRefused,
    PaymentUnclear,
)
from trade.payments.models import Payment
from trade.payments.protocol.answers import Prepaid, Refused
from trade.payments.protocol.requests import PrepayOrder
from trade.payments.rules import ASK_AFTER_S, LIVE, PaymentState

# One live payment an order, by the unique index; its time is the order's, a minute at the least.
INSERT = """
INSERT INTO payments_payment (
    payment_no, order_id, order_no, amount_fen, mch_id, app_id, open_id, description, state,
    expires_at, ask_at
)
VALUES (
    $1, $2, $3, $4, $5, $6, $7, $8, 'created',
    greatest($9::timestamptz, now() + interval '65 seconds'),
    now() + $10::bigint * interval '1 second'
)
ON CONFLICT (order_id) WHERE state IN ('created', 'prepaid', 'unknown', 'parked') DO NOTHING
RETURNING id
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


async def start_payment(scope: Scope, *, order_id: str, open_id: str | None) -> PaySheet:
    """Pre-order an order's payment and sign the sheet for the phone; `order_id` is the public id.

    `open_id` is the payer's in the app of the merchant. Again: the same payment and pre-order,
    freshly signed. Raises OrderNotFound, OrderNotPayable, NobodyToPay without an `open_id`,
    AlreadyPaid, PaymentParked, PaymentRefused, PaymentUnclear (retry: the number stays the same),
    NotConfigured, RuntimeError inside a transaction.
    """
    if is_in_transaction():
        raise RuntimeError("WeChat Pay is never called inside a transaction")
    payment = await _intend(scope, order_id, open_id)
    prepay_id = payment.prepay_id or await _prepay(payment)
    sheet = gateway.sheet(prepay_id)
    return PaySheet(
        payment_no=payment.payment_no,
        app_id=sheet.app_id,
        time_stamp=sheet.time_stamp,
        nonce_str=sheet.nonce_str,
        package=sheet.package,
        sign_type=sheet.sign_type,
        pay_sign=sheet.pay_sign,
    )


@use_case
async def _intend(scope: Scope, order_id: str, open_id: str | None) -> Payment:
    order = await order_for(scope, order_id)
    if order.state is not OrderState.PLACED or order.expires_at <= clock.now():
        raise OrderNotPayable(order_no=order.order_no, state=order.state)
    if open_id is None:
        raise NobodyToPay
    return await intend(order, payment_no=new_no("P"), open_id=open_id)


async def intend(order: OrderView, *, payment_no: str, open_id: str) -> Payment:
    """The live payment of an order; a new one under `payment_no` when there is none.

    Raises PaymentParked when a notice about it did not fit, and NotConfigured.
    """
    pay = current().pay
    if pay is None:
        raise NotConfigured(what="pay")
    await sql(
        INSERT,
        *(payment_no, order.id, order.order_no, order.payable_fen),
        *(pay.mch_id, pay.app_id, open_id, describe(order), order.expires_at, ASK_AFTER_S[0]),
    )
    payment = await Payment.get(order_id=order.id, state__in=LIVE)
    if payment.state is PaymentState.PARKED:
        raise PaymentParked(payment_no=payment.payment_no)
    return payment


def describe(order: OrderView) -> str:
    """What the phone shows above the amount."""
    first, more = order.lines[0], len(order.lines) - 1
    return f"{first.title} 等 {more + 1} 件商品" if more else first.title


async def _prepay(payment: Payment) -> str:
    said = await gateway.prepay(
        PrepayOrder(
            payment_no=payment.payment_no,
            description=payment.description,
            total_fen=payment.amount_fen,
            open_id=payment.open_id,
            expires_at=payment.expires_at,
            notify_url=f"{current().public_url}/callbacks/pay",
        )
    )
    if isinstance(said, Prepaid):
        if not await _note(payment.id, PaymentState.PREPAID, said.prepay_id):
            raise OrderNotPayable(order_no=payment.order_no)  # closed or paid meanwhile
        return said.prepay_id
    if isinstance(said, Refused):
        return await _refused(payment, said)
    await _note(payment.id, PaymentState.UNKNOWN, None)
    raise PaymentUnclear(payment_no=payment.payment_no)


async def _refused(payment: Payment, said: Refused) -> str:
    if said.is_passing:
        raise PaymentUnclear(payment_no=payment.payment_no)
    if said.code == "ORDER_CLOSED":  # the next call takes a new number
        await _note(payment.id, PaymentState.CLOSED, None)
        raise PaymentUnclear(payment_no=payment.payment_no)
    if said.code == "ORDER_PAID":
        raise AlreadyPaid(order_no=payment.order_no)
    raise PaymentRefused(payment_no=payment.payment_no, said=said.code)


@use_case
async def _note(payment_id: int, state: PaymentState, prepay_id: str | None) -> bool:
    """False: the payment has been paid, closed or parked meanwhile, and stays so."""
    open_rows = Payment.filter(
        id=payment_id,
        state__in=[PaymentState.CREATED, PaymentState.PREPAID, PaymentState.UNKNOWN],
    )
    return bool(await open_rows.update(state=state, prepay_id=prepay_id))
