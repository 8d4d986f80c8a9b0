"""支付. The five values of wx.requestPayment, and what a member pays from what they have.

That WeChat Pay was paid is never a phone's to say.
"""

from datetime import datetime
from typing import Literal

from pydantic import Field
from starlette.requests import Request

from core.errors import NotConfigured
from core.ledger import InsufficientBalance
from core.security.scope import Role, Scope
from core.settings import current
from core.web.api import Router, Schema
from core.web.policy import allow
from crm.people.queries import open_id_of
from trade.orders.errors import OrderNotFound
from trade.orders.queries import order_for
from trade.payments.errors import (
    AlreadyPaid,
    NobodyToPay,
    OrderNotPayable,
    OrderWantsLess,
    PaymentParked,
    PaymentRefused,
    PaymentUnclear,
    TenderAmount,
    TenderKeyReused,
)
from trade.payments.queries import (
    Method,
    PaymentState,
    PaymentView,
    RefundState,
    RefundTo,
    RefundView,
    payments_of,
    refunds_of,
)
from trade.payments.service import pay_from_balance, start_payment

router = Router("/api/v1", "payments")
MEMBER = allow(Role.MEMBER)


class PaySheetOut(Schema):
    """Hand all five to wx.requestPayment as they are."""

    time_stamp: str
    nonce_str: str
    package: str
    sign_type: str
    pay_sign: str


class PaymentOut(Schema):
    """One tender of an order. `change_fen` is what to give back of the cash laid down."""

    payment_no: str
    method: Method
    amount_fen: int
    state: PaymentState
    change_fen: int
    refunding_fen: int
    paid_at: datetime | None


class RefundOut(Schema):
    """A part of a refund, to one tender; several of one refund add up to it."""

    refund_no: str
    payment_no: str
    method: Method
    goes_to: RefundTo
    amount_fen: int
    state: RefundState
    reason: str
    settled_at: datetime | None


class MoneyOut(Schema):
    """Everything an order was paid with, and everything that went back."""

    payments: list[PaymentOut]
    refunds: list[RefundOut]


def shown(view: PaymentView) -> PaymentOut:
    change_fen = view.given_fen - view.amount_fen if view.given_fen is not None else 0
    return PaymentOut.of(view, change_fen=change_fen)


async def money_of(order_id: int) -> MoneyOut:
    return MoneyOut(
        payments=[shown(view) for view in await payments_of(order_id)],
        refunds=[shown_refund(view) for view in await refunds_of(order_id)],
    )


def shown_refund(view: RefundView) -> RefundOut:
    return RefundOut.of(view)


@router.post(
    "/orders/{order_id}/payments",
    who=MEMBER,
    summary="Pay what is due now with WeChat Pay (微信支付)",
    errors=(
        OrderNotFound,
        OrderNotPayable,
        AlreadyPaid,
        PaymentParked,
        PaymentRefused,
        PaymentUnclear,
        NobodyToPay,
        NotConfigured,
    ),
)
async def post_payment(scope: Scope, order_id: str) -> PaySheetOut:
    assert scope.member_id is not None
    pay = current().pay
    if pay is None:
        raise NotConfigured(what="pay")
    open_id = await open_id_of(scope.member_id, pay.app_id)
    return PaySheetOut.of(await start_payment(scope, order_id=order_id, open_id=open_id))


@router.get(
    "/orders/{order_id}/payments",
    who=MEMBER,
    summary="How my order was paid, and what went back (支付明细)",
    errors=(OrderNotFound,),
)
async def list_payments(scope: Scope, order_id: str) -> MoneyOut:
    order = await order_for(scope, order_id)
    return await money_of(order.id)


class BalancePaymentIn(Schema):
    """`kind` says from which purse: stored value (储值) or store credit (购物金)."""

    kind: Literal["stored_value", "credit"]
    amount_fen: int = Field(ge=1, le=100_000_000)


@router.post(
    "/orders/{order_id}/balance-payments",
    who=MEMBER,
    summary="Pay a part or all from what I have (储值/购物金支付)",
    status=201,
    errors=(
        OrderNotFound,
        InsufficientBalance,
        OrderWantsLess,
        TenderAmount,
        TenderKeyReused,
    ),
)
async def post_balance_payment(
    scope: Scope, request: Request, order_id: str, body: BalancePaymentIn
) -> PaymentOut:
    order = await order_for(scope, order_id)
    view = await pay_from_balance(
        order_id=order.id,
        kind=Method(body.kind),
        amount_fen=body.amount_fen,
        key=request.headers["idempotency-key"],
    )
    return shown(view)
