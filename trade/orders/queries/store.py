"""What people of a store ask: which orders there are, and what was said of one."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from tortoise.expressions import Q

from core.clock import SHOP_ZONE
from core.security.scope import Scope
from trade.orders.models import Order, OrderNote
from trade.orders.privacy import read_consignee
from trade.orders.queries.orders import OrderPage, OrderView, page_of, views_of
from trade.orders.rules import Entrance, OrderState


@dataclass(frozen=True, slots=True)
class OrderFilter:
    """What is not said is not asked for. `day` is the shop's day of placing.

    `number` is an order's number or the whole one a till or another shop gave it, `outside` a part
    of the latter.
    """

    store_id: int | None = None
    state: OrderState | None = None
    day: date | None = None
    number: str = ""
    outside: str = ""


async def store_orders(
    scope: Scope, wanted: OrderFilter, *, cursor: str | None = None, limit: int = 20
) -> OrderPage:
    """Orders of the asker's stores, newest first, whoever they began with. Raises BadCursor."""
    rows = Order.filter(scope.stores_q("store_id"), _asked(wanted))
    return await page_of(rows, cursor=cursor, limit=limit)


def _asked(wanted: OrderFilter) -> Q:
    asked = Q()
    if wanted.store_id is not None:
        asked &= Q(store_id=wanted.store_id)
    if wanted.state is not None:
        asked &= Q(state=wanted.state)
    if wanted.day is not None:
        starts = datetime.combine(wanted.day, time(), SHOP_ZONE)
        asked &= Q(placed_at__gte=starts, placed_at__lt=starts + timedelta(days=1))
    if wanted.number:
        asked &= Q(order_no=wanted.number) | Q(outside_no=wanted.number)
    if wanted.outside:
        asked &= Q(outside_no__isnull=False, outside_no__contains=wanted.outside)
    return asked


@dataclass(frozen=True, slots=True)
class HoldView:
    """Goods kept for a caller; the store's people see who it is."""

    order: OrderView
    name: str
    phone: str


async def holds_for(scope: Scope, *, limit: int = 100) -> tuple[HoldView, ...]:
    """What the asker's stores keep for callers (电话留货), what ends first before."""
    rows = Order.filter(scope.stores_q("store_id"), entrance=Entrance.PHONE, state="placed")
    ids = [row.id for row in await rows.order_by("expires_at", "id").limit(limit)]
    orders = sorted(await views_of(ids), key=lambda order: (order.expires_at, order.id))
    found = [(order, await read_consignee(order.id)) for order in orders]
    return tuple(HoldView(order, who.name, who.phone) for order, who in found if who is not None)


@dataclass(frozen=True, slots=True)
class NoteView:
    text: str
    is_inner: bool
    by: str
    at: datetime


async def notes_of(order_id: int, *, with_inner: bool) -> tuple[NoteView, ...]:
    """What people added to an order, oldest first; inner ones only for staff."""
    rows = OrderNote.filter(order_id=order_id).order_by("id")
    found = rows if with_inner else rows.filter(is_inner=False)
    return tuple(NoteView(row.text, row.is_inner, row.by, row.at) for row in await found)
