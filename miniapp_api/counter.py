"""柜台收银. Staff take and give back money in the store; who they are, the session says."""

from typing import Literal

from pydantic import Field
from starlette.requests import Request

from core.errors import NotConfigured
from core.security.scope import Role, Scope
from core.web.api import Router, Schema
from core.web.policy import allow
from crm.people.errors import MemberNotFound
from crm.people.queries import member_view
from miniapp_api.payments import MoneyOut, PaymentOut, RefundOut, money_of, shown, shown_refund
from trade.orders.errors import OrderNotFound
from trade.orders.queries import OrderState, order_at
from trade.payments.errors import (
    AlreadyPaid,
    BadPayCode,
    NobodyToCredit,
    NotSoldYet,
    OrderNotPayable,
    OrderWantsLess,
    PayCodeRefused,
    PaymentNotFound,
    PaymentParked,
    PaymentRefused,
    PaymentUnclear,
    RefundKeyReused,
    RefundNotFound,
    RefundNotWaiting,
    RefundTooMuch,
    TenderAmount,
    TenderKeyReused,
    TopUpAmount,
    TopUpKeyReused,
    TopUpTooMuch,
)
from trade.payments.queries import Method, RefundTo, due_fen, refunds_to_hand_out
from trade.payments.service import (
    Counter,
    Tender,
    hand_out_refund,
    pay_by_code,
    record_tender,
    refund,
    show_code,
    top_up,
)
from trade.stores.errors import StoreNotFound
from trade.stores.queries import find_store

router = Router("/api/v1/counter", "counter")
STAFF = allow(Role.GUIDE, Role.STORE_MANAGER)
MANAGER = allow(Role.STORE_MANAGER)
BY_HAND = Literal["cash", "card", "other"]


class BillOut(MoneyOut):
    """An order at the counter. `due_fen` is what to take now: the deposit first, then the rest."""

    order_no: str
    state: OrderState
    payable_fen: int
    paid_fen: int
    refunded_fen: int
    due_fen: int


@router.get(
    "/orders/{order_id}",
    who=STAFF,
    summary="What an order of my store is due (待收款)",
    errors=(OrderNotFound,),
)
async def get_bill(scope: Scope, order_id: str) -> BillOut:
    order = await order_at(scope, order_id)
    money = await money_of(order.id)
    return BillOut.of(order, due_fen=due_fen(order), payments=money.payments, refunds=money.refunds)


class TenderIn(Schema):
    """`given_fen` is the cash laid down, `slip_no` the number of a card's slip."""

    method: BY_HAND
    amount_fen: int = Field(ge=1, le=100_000_000)
    given_fen: int | None = Field(default=None, ge=1, le=100_000_000)
    slip_no: str | None = Field(default=None, max_length=40)


@router.post(
    "/orders/{order_id}/tenders",
    who=STAFF,
    summary="Cash, card or another way was taken (登记收款)",
    status=201,
    errors=(OrderNotFound, OrderWantsLess, TenderAmount, TenderKeyReused),
)
async def post_tender(scope: Scope, request: Request, order_id: str, body: TenderIn) -> PaymentOut:
    order = await order_at(scope, order_id)
    tender = Tender(Method(body.method), body.amount_fen, body.given_fen, body.slip_no)
    key = request.headers["idempotency-key"]
    return shown(await record_tender(order_id=order.id, tender=tender, key=key, by=scope.actor))


class ScanIn(Schema):
    """The 18 digits of the customer's pay code. They are kept nowhere."""

    auth_code: str = Field(min_length=18, max_length=18)


ASKING_WECHAT = (
    OrderNotFound,
    OrderNotPayable,
    AlreadyPaid,
    PaymentParked,
    PaymentUnclear,
    NotConfigured,
)


@router.post(
    "/orders/{order_id}/code-payments",
    who=STAFF,
    summary="Charge the pay code I scanned (付款码收款)",
    status=201,
    errors=(*ASKING_WECHAT, BadPayCode, PayCodeRefused, TenderKeyReused),
)
async def post_code_payment(
    scope: Scope, request: Request, order_id: str, body: ScanIn
) -> PaymentOut:
    """A payment that is not paid yet ends by itself within a minute: look at the order again."""
    key = request.headers["idempotency-key"]
    view = await pay_by_code(scope, order_id=order_id, auth_code=body.auth_code, key=key)
    return shown(view)


class QrOut(Schema):
    """Show `code_url` as a QR code until the order is paid."""

    payment_no: str
    code_url: str
    amount_fen: int


@router.post(
    "/orders/{order_id}/qr",
    who=STAFF,
    summary="A code that the customer scans (收款二维码)",
    errors=(*ASKING_WECHAT, PaymentRefused),
)
async def post_qr(scope: Scope, order_id: str) -> QrOut:
    return QrOut.of(await show_code(scope, order_id=order_id))


class RefundIn(Schema):
    """`to` origin: each tender gives its share back; credit: all becomes store credit."""

    amount_fen: int = Field(ge=1, le=100_000_000)
    reason: str = Field(min_length=2, max_length=80)
    to: RefundTo = RefundTo.ORIGIN


@router.post(
    "/orders/{order_id}/refunds",
    who=MANAGER,
    summary="Give money of an order back (退款)",
    status=201,
    errors=(
        OrderNotFound,
        PaymentNotFound,
        NotSoldYet,
        NobodyToCredit,
        RefundTooMuch,
        RefundKeyReused,
    ),
)
async def post_refund(
    scope: Scope, request: Request, order_id: str, body: RefundIn
) -> list[RefundOut]:
    order = await order_at(scope, order_id)
    views = await refund(
        order_id=order.id,
        amount_fen=body.amount_fen,
        reason=body.reason,
        key=f"counter:{request.headers['idempotency-key']}",
        to=body.to,
        counter=Counter(order.store_id, scope.actor),
    )
    return [shown_refund(view) for view in views]


@router.get("/refunds", who=STAFF, summary="Refunds that wait to be handed out (待柜台退款)")
async def list_refunds(scope: Scope) -> list[RefundOut]:
    return [shown_refund(view) for view in await refunds_to_hand_out(scope)]


@router.post(
    "/refunds/{refund_no}/hand-out",
    who=STAFF,
    summary="I gave the money back to the buyer (柜台已退款)",
    errors=(RefundNotFound, RefundNotWaiting),
)
async def post_hand_out(scope: Scope, refund_no: str) -> RefundOut:
    return shown_refund(await hand_out_refund(scope, refund_no=refund_no))


class CounterTopUpIn(Schema):
    member_id: str = Field(max_length=40)
    store_code: str = Field(max_length=32)
    method: BY_HAND
    amount_fen: int = Field(ge=1, le=100_000_000)


class CounterTopUpOut(Schema):
    """The member's purse has both amounts now."""

    top_up_no: str
    payment_no: str
    amount_fen: int
    bonus_fen: int


@router.post(
    "/top-ups",
    who=STAFF,
    summary="Sell stored value at the counter (柜台充值)",
    status=201,
    errors=(MemberNotFound, StoreNotFound, TopUpAmount, TopUpTooMuch, TopUpKeyReused),
)
async def post_counter_top_up(
    scope: Scope, request: Request, body: CounterTopUpIn
) -> CounterTopUpOut:
    member = await member_view(scope, body.member_id)
    store = await find_store(body.store_code)
    if store is None or store.id not in scope.store_ids:
        raise StoreNotFound(store_code=body.store_code)
    done = await top_up(
        member_id=member.id,
        amount_fen=body.amount_fen,
        method=Method(body.method),
        key=request.headers["idempotency-key"],
        by=scope.actor,
        store_id=store.id,
    )
    return CounterTopUpOut.of(done)
