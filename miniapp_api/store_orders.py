"""门店订单. What people of a store see of its orders: all of them, with who did what and why."""

from datetime import date, datetime

from pydantic import Field
from starlette.requests import Request

from core.security.scope import Role, Scope
from core.web.api import Router, Schema
from core.web.i18n import language_of
from core.web.policy import allow
from miniapp_api.order_views import OrderOut, shown_order, stores_of_orders
from trade.orders.errors import BadCursor, OrderNotFound
from trade.orders.queries import (
    Entrance,
    OrderFilter,
    OrderState,
    OrderView,
    notes_of,
    order_at,
    store_orders,
    timeline_of,
)
from trade.orders.service import add_note
from trade.stores.errors import StoreNotFound
from trade.stores.queries import find_store

router = Router("/api/v1/store", "store orders")
STAFF = allow(Role.GUIDE, Role.STORE_MANAGER, Role.FRANCHISEE, Role.HEAD_OFFICE)


class StoreOrderOut(OrderOut):
    """`entrance` is the door it came through, `outside_no` its number at a till or another shop."""

    entrance: Entrance
    outside_no: str | None
    refunded_fen: int


class StoreOrdersOut(Schema):
    """Ask for the next page with `cursor=nextCursor`; null on the last page."""

    items: list[StoreOrderOut]
    next_cursor: str | None


class FilterQuery(Schema):
    """`day` is the day of placing; `number` the whole of any of its numbers, `outside` a part."""

    store_code: str = Field(default="", max_length=32)
    state: OrderState | None = None
    day: date | None = None
    number: str = Field(default="", max_length=64)
    outside: str = Field(default="", max_length=64)
    cursor: str | None = Field(default=None, max_length=40)
    limit: int = Field(default=20, ge=1, le=100)


class ToldOut(Schema):
    """One step: what was done, why, by whom (`member:…`, `guide:…`, `system`)."""

    action: str
    state: OrderState
    cause: str
    actor: str
    at: datetime


class NoteOut(Schema):
    """`is_inner`: the buyer does not see it."""

    text: str
    is_inner: bool
    by: str
    at: datetime


class StoreOrderDetailOut(StoreOrderOut):
    notes: list[NoteOut]
    timeline: list[ToldOut]


class NoteIn(Schema):
    text: str = Field(min_length=1, max_length=500)
    is_inner: bool = True


@router.get(
    "/orders",
    who=STAFF,
    summary="Orders of my stores (门店订单)",
    errors=(BadCursor, StoreNotFound),
)
async def list_store_orders(request: Request, scope: Scope, query: FilterQuery) -> StoreOrdersOut:
    wanted = OrderFilter(
        store_id=await _store_id(scope, query.store_code) if query.store_code else None,
        state=query.state,
        day=query.day,
        number=query.number,
        outside=query.outside,
    )
    page = await store_orders(scope, wanted, cursor=query.cursor, limit=query.limit)
    stores = await stores_of_orders(page.items)
    items = [
        _shown(order, shown_order(order, stores[order.store_id], language_of(request)))
        for order in page.items
    ]
    return StoreOrdersOut(items=items, next_cursor=page.next_cursor)


@router.get(
    "/orders/{order_id}",
    who=STAFF,
    summary="One order with all its steps (订单详情)",
    errors=(OrderNotFound,),
)
async def one_store_order(request: Request, scope: Scope, order_id: str) -> StoreOrderDetailOut:
    return await _detail(await order_at(scope, order_id), language_of(request))


@router.post(
    "/orders/{order_id}/notes",
    who=STAFF,
    status=201,
    summary="Write a remark to an order (添加备注)",
    errors=(OrderNotFound,),
)
async def post_note(
    request: Request, scope: Scope, order_id: str, body: NoteIn
) -> StoreOrderDetailOut:
    order = await order_at(scope, order_id)
    await add_note(order_id=order.id, text=body.text, by=scope.actor, is_inner=body.is_inner)
    return await _detail(order, language_of(request))


async def _store_id(scope: Scope, code: str) -> int:
    """A store that is not theirs is none at all."""
    store = await find_store(code)
    if store is None or not scope.sees_store(store.id):
        raise StoreNotFound(store_code=code)
    return store.id


def _shown(order: OrderView, shown: OrderOut) -> StoreOrderOut:
    return StoreOrderOut.of(
        shown,
        entrance=order.entrance,
        outside_no=order.outside_no,
        refunded_fen=order.refunded_fen,
    )


async def _detail(order: OrderView, language: str) -> StoreOrderDetailOut:
    stores = await stores_of_orders([order])
    return StoreOrderDetailOut.of(
        _shown(order, shown_order(order, stores[order.store_id], language)),
        notes=[NoteOut.of(one) for one in await notes_of(order.id, with_inner=True)],
        timeline=[ToldOut.of(step) for step in await timeline_of(order.id)],
    )
