"""订单. Placing, listing, looking at and taking back one's own orders; money is `payments`."""

import logging
from collections.abc import Iterable, Mapping
from datetime import datetime

from pydantic import Field
from starlette.requests import Request

from core.security.scope import Role, Scope
from core.security.source_code import BadSourceCode, read_source
from core.web.api import Router, Schema
from core.web.i18n import language_of
from core.web.policy import allow
from crm.queries import tier_of
from miniapp_api.quotes import LineIn, ReasonOut, chosen
from miniapp_api.stores import open_store
from trade.catalog.errors import SkuNotFound
from trade.fulfilment.queries import TaskState, task_of
from trade.orders.errors import (
    BadCursor,
    BadLines,
    ConsigneeNeeded,
    OrderCannotMove,
    OrderKeyReused,
    OrderNotFound,
)
from trade.orders.queries import (
    CloseReason,
    Delivery,
    OrderState,
    OrderView,
    order_for,
    orders_for,
    timeline_of,
)
from trade.orders.service import Consignee, OrderedLine, PlaceOrder, Source, place_order
from trade.payments.errors import AlreadyPaid, PaymentUnclear
from trade.payments.service import cancel_order
from trade.promotions.errors import SkuOffShelf
from trade.stock.errors import OutOfStock
from trade.stores.errors import StoreNotFound
from trade.stores.queries import StoreView, stores_of

log = logging.getLogger(__name__)

router = Router("/api/v1", "orders")
MEMBER = allow(Role.MEMBER)


class ConsigneeIn(Schema):
    name: str = Field(min_length=1, max_length=40)
    phone: str = Field(pattern=r"^\+?[0-9-]{5,20}$")
    address: str = Field(min_length=4, max_length=200)


class OrderIn(Schema):
    """`source` is the code of the card the wish began with; `consignee` is for express only."""

    store_code: str = Field(min_length=1, max_length=32)
    lines: list[LineIn] = Field(min_length=1, max_length=50)
    delivery: Delivery = Delivery.PICKUP
    consignee: ConsigneeIn | None = None
    source: str | None = Field(default=None, max_length=80)


class OrderLineOut(Schema):
    """`list_fen` and `price_fen` are for one piece, the other amounts for the line."""

    sku_code: str
    title: str
    spec_text: str
    picture: str
    unit: str
    quantity: int
    list_fen: int
    price_fen: int
    discount_fen: int
    payable_fen: int


class OrderOut(Schema):
    """goodsFen - discountFen + freightFen = payableFen. Unpaid, it ends at `expires_at`."""

    order_id: str
    order_no: str
    state: OrderState
    close_reason: CloseReason | None
    store_code: str
    store_name: str
    delivery: Delivery
    lines: list[OrderLineOut]
    goods_fen: int
    discount_fen: int
    freight_fen: int
    payable_fen: int
    paid_fen: int
    points_earned: int
    reasons: list[ReasonOut]
    placed_at: datetime
    expires_at: datetime
    paid_at: datetime | None


class StepOut(Schema):
    action: str
    state: OrderState
    at: datetime


class OrderDetailOut(OrderOut):
    """`pickup_code` is shown at the counter; there is one once the store has its task."""

    pickup_code: str | None
    timeline: list[StepOut]


class OrdersQuery(Schema):
    cursor: str | None = Field(default=None, max_length=40)
    limit: int = Field(default=20, ge=1, le=100)


class OrdersOut(Schema):
    """Ask for the next page with `cursor=nextCursor`; null on the last page."""

    items: list[OrderOut]
    next_cursor: str | None


@router.post(
    "/orders",
    who=MEMBER,
    status=201,
    summary="Place an order (下单)",
    errors=(
        StoreNotFound,
        SkuNotFound,
        SkuOffShelf,
        BadLines,
        ConsigneeNeeded,
        OutOfStock,
            OrderKeyReused,
    ),
)
async def post_order(request: Request, scope: Scope, body: OrderIn) -> OrderOut:
    assert scope.member_id is not None
    store, views = await open_store(body.store_code), await chosen(body.lines)
    order = await place_order(
        PlaceOrder(
            member_id=scope.member_id,
            store_id=store.id,
            lines=tuple(OrderedLine(views[line.sku_code].id, line.quantity) for line in body.lines),
            idempotency_key=request.headers["idempotency-key"],
            source=_source(body.source),
            delivery=body.delivery,
            consignee=Consignee(**body.consignee.model_dump(by_alias=False))
            if body.consignee
            else None,
            tier=await tier_of(scope.member_id),
        )
    )
    return _shown(order, store, language_of(request))


@router.get("/orders", who=MEMBER, summary="My orders (我的订单)", errors=(BadCursor,))
async def list_orders(request: Request, scope: Scope, query: OrdersQuery) -> OrdersOut:
    page = await orders_for(scope, cursor=query.cursor, limit=query.limit)
    stores = await _stores(page.items)
    items = [_shown(order, stores[order.store_id], language_of(request)) for order in page.items]
    return OrdersOut(items=items, next_cursor=page.next_cursor)


@router.get(
    "/orders/{order_id}", who=MEMBER, summary="One of my orders (订单详情)", errors=(OrderNotFound,)
)
async def one_order(request: Request, scope: Scope, order_id: str) -> OrderDetailOut:
    return await _detail(await order_for(scope, order_id), language_of(request))


@router.post(
    "/orders/{order_id}/cancel",
    who=MEMBER,
    summary="Take an unpaid order back (取消订单)",
    errors=(OrderNotFound, OrderCannotMove, AlreadyPaid, PaymentUnclear),
)
async def post_cancel(request: Request, scope: Scope, order_id: str) -> OrderDetailOut:
    return await _detail(await cancel_order(scope, order_id=order_id), language_of(request))


def _source(code: str | None) -> Source | None:
    """A code that does not read never bars the way to buy: nobody is credited by it."""
    if not code:
        return None
    try:
        read = read_source(code)
    except BadSourceCode:
        log.warning("a source code did not read", extra={"length": len(code)})
        return None
    return Source(guide_id=read.guide_id, store_id=read.store_id, group_id=read.group_id)


async def _stores(orders: Iterable[OrderView]) -> Mapping[int, StoreView]:
    return {store.id: store for store in await stores_of(order.store_id for order in orders)}


def _shown(order: OrderView, store: StoreView, language: str) -> OrderOut:
    return OrderOut.of(
        order,
        order_id=order.public_id,
        store_code=store.code,
        store_name=store.name,
        lines=[OrderLineOut.of(line) for line in order.lines],
        reasons=[
            ReasonOut.of(reason, text=reason.en if language == "en" else reason.zh)
            for reason in order.reasons
        ],
    )


async def _detail(order: OrderView, language: str) -> OrderDetailOut:
    stores, task = await _stores([order]), await task_of(order.id)
    steps = [StepOut.of(step) for step in await timeline_of(order.id)]
    return OrderDetailOut.of(
        _shown(order, stores[order.store_id], language),
        pickup_code=task.code if task and task.state is TaskState.OPEN else None,
        timeline=steps,
    )
