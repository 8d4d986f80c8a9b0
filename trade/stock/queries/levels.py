"""What lies where now, and why."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime

from core.database import sql
from core.security.scope import Scope
from trade.stock.models import Reservation
from trade.stock.rules import MovementKind, Place, ReservationState


@dataclass(frozen=True, slots=True)
class StockView:
    """ATP (可承诺量) is `available`: on hand - reserved - safety, never below zero.

    Goods on their way, goods that came back and damaged ones are no part of on hand.
    """

    on_hand: int
    reserved: int
    safety: int
    available: int
    in_transit: int = 0
    in_returns: int = 0
    damaged: int = 0


@dataclass(frozen=True, slots=True)
class ShortShelf:
    """A shelf that owes: fewer pieces on hand than open orders hold, or than nothing."""

    sku_id: int
    store_id: int
    on_hand: int
    reserved: int


@dataclass(frozen=True, slots=True)
class MovementView:
    id: int
    cause: str
    kind: MovementKind
    place: Place
    quantity: int
    reason: str
    actor: str
    at: datetime
    booked_at: datetime


@dataclass(frozen=True, slots=True)
class Coming:
    """Units on their way to a store, and the first day some of them are expected."""

    units: int
    due_on: date | None


AVAILABLE = """
SELECT sku_id, store_id, on_hand, reserved, safety, greatest(on_hand - reserved - safety, 0)
    AS available, in_transit, in_returns, damaged
FROM stock_level WHERE sku_id = ANY($1::bigint[]) AND store_id = ANY($2::bigint[])
"""
NUMBERS = ("on_hand", "reserved", "safety", "available", "in_transit", "in_returns", "damaged")


async def availability(
    sku_ids: Collection[int], store_ids: Collection[int]
) -> dict[tuple[int, int], StockView]:
    """Stock by (SKU, store). A pair that never had stock is missing from the answer.

    Hand-written: the ORM took most of a product page's time to build the rows' models.
    """
    rows = await sql(AVAILABLE, list(sku_ids), list(store_ids))
    return {
        (row["sku_id"], row["store_id"]): StockView(*(row[name] for name in NUMBERS))
        for row in rows
    }


FREE = """
SELECT sku_id, on_hand - reserved - safety AS free FROM stock_level
WHERE store_id = $1 AND on_hand - reserved - safety > 0
"""


async def free_in(store_id: int) -> dict[int, int]:
    """What a store can promise of everything it has, by stock item; what is gone is left out."""
    return {row["sku_id"]: row["free"] for row in await sql(FREE, store_id)}


async def held_orders() -> set[str]:
    """The numbers of all orders that hold stock now; for the auditor."""
    rows = await Reservation.filter(state=ReservationState.HELD).only("order_no")
    return {row.order_no for row in rows}


SHORT = """
SELECT sku_id, store_id, on_hand, reserved FROM stock_level
WHERE shortfall > 0 AND (on_hand < 0 OR reserved > on_hand)
    AND ($1::bigint[] IS NULL OR store_id = ANY($1::bigint[]))
ORDER BY store_id, sku_id LIMIT 500
"""


async def short_shelves(scope: Scope) -> list[ShortShelf]:
    """Shelves of the asker's stores that a till's forced sale, a count or a breakage left owing:

    each wants a count, or goods. At most 500.
    """
    stores = None if scope.sees_all_stores else sorted(scope.store_ids)
    return [ShortShelf(**row) for row in await sql(SHORT, stores)]


MOVEMENTS = """
SELECT id, cause, kind, place, quantity, reason, actor, at, booked_at FROM stock_movement
WHERE store_id = $1 AND sku_id = $2 AND ($3::bigint IS NULL OR id < $3)
ORDER BY id DESC LIMIT $4
"""


async def movements_of(
    sku_id: int, store_id: int, *, before: int | None = None, limit: int = 50
) -> list[MovementView]:
    """The ledger of one SKU in one store, newest first; `before` is the last id of a page."""
    rows = await sql(MOVEMENTS, store_id, sku_id, before, limit)
    return [
        MovementView(**{**row, "kind": MovementKind(row["kind"]), "place": Place(row["place"])})
        for row in rows
    ]


COMING = """
SELECT line.sku_id, inbound.store_id, min(due_on) AS due_on,
    sum(greatest(line.sent - coalesce(came.units, 0), 0))::bigint AS units
FROM stock_inbound AS inbound JOIN stock_inbound_line AS line ON line.inbound_id = inbound.id
LEFT JOIN LATERAL (
    SELECT sum(quantity) AS units FROM stock_movement AS m
    WHERE m.document_no = inbound.number AND m.sku_id = line.sku_id
        AND m.store_id = inbound.store_id AND m.place IN ('shelf', 'damaged')
) AS came ON true
WHERE inbound.state = 'on_the_way' AND line.sku_id = ANY($1::bigint[])
    AND inbound.store_id = ANY($2::bigint[]) AND line.sent > coalesce(came.units, 0)
GROUP BY 1, 2
"""


async def coming(
    sku_ids: Collection[int], store_ids: Collection[int]
) -> dict[tuple[int, int], Coming]:
    """What is on its way by (SKU, store): announced by suppliers or sent by other stores."""
    rows = await sql(COMING, list(sku_ids), list(store_ids))
    return {(r["sku_id"], r["store_id"]): Coming(r["units"], r["due_on"]) for r in rows}
