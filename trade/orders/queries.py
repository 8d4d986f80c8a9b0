"""What can be asked about orders. Nothing here writes; models never leave, views do."""

from dataclasses import dataclass
from datetime import datetime

from tortoise.expressions import Q
from tortoise.queryset import QuerySet

from core.database import sql
from core.security.scope import Role, Scope
from trade.orders.errors import BadCursor, OrderNotFound
from trade.orders.models import Cart, Order, OrderLine, TimelineRow
from trade.orders.privacy import Consignee, read_consignee
from trade.orders.rules import CloseReason, Delivery, OrderState, Source

__all__ = ["CloseReason", "Consignee", "Delivery", "OrderState", "Source"]

OVERDUE = """
SELECT id FROM orders_order WHERE state = 'placed' AND expires_at <= now()
ORDER BY expires_at LIMIT $1
"""


@dataclass(frozen=True, slots=True)
class OrderLineView:
    """`list_fen` and `price_fen` are for one unit, `discount_fen` and `payable_fen` for all."""

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
class OrderView:
    id: int
    public_id: str
    order_no: str
    member_id: int
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


def _line_view(row: OrderLine) -> OrderLineView:
    return OrderLineView(
        id=row.id,
        sku_id=row.sku_id,
        sku_code=row.sku_code,
        title=row.title,
        spec_text=row.spec_text,
        picture=row.picture,
        unit=row.unit,
        quantity=row.quantity,
        list_fen=row.list_fen,
        price_fen=row.price_fen,
        discount_fen=row.discount_fen,
        payable_fen=row.payable_fen,
        tax_code=row.tax_code,
        tax_bp=row.tax_bp,
    )


def _source(row: Order) -> Source | None:
    if row.guide_id is None or row.source_store_id is None:
        return None
    return Source(row.guide_id, row.source_store_id, row.group_id)


def _view(row: Order) -> OrderView:
    return OrderView(
        id=row.id,
        public_id=row.public_id,
        order_no=row.order_no,
        member_id=row.member_id,
        store_id=row.store_id,
        state=row.state,
        goods_fen=row.goods_fen,
        discount_fen=row.discount_fen,
        freight_fen=row.freight_fen,
        payable_fen=row.payable_fen,
        paid_fen=row.paid_fen,
        points_earned=row.points_earned,
        reasons=tuple(ReasonView(**reason) for reason in row.reasons),
        lines=tuple(_line_view(line) for line in sorted(row.lines, key=lambda line: line.id)),
        delivery=row.delivery,
        source=_source(row),
        close_reason=row.close_reason,
        placed_at=row.placed_at,
        expires_at=row.expires_at,
        paid_at=row.paid_at,
        closed_at=row.closed_at,
    )


def _visible(scope: Scope) -> Q:
    """A member sees own orders, a guide those that began with them, other staff their stores'."""
    if scope.role is Role.MEMBER:
        return scope.members_q("member_id")
    if scope.role is Role.GUIDE:
        return scope.stores_q("store_id") & Q(guide_id=scope.staff_id)
    return scope.stores_q("store_id")


async def _one(rows: QuerySet[Order], **named: int | str) -> OrderView:
    row = await rows.prefetch_related("lines").first()
    if row is None:
        raise OrderNotFound(**named)
    return _view(row)


async def order_of(order_id: int) -> OrderView:
    """Raises OrderNotFound."""
    return await _one(Order.filter(id=order_id), order_id=order_id)


async def find_order(order_no: str) -> OrderView | None:
    row = await Order.filter(order_no=order_no).prefetch_related("lines").first()
    return _view(row) if row else None


async def order_for(scope: Scope, public_id: str) -> OrderView:
    """Raises OrderNotFound: for what is not there and for what is not theirs alike."""
    return await _one(Order.filter(_visible(scope), public_id=public_id), order_id=public_id)


async def orders_for(scope: Scope, *, cursor: str | None = None, limit: int = 20) -> OrderPage:
    """Newest first. `cursor` is the `next_cursor` of the page before. Raises BadCursor."""
    rows = Order.filter(_visible(scope))
    if cursor is not None:
        last = await rows.filter(public_id=cursor).first()
        if last is None:
            raise BadCursor
        rows = rows.filter(id__lt=last.id)
    found = await rows.order_by("-id").limit(limit + 1).prefetch_related("lines")
    views = tuple(_view(row) for row in found[:limit])
    return OrderPage(views, views[-1].public_id if len(found) > limit else None)


async def consignee_of(order_id: int) -> Consignee | None:
    """Whom a parcel goes to, in the clear: for the store that packs it, never for a log."""
    return await read_consignee(order_id)


async def timeline_of(order_id: int) -> tuple[StepView, ...]:
    """What happened to an order, in order."""
    rows = await TimelineRow.filter(order_id=order_id).order_by("id")
    return tuple(StepView(row.action, row.state, row.cause, row.actor, row.at) for row in rows)


async def overdue_orders(limit: int = 50) -> list[int]:
    """Ids of orders not paid in time, by the database's clock, the longest overdue first."""
    return [row["id"] for row in await sql(OVERDUE, limit)]


@dataclass(frozen=True, slots=True)
class CartLineView:
    sku_id: int
    quantity: int


async def cart_of(member_id: int, store_id: int) -> tuple[CartLineView, ...]:
    """What a member has laid aside in a store, in the member's order; empty when nothing is."""
    row = await Cart.get_or_none(member_id=member_id, store_id=store_id)
    lines = row.lines if row else []
    return tuple(CartLineView(line["sku_id"], line["quantity"]) for line in lines)


async def count_placed(scope: Scope, starts: datetime, ends: datetime) -> int:
    """How many orders were placed from `starts` up to `ends`, as far as the asker sees."""
    return await Order.filter(_visible(scope), placed_at__gte=starts, placed_at__lt=ends).count()
