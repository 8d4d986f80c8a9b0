"""The hot path of stock: keeping units for orders, giving them back, letting them go for good.

Each use case is one SQL statement that decides and writes at once. It needs no transaction of its
own: it is part of the caller's, and comes last in it, for other buyers wait for the shelf until it
ends. Rows of one statement are locked in the order of their SKUs, so two orders never wait in a
ring.
"""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from core.database import sql
from trade.catalog.queries import skus
from trade.stock.errors import NothingReserved, OutOfStock
from trade.stock.rules import sum_demand

# Who of a group gets what, decided at once. `upto` is what an order and all before it want of a
# shelf: who comes first is served first, and an order gets all of its lines or none. An order that
# does not fit although each of its lines would fit by itself after those who do is neither kept nor
# short: an earlier and greater one stands before it, and it is asked about again without that one.
DECIDE = """
WITH demand AS MATERIALIZED (
    SELECT * FROM unnest($1::int[], $2::text[], $3::bigint[], $4::bigint[], $5::bigint[])
        AS demand (turn, order_no, store_id, sku_id, quantity)
    WHERE order_no NOT IN (SELECT order_no FROM stock_reservation
                           WHERE order_no = ANY($2::text[]) AND state <> 'released')
), wanted AS MATERIALIZED (
    SELECT DISTINCT store_id, sku_id FROM demand
), shelf AS MATERIALIZED (
    SELECT level.id, store_id, sku_id, level.on_hand - level.reserved - level.safety AS free
    FROM stock_level AS level JOIN wanted USING (store_id, sku_id)
    {lock}
), queue AS (
    SELECT demand.*, shelf.id AS level_id, coalesce(free, 0) AS free,
        sum(quantity) OVER (PARTITION BY store_id, sku_id ORDER BY turn) AS upto
    FROM demand LEFT JOIN shelf USING (store_id, sku_id)
), verdict AS MATERIALIZED (
    SELECT turn, bool_and(upto <= free AND level_id IS NOT NULL) AS fits FROM queue GROUP BY turn
), answer AS MATERIALIZED (
    SELECT queue.*, fits, free - coalesce(sum(quantity) FILTER (WHERE fits)
        OVER (PARTITION BY store_id, sku_id), 0) AS left_over
    FROM queue JOIN verdict USING (turn)
){act}
SELECT order_no, sku_id, fits, left_over < quantity AS is_short, free < quantity AS is_hopeless,
    greatest(left_over, 0)::bigint AS free
FROM answer WHERE NOT fits ORDER BY turn, sku_id
"""

LOCK = "ORDER BY level.sku_id, level.store_id FOR NO KEY UPDATE OF level"

KEEP = """, taken AS (
    UPDATE stock_level AS level SET reserved = level.reserved + kept.units
    FROM (SELECT level_id, sum(quantity) AS units FROM answer WHERE fits GROUP BY 1) AS kept
    WHERE level.id = kept.level_id
), held AS (
    INSERT INTO stock_reservation AS r (order_no, sku_id, store_id, quantity, state, expires_at)
    SELECT order_no, sku_id, store_id, quantity, 'held', ($6::timestamptz[])[turn]
    FROM answer WHERE fits ORDER BY turn, sku_id
    ON CONFLICT (order_no, sku_id) DO UPDATE
    SET state = 'held', quantity = excluded.quantity, store_id = excluded.store_id,
        expires_at = excluded.expires_at
)"""

RESERVE = DECIDE.format(lock=LOCK, act=KEEP)
FORESEE = DECIDE.format(lock="", act="")

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

PROLONG = "UPDATE stock_reservation SET expires_at = $2 WHERE order_no = $1 AND state = 'held'"

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
    INSERT INTO stock_movement (cause, sku_id, store_id, quantity, kind)
    SELECT 'returned:' || order_no || ':' || sku_id, sku_id, store_id, quantity, 'returned'
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


SHORT_FOR_S = 5.0


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
    for refusal in (await reserve_many([request])).values():
        raise refusal


async def reserve_many(requests: Sequence[ReserveRequest]) -> dict[str, OutOfStock]:
    """As `reserve` for each order of a group, in one statement: who is refused, by order number.

    The shelf goes by the order of the group: an order may fail for what those before it took, and
    for nothing else. One statement is enough unless an order that wants too much stands before one
    that wants less of the same.
    """
    refused: dict[str, OutOfStock] = {}
    waiting = list(requests)
    while waiting:
        expires = [request.expires_at for request in waiting]
        rows = await sql(RESERVE, *_columns(waiting), expires)
        short = await _refusals([row for row in rows if row["is_short"]])
        refused |= short
        open_still = {row["order_no"] for row in rows} - short.keys()
        waiting = [request for request in waiting if request.order_no in open_still]
    return refused


@dataclass(frozen=True, slots=True)
class Outlook:
    """What would become of a group: who is hopeless whatever the others do, and who must wait."""

    refused: dict[str, OutOfStock]
    waits: frozenset[str]


PLENTY = Outlook({}, frozenset())


class Shortages:
    """Which shelves this process saw run short within the last `SHORT_FOR_S`.

    A hint that saves a question, never an answer: `reserve_many` decides.
    """

    def __init__(self) -> None:
        self._until: dict[tuple[int, int], float] = {}

    def note(self, requests: Sequence[ReserveRequest], refused: Mapping[str, object]) -> None:
        """Of `refused`, those that are short of goods tell which shelves to look at first."""
        now = time.monotonic()
        self._until = {shelf: until for shelf, until in self._until.items() if until > now}
        short = {no for no, why in refused.items() if isinstance(why, OutOfStock)}
        for request in requests:
            if request.order_no in short:
                self._until |= dict.fromkeys(_shelves(request), now + SHORT_FOR_S)

    def concern(self, requests: Sequence[ReserveRequest]) -> bool:
        now = time.monotonic()
        return any(self._until.get(shelf, 0.0) > now for one in requests for shelf in _shelves(one))


def _shelves(request: ReserveRequest) -> list[tuple[int, int]]:
    return [(request.store_id, line.sku_id) for line in request.lines]


async def foresee(requests: Sequence[ReserveRequest]) -> Outlook:
    """How `reserve_many` would answer now. Nothing is kept and nobody waits for a shelf."""
    rows = await sql(FORESEE, *_columns(requests))
    refused = await _refusals([row for row in rows if row["is_hopeless"]])
    return Outlook(refused, frozenset(row["order_no"] for row in rows) - refused.keys())


Columns = tuple[list[int], list[str], list[int], list[int], list[int]]


def _columns(requests: Sequence[ReserveRequest]) -> Columns:
    """One row for each order and SKU; `turn` counts the orders from 1."""
    turns: list[int] = []
    numbers: list[str] = []
    stores: list[int] = []
    items: list[int] = []
    units: list[int] = []
    for turn, request in enumerate(requests, start=1):
        for sku_id, quantity in sum_demand((x.sku_id, x.quantity) for x in request.lines).items():
            turns.append(turn)
            numbers.append(request.order_no)
            stores.append(request.store_id)
            items.append(sku_id)
            units.append(quantity)
    return turns, numbers, stores, items, units


async def _refusals(rows: Sequence[dict[str, Any]]) -> dict[str, OutOfStock]:
    left: dict[str, dict[int, int]] = {}
    for row in rows:
        left.setdefault(row["order_no"], {})[row["sku_id"]] = row["free"]
    if not left:
        return {}
    known = await skus({sku_id for items in left.values() for sku_id in items})
    codes = {sku_id: sku.code for sku_id, sku in known.items()}
    return {order_no: _out_of_stock(items, codes) for order_no, items in left.items()}


def _out_of_stock(left: Mapping[int, int], codes: Mapping[int, str]) -> OutOfStock:
    """Named as people name goods: by code."""
    named = {codes.get(sku_id, str(sku_id)): free for sku_id, free in left.items()}
    first = next(iter(named))
    listed = ",".join(f"{code}:{free}" for code, free in named.items())
    return OutOfStock(sku_code=first, left=named[first], short=listed)


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


async def prolong_reservation(*, order_no: str, until: datetime) -> None:
    """What an order holds, it may hold until then. Again: no change."""
    await sql(PROLONG, order_no, until)


async def take_back(*, order_no: str) -> None:
    """Put the sold units of an order that never left the store back on the shelf, once."""
    await sql(TAKE_BACK, order_no)
