"""Orders as everybody sees them, and who sees which."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from datetime import date, datetime
from typing import Any

from tortoise.expressions import Q
from tortoise.queryset import QuerySet

from core.database import sql
from core.security.scope import Role, Scope
from trade.orders.errors import BadCursor, OrderNotFound
from trade.orders.models import Order, TimelineRow
from trade.orders.privacy import Consignee, read_consignee
from trade.orders.rules import CloseReason, Delivery, Entrance, OrderState, Source

OVERDUE = """
SELECT id FROM (
    SELECT id, expires_at AS due_at FROM orders_order WHERE state = 'placed'
    UNION ALL
    SELECT id, balance_due_at FROM orders_order WHERE state = 'deposited'
) AS waiting WHERE due_at <= now() ORDER BY due_at LIMIT $1
"""


@dataclass(frozen=True, slots=True)
class ReasonView:
    """Why a discount was given, or was not (`won` false); `amount_fen` is what it is worth."""

    rule: str
    version: str
    zh: str
    en: str
    amount_fen: int
    won: bool


@dataclass(frozen=True, slots=True)
class OrderLineView:
    """`list_fen` and `price_fen` are for one unit, `discount_fen` and `payable_fen` for all.

    `parts` are the stock items one unit of a kit is made of, as (SKU, units); empty: itself. What
    is not counted is made of no units.
    """

    id: int
    sku_id: int
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
    tax_code: str
    tax_bp: int
    is_gift: bool = False
    parts: tuple[tuple[int, int], ...] = ()
    reasons: tuple[ReasonView, ...] = ()

    @property
    def demand(self) -> list[tuple[int, int]]:
        """The stock items this line is made of, as (SKU, units): a kit's parts, or itself."""
        parts = self.parts or ((self.sku_id, 1),)
        return [(sku_id, each * self.quantity) for sku_id, each in parts if each]


@dataclass(frozen=True, slots=True)
class OrderView:
    id: int
    public_id: str
    order_no: str
    member_id: int | None
    store_id: int
    state: OrderState
    goods_fen: int
    discount_fen: int
    freight_fen: int
    payable_fen: int
    paid_fen: int
    points_earned: int
    reasons: tuple[ReasonView, ...]
    lines: tuple[OrderLineView, ...]
    delivery: Delivery
    source: Source | None
    close_reason: CloseReason | None
    placed_at: datetime
    expires_at: datetime
    paid_at: datetime | None
    closed_at: datetime | None
    entrance: Entrance
    outside_no: str | None
    placed_by: str
    refunded_fen: int
    deposit_fen: int
    points_spent: int
    tier: str
    note: str
    balance_due_at: datetime | None
    promised_on: date | None
    moves_stock: bool

    @property
    def demand(self) -> list[tuple[int, int]]:
        """All stock items of the order, line by line, as (SKU, units)."""
        return [item for line in self.lines for item in line.demand]


@dataclass(frozen=True, slots=True)
class StepView:
    action: str
    state: OrderState
    cause: str
    actor: str
    at: datetime


@dataclass(frozen=True, slots=True)
class OrderPage:
    """`next_cursor` is None on the last page."""

    items: tuple[OrderView, ...]
    next_cursor: str | None


PLAIN = tuple(
    name.name
    for name in fields(OrderView)
    if name.name
    not in {"state", "reasons", "lines", "delivery", "source", "close_reason", "entrance"}
)
OF_LINE = tuple(
    name.name for name in fields(OrderLineView) if name.name not in {"parts", "reasons"}
)

# An order with its lines as one JSON: one round trip, no model is built. The ORM would ask twice
# and hydrate every row; everybody who hears of a paid order asks this.
VIEWS = """
SELECT o.*, (SELECT json_agg(l ORDER BY l.id) FROM orders_line AS l
    WHERE l.order_id = o.id) AS lines
FROM orders_order AS o WHERE o.id = ANY($1::bigint[]) OR o.order_no = $2 ORDER BY o.id DESC
"""


async def views_of(order_ids: Sequence[int], order_no: str | None = None) -> list[OrderView]:
    return [_view(row) for row in await sql(VIEWS, list(order_ids), order_no)]


def _view(row: dict[str, Any]) -> OrderView:
    return OrderView(
        **{name: row[name] for name in PLAIN},
        state=OrderState(row["state"]),
        reasons=tuple(ReasonView(**reason) for reason in json.loads(row["reasons"])),
        lines=tuple(_line_view(line) for line in json.loads(row["lines"])),
        delivery=Delivery(row["delivery"]),
        entrance=Entrance(row["entrance"]),
        source=_source(row),
        close_reason=CloseReason(row["close_reason"]) if row["close_reason"] else None,
    )


def _line_view(line: dict[str, Any]) -> OrderLineView:
    return OrderLineView(
        **{name: line[name] for name in OF_LINE},
        parts=tuple((sku_id, units) for sku_id, units in line["parts"]),
        reasons=tuple(ReasonView(**reason) for reason in line["reasons"]),
    )


def _source(row: dict[str, Any]) -> Source | None:
    if row["guide_id"] is None or row["source_store_id"] is None:
        return None
    return Source(row["guide_id"], row["source_store_id"], row["group_id"])


def _visible(scope: Scope) -> Q:
    """A member sees own orders, a guide those that began with them, other staff their stores'."""
    if scope.role is Role.MEMBER:
        return scope.members_q("member_id")
    if scope.role is Role.GUIDE:
        return scope.stores_q("store_id") & Q(guide_id=scope.staff_id)
    return scope.stores_q("store_id")


def as_first_answered(order: OrderView) -> OrderView:
    """As it stood when it was placed, so that a repeated request gets the first answer again."""
    if not order.payable_fen:
        return replace(order, state=OrderState.PAID, close_reason=None, closed_at=None)
    return replace(
        order,
        state=OrderState.PLACED,
        paid_fen=0,
        refunded_fen=0,
        close_reason=None,
        paid_at=None,
        closed_at=None,
        balance_due_at=None,
    )


async def order_of(order_id: int) -> OrderView:
    """Raises OrderNotFound."""
    found = await views_of([order_id])
    if not found:
        raise OrderNotFound(order_id=order_id)
    return found[0]


async def find_order(order_no: str) -> OrderView | None:
    found = await views_of([], order_no)
    return found[0] if found else None


async def order_for(scope: Scope, public_id: str) -> OrderView:
    """Raises OrderNotFound: for what is not there and for what is not theirs alike."""
    row = await Order.filter(_visible(scope), public_id=public_id).only("id").first()
    if row is None:
        raise OrderNotFound(order_id=public_id)
    return await order_of(row.id)


async def order_at(scope: Scope, public_id: str) -> OrderView:
    """For a counter: any staff of the order's store see it. Raises OrderNotFound."""
    row = await Order.filter(scope.stores_q("store_id"), public_id=public_id).only("id").first()
    if row is None:
        raise OrderNotFound(order_id=public_id)
    return await order_of(row.id)


async def orders_for(scope: Scope, *, cursor: str | None = None, limit: int = 20) -> OrderPage:
    """Newest first. `cursor` is the `next_cursor` of the page before. Raises BadCursor."""
    return await page_of(Order.filter(_visible(scope)), cursor=cursor, limit=limit)


async def page_of(rows: QuerySet[Order], *, cursor: str | None, limit: int) -> OrderPage:
    """A page of these orders, newest first. Raises BadCursor when none of them is named by it."""
    rows = rows.only("id")
    if cursor is not None:
        last = await rows.filter(public_id=cursor).first()
        if last is None:
            raise BadCursor
        rows = rows.filter(id__lt=last.id)
    found = [row.id for row in await rows.order_by("-id").limit(limit + 1)]
    views = tuple(await views_of(found[:limit]))
    return OrderPage(views, views[-1].public_id if len(found) > limit else None)


async def consignee_of(order_id: int) -> Consignee | None:
    """Whom a parcel goes to, in the clear: for the store that packs it, never for a log."""
    return await read_consignee(order_id)


async def timeline_of(order_id: int) -> tuple[StepView, ...]:
    """What happened to an order, in order."""
    rows = await TimelineRow.filter(order_id=order_id).order_by("id")
    return tuple(StepView(row.action, row.state, row.cause, row.actor, row.at) for row in rows)


async def overdue_orders(limit: int = 50) -> list[int]:
    """Ids of orders whose payment or balance is overdue by the database's clock, longest first."""
    return [row["id"] for row in await sql(OVERDUE, limit)]


async def count_placed(scope: Scope, starts: datetime, ends: datetime) -> int:
    """How many orders were placed from `starts` up to `ends`, as far as the asker sees."""
    return await Order.filter(_visible(scope), placed_at__gte=starts, placed_at__lt=ends).count()


SOLD = """
SELECT id FROM orders_order WHERE store_id = $1 AND paid_fen = $2
    AND paid_at >= $3 AND paid_at < $3 + interval '1 minute' ORDER BY id LIMIT 50
"""


async def sold_in_minute(store_id: int, paid_fen: int, minute: datetime) -> tuple[OrderView, ...]:
    """Orders that were paid so much in a store within one minute: what a receipt says of them."""
    found = [row["id"] for row in await sql(SOLD, store_id, paid_fen, minute)]
    return tuple(await views_of(found))
