"""The hot path of stock: keeping units for orders, giving them back, letting them go for good.

Each use case is one SQL statement that decides and writes at once. It needs no transaction of its
own: it is part of the caller's, and comes last in it, for other buyers wait for the shelf until it
ends. Rows of one statement are locked in the order of their SKUs, so two orders never wait in a
ring.
"""

from dataclasses import dataclass
from datetime import datetime

from core.database import sql
from trade.catalog.queries import skus
from trade.stock.errors import NothingReserved, OutOfStock
from trade.stock.rules import sum_demand

RESERVE = """
WITH demand AS (
    SELECT * FROM unnest($3::bigint[], $4::bigint[]) AS wanted (sku_id, quantity)
), shelf AS (
    SELECT level.id, level.sku_id, level.on_hand - level.reserved - level.safety AS free,
        demand.quantity
    FROM stock_level AS level JOIN demand USING (sku_id)
    WHERE level.store_id = $2
    ORDER BY level.sku_id FOR UPDATE OF level
), verdict AS (
    SELECT count(*) FILTER (WHERE free >= quantity) = cardinality($3::bigint[]) AS is_enough,
        EXISTS (SELECT FROM stock_reservation AS known
                WHERE known.order_no = $1 AND known.state <> 'released') AS is_known
    FROM shelf
), taken AS (
    UPDATE stock_level AS level SET reserved = level.reserved + shelf.quantity
    FROM shelf, verdict
    WHERE level.id = shelf.id AND verdict.is_enough AND NOT verdict.is_known
    RETURNING level.sku_id, shelf.quantity
), held AS (
    INSERT INTO stock_reservation AS r (order_no, sku_id, store_id, quantity, state, expires_at)
    SELECT $1, sku_id, $2, quantity, 'held', $5::timestamptz FROM taken
    ON CONFLICT (order_no, sku_id) DO UPDATE
    SET state = 'held', quantity = excluded.quantity, store_id = excluded.store_id,
        expires_at = excluded.expires_at
)
SELECT demand.sku_id, greatest(coalesce(shelf.free, 0), 0) AS free,
    coalesce(shelf.free, 0) < demand.quantity AS is_short,
    verdict.is_enough OR verdict.is_known AS is_reserved
FROM demand LEFT JOIN shelf USING (sku_id) CROSS JOIN verdict
ORDER BY demand.sku_id
"""

CAPTURE = """
WITH mine AS (
    UPDATE stock_reservation SET state = 'captured' WHERE order_no = $1 AND state = 'held'
    RETURNING sku_id, store_id, quantity
), moved AS (
    INSERT INTO stock_movement (cause, sku_id, store_id, quantity)
    SELECT 'sold:' || $1 || ':' || sku_id, sku_id, store_id, -quantity FROM mine
), shelf AS (
    SELECT level.id, mine.quantity
    FROM stock_level AS level JOIN mine USING (sku_id, store_id)
    ORDER BY level.sku_id FOR UPDATE OF level
)
UPDATE stock_level AS level
SET on_hand = level.on_hand - shelf.quantity, reserved = level.reserved - shelf.quantity
FROM shelf WHERE level.id = shelf.id
RETURNING level.sku_id
"""

RELEASE = """
WITH mine AS (
    UPDATE stock_reservation SET state = 'released' WHERE order_no = $1 AND state = 'held'
    RETURNING sku_id, store_id, quantity
), shelf AS (
    SELECT level.id, mine.quantity
    FROM stock_level AS level JOIN mine USING (sku_id, store_id)
    ORDER BY level.sku_id FOR UPDATE OF level
)
UPDATE stock_level AS level SET reserved = level.reserved - shelf.quantity
FROM shelf WHERE level.id = shelf.id
RETURNING level.sku_id
"""

TAKE_BACK = """
WITH moved AS (
    INSERT INTO stock_movement (cause, sku_id, store_id, quantity)
    SELECT 'returned:' || order_no || ':' || sku_id, sku_id, store_id, quantity
    FROM stock_reservation WHERE order_no = $1 AND state = 'captured'
    ORDER BY sku_id
    ON CONFLICT (cause) DO NOTHING
    RETURNING sku_id, store_id, quantity
), shelf AS (
    SELECT level.id, moved.quantity
    FROM stock_level AS level JOIN moved USING (sku_id, store_id)
    ORDER BY level.sku_id FOR UPDATE OF level
)
UPDATE stock_level AS level SET on_hand = level.on_hand + shelf.quantity
FROM shelf WHERE level.id = shelf.id
RETURNING level.sku_id
"""


@dataclass(frozen=True, slots=True)
class ReserveLine:
    sku_id: int
    quantity: int


@dataclass(frozen=True, slots=True)
class ReserveRequest:
    order_no: str
    store_id: int
    lines: tuple[ReserveLine, ...]
    expires_at: datetime


async def reserve(request: ReserveRequest) -> None:
    """Keep all lines of an order, or none. An order that has its reservation keeps just that one.

    After a release the order may reserve again. Raises OutOfStock with the SKU and what is left.
    """
    demand = sum_demand((line.sku_id, line.quantity) for line in request.lines)
    rows = await sql(
        RESERVE,
        request.order_no,
        request.store_id,
        list(demand),
        list(demand.values()),
        request.expires_at,
    )
    if all(row["is_reserved"] for row in rows):
        return
    left = {row["sku_id"]: row["free"] for row in rows if row["is_short"]}
    raise await _out_of_stock(left)


async def _out_of_stock(left: dict[int, int]) -> OutOfStock:
    """Named as people name goods: by code."""
    known = await skus(left)
    codes = {sku_id: known[sku_id].code if sku_id in known else str(sku_id) for sku_id in left}
    first = next(iter(left))
    listed = ",".join(f"{codes[sku_id]}:{free}" for sku_id, free in left.items())
    return OutOfStock(sku_code=codes[first], left=left[first], short=listed)


async def capture_reservation(*, order_no: str) -> None:
    """The reserved units leave the shelf for good, each SKU by one movement. Again: no change.

    Raises NothingReserved when the order holds nothing.
    """
    if await sql(CAPTURE, order_no):
        return
    if not await sql(
        "SELECT FROM stock_reservation WHERE order_no = $1 AND state = 'captured'", order_no
    ):
        raise NothingReserved(order_no=order_no)


async def release_reservation(*, order_no: str) -> None:
    """Give the reserved units back to everybody. Again, or with nothing held: no change."""
    await sql(RELEASE, order_no)


async def take_back(*, order_no: str) -> None:
    """Put the sold units of an order that never left the store back on the shelf, once."""
    await sql(TAKE_BACK, order_no)
