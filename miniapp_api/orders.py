"""订单. Placing, listing, looking at and taking back one's own orders; money is `payments`."""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from pydantic import Field
from starlette.requests import Request

from core.errors import DomainError
from core.gathering import Gathering
from core.ledger import InsufficientBalance
from core.security.scope import Role, Scope
from core.security.source_code import BadSourceCode, read_source
from core.web.api import Router, Schema
from core.web.i18n import language_of
from core.web.idempotency import KeyReused
from core.web.policy import allow
from crm.tiers.queries import tiers_of
from miniapp_api.audiences import NONE, segments_for_all
from miniapp_api.order_views import (
    ConsigneeIn,
    OrderDetailOut,
    OrderOut,
    order_detail,
    shown_order,
    stores_of_orders,
)
from miniapp_api.quotes import LineIn
from trade.catalog.errors import SkuNotFound
from trade.catalog.queries import SkuView, skus_by_code
from trade.orders.errors import (
    BadCursor,
    BadLines,
    BelowMinimum,
    ConsigneeNeeded,
    DeliveryNotOffered,
    OrderCannotMove,
    OrderKeyReused,
    OrderNotFound,
    TooManyBought,
    TooManyHeldUnits,
    TooManyOpenOrders,
)
from trade.orders.queries import (
    Delivery,
    as_first_answered,
    order_for,
    orders_for,
)
from trade.orders.service import Known, OrderedLine, PlaceOrder, Source, place
from trade.payments.errors import AlreadyPaid, PaymentUnclear
from trade.payments.service import cancel_order
from trade.promotions.errors import CouponNotUsable, SkuOffShelf
from trade.stock.errors import OutOfStock
from trade.stores.errors import StoreNotFound
from trade.stores.queries import StoreView, stores_by_code

log = logging.getLogger(__name__)

router = Router("/api/v1", "orders")
MEMBER = allow(Role.MEMBER)


class OrderIn(Schema):
    """`source` is the code of the card the wish began with; `consignee` is for deliveries.

    `coupons` are ids of the member's coupons or codes, `points` how many are offered at most;
    `isDeposit` asks to pay the deposit of pre-sale goods first.
    """

    store_code: str = Field(min_length=1, max_length=32)
    lines: list[LineIn] = Field(min_length=1, max_length=50)
    delivery: Delivery = Delivery.PICKUP
    consignee: ConsigneeIn | None = None
    source: str | None = Field(default=None, max_length=80)
    coupons: list[str] = Field(default=[], max_length=20)
    points: int = Field(default=0, ge=0, le=10**9)
    note: str = Field(default="", max_length=200)
    is_deposit: bool = False


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
        BelowMinimum,
        ConsigneeNeeded,
        OutOfStock,
        KeyReused,
        DeliveryNotOffered,
        TooManyOpenOrders,
        TooManyBought,
        TooManyHeldUnits,
        CouponNotUsable,
        InsufficientBalance,
    ),
    idempotent="by_itself",
)
async def post_order(request: Request, scope: Scope, body: OrderIn) -> OrderOut:
    assert scope.member_id is not None
    codes = tuple(line.sku_code for line in body.lines)
    seen = await looking.ask(Look(body.store_code, codes, scope.member_id))
    try:
        placed = await place(_wish(request, scope.member_id, body, seen), seen.known)
    except OrderKeyReused:
        raise KeyReused from None
    request.state.is_repeated = not placed.is_new
    order = placed.order if placed.is_new else as_first_answered(placed.order)
    return shown_order(order, seen.store, language_of(request))


@dataclass(frozen=True, slots=True)
class Look:
    store_code: str
    sku_codes: tuple[str, ...]
    member_id: int


@dataclass(frozen=True, slots=True)
class Seen:
    """What a request names by codes."""

    store: StoreView
    skus: Mapping[str, SkuView]
    tier: str
    segments: frozenset[str]
    known: Known


async def _look(group: Sequence[Look]) -> list[Seen | BaseException]:
    """Three questions for all who ask at the same time."""
    stores = await stores_by_code(one.store_code for one in group)
    views = await skus_by_code(code for one in group for code in one.sku_codes)
    tiers = await tiers_of(one.member_id for one in group)
    segments = await segments_for_all(one.member_id for one in group)
    known = Known(
        {store.id: store for store in stores.values()}, {sku.id: sku for sku in views.values()}
    )
    return [
        _missing(one, stores, views)
        or Seen(
            store=stores[one.store_code],
            skus=views,
            tier=tiers[one.member_id],
            segments=segments.get(one.member_id, NONE),
            known=known,
        )
        for one in group
    ]


def _missing(
    look: Look, stores: Mapping[str, StoreView], views: Mapping[str, SkuView]
) -> DomainError | None:
    store = stores.get(look.store_code)
    if store is None or not store.is_open:
        return StoreNotFound(store_code=look.store_code)
    for code in look.sku_codes:
        if code not in views:
            return SkuNotFound(sku_code=code)
    return None


looking: Gathering[Look, Seen] = Gathering(_look)


def _wish(request: Request, member_id: int, body: OrderIn, seen: Seen) -> PlaceOrder:
    to = body.consignee
    return PlaceOrder(
        member_id=member_id,
        store_id=seen.store.id,
        lines=tuple(OrderedLine(seen.skus[one.sku_code].id, one.quantity) for one in body.lines),
        idempotency_key=request.headers["idempotency-key"],
        source=_source(body.source),
        delivery=body.delivery,
        consignee=to.value if to else None,
        tier=seen.tier,
        segments=seen.segments,
        coupons=tuple(body.coupons),
        points=body.points,
        note=body.note,
        is_deposit=body.is_deposit,
    )


@router.get("/orders", who=MEMBER, summary="My orders (我的订单)", errors=(BadCursor,))
async def list_orders(request: Request, scope: Scope, query: OrdersQuery) -> OrdersOut:
    page = await orders_for(scope, cursor=query.cursor, limit=query.limit)
    stores = await stores_of_orders(page.items)
    items = [
        shown_order(order, stores[order.store_id], language_of(request)) for order in page.items
    ]
    return OrdersOut(items=items, next_cursor=page.next_cursor)


@router.get(
    "/orders/{order_id}", who=MEMBER, summary="One of my orders (订单详情)", errors=(OrderNotFound,)
)
async def one_order(request: Request, scope: Scope, order_id: str) -> OrderDetailOut:
    return await order_detail(await order_for(scope, order_id), language_of(request))


@router.post(
    "/orders/{order_id}/cancel",
    who=MEMBER,
    summary="Take an unpaid order back (取消订单)",
    errors=(OrderNotFound, OrderCannotMove, AlreadyPaid, PaymentUnclear),
)
async def post_cancel(request: Request, scope: Scope, order_id: str) -> OrderDetailOut:
    return await order_detail(await cancel_order(scope, order_id=order_id), language_of(request))


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
