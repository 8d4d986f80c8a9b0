"""售后. A member's parcels, receipt of them, and what comes back: returns and exchanges."""

from pydantic import Field
from starlette.requests import Request

from core.security.scope import Role, Scope
from core.web.api import Router, Schema
from core.web.i18n import language_of
from core.web.policy import allow
from miniapp_api.cases import (
    CaseOut,
    PieceIn,
    ReturnableOut,
    pieces_of,
    shown_case,
    shown_returnable,
)
from miniapp_api.shipments import ShipmentOut, shown_shipment
from miniapp_api.stores import open_store
from trade.fulfilment.errors import (
    BadPieces,
    BadTrackingNo,
    CannotReturn,
    NotShippedYet,
    ReturnCannotMove,
    ReturnKeyReused,
    ReturnNotFound,
    TooManyPieces,
)
from trade.fulfilment.queries import ReturnKind, return_for, returnable, returns_for, shipments_of
from trade.fulfilment.service import (
    AskReturn,
    ask_return,
    confirm_receipt,
    send_back,
    withdraw_return,
)
from trade.orders.errors import OrderCannotMove, OrderNotFound
from trade.orders.queries import OrderState, order_for
from trade.stores.errors import StoreNotFound

router = Router("/api/v1", "aftersales")
MEMBER = allow(Role.MEMBER)


@router.get(
    "/orders/{order_id}/shipments",
    who=MEMBER,
    summary="Where my goods are (物流)",
    errors=(OrderNotFound,),
)
async def list_shipments(request: Request, scope: Scope, order_id: str) -> list[ShipmentOut]:
    order = await order_for(scope, order_id)
    language = language_of(request)
    return [shown_shipment(view, order, language) for view in await shipments_of(order.id)]


class ReceivedOut(Schema):
    order_id: str
    state: OrderState


@router.post(
    "/orders/{order_id}/receipt",
    who=MEMBER,
    summary="I have everything (确认收货)",
    errors=(OrderNotFound, NotShippedYet, OrderCannotMove),
)
async def post_receipt(scope: Scope, order_id: str) -> ReceivedOut:
    order = await confirm_receipt(scope=scope, order_id=order_id)
    return ReceivedOut(order_id=order.public_id, state=order.state)


@router.get(
    "/orders/{order_id}/returnable",
    who=MEMBER,
    summary="What may come back, for how much (可退换商品)",
    errors=(OrderNotFound,),
)
async def get_returnable(request: Request, scope: Scope, order_id: str) -> ReturnableOut:
    found = await returnable(await order_for(scope, order_id))
    return shown_returnable(found, language_of(request))


class ReturnIn(Schema):
    """`store_code`: where the pieces are brought or sent; any store takes them."""

    lines: list[PieceIn] = Field(min_length=1, max_length=50)
    kind: ReturnKind = ReturnKind.RETURN
    reason: str = Field(default="", max_length=200)
    store_code: str | None = Field(default=None, max_length=32)


@router.post(
    "/orders/{order_id}/returns",
    who=MEMBER,
    status=201,
    summary="Give pieces back (申请售后)",
    errors=(
        OrderNotFound,
        StoreNotFound,
        CannotReturn,
        BadPieces,
        TooManyPieces,
        ReturnKeyReused,
    ),
)
async def post_return(request: Request, scope: Scope, order_id: str, body: ReturnIn) -> CaseOut:
    order = await order_for(scope, order_id)
    ask = AskReturn(
        pieces=pieces_of(order, body.lines),
        key=request.headers["idempotency-key"],
        kind=body.kind,
        reason=body.reason,
        store_id=(await open_store(body.store_code)).id if body.store_code else None,
    )
    return await shown_case(await ask_return(scope=scope, order_id=order_id, ask=ask))


@router.get("/returns", who=MEMBER, summary="My returns (我的售后)")
async def list_returns(scope: Scope) -> list[CaseOut]:
    return [await shown_case(view) for view in await returns_for(scope)]


@router.get(
    "/returns/{return_id}",
    who=MEMBER,
    summary="One of my returns (售后详情)",
    errors=(ReturnNotFound,),
)
async def one_return(scope: Scope, return_id: str) -> CaseOut:
    return await shown_case(await return_for(scope, return_id))


class BackParcelIn(Schema):
    carrier: str = Field(min_length=1, max_length=16)
    tracking_no: str = Field(min_length=4, max_length=32)


@router.post(
    "/returns/{return_id}/parcel",
    who=MEMBER,
    summary="I have sent them (填写退货运单)",
    errors=(ReturnNotFound, BadTrackingNo, ReturnCannotMove),
)
async def post_parcel(scope: Scope, return_id: str, body: BackParcelIn) -> CaseOut:
    view = await send_back(
        scope=scope, return_id=return_id, carrier=body.carrier, tracking_no=body.tracking_no
    )
    return await shown_case(view)


@router.post(
    "/returns/{return_id}/withdraw",
    who=MEMBER,
    summary="I keep them (撤销售后)",
    errors=(ReturnNotFound, ReturnCannotMove),
)
async def post_withdraw(scope: Scope, return_id: str) -> CaseOut:
    return await shown_case(await withdraw_return(scope=scope, return_id=return_id))
