"""How far each till has come: what arrived, what is booked, what lacks, what a person must see."""

from dataclasses import dataclass
from datetime import date, datetime

from core.database import sql
from core.security.scope import Scope
from trade.stores.errors import StoreNotFound
from trade.stores.queries import find_store, stores_of

SHOWN = 100

COUNTS = """
SELECT count(*) AS received, count(*) FILTER (WHERE state = 'booked') AS booked,
    count(*) FILTER (WHERE state = 'waiting') AS waiting,
    count(*) FILTER (WHERE state = 'parked') AS parked, max(sequence) AS last_sequence,
    (SELECT count(*) FROM devices_till_conflict AS c JOIN devices_till_receipt AS r
        ON r.id = c.receipt_id
        WHERE r.store_id = $1 AND r.till = $2 AND c.answer IS NULL) AS conflicts
FROM devices_till_receipt WHERE store_id = $1 AND till = $2
"""
# Runs of missing numbers, found by the database: a till of ten years has a million receipts.
HOLES = """
SELECT before + 1 AS first, sequence - 1 AS last FROM (
    SELECT sequence, lag(sequence) OVER (ORDER BY sequence) AS before
    FROM devices_till_receipt WHERE store_id = $1 AND till = $2 AND sequence IS NOT NULL
) AS numbered
WHERE sequence > before + 1 ORDER BY sequence LIMIT $3
"""
DAYS = """
SELECT (sold_at AT TIME ZONE 'Asia/Shanghai')::date AS day,
    count(*) FILTER (WHERE kind = 'sale') AS sales,
    coalesce(sum(total_fen) FILTER (WHERE kind = 'sale'), 0)::bigint AS sales_fen,
    count(*) FILTER (WHERE kind IN ('return', 'void')) AS returns,
    coalesce(sum(total_fen) FILTER (WHERE kind IN ('return', 'void')), 0)::bigint AS returns_fen,
    count(*) FILTER (WHERE state <> 'booked') AS unbooked
FROM devices_till_receipt WHERE store_id = $1 AND till = $2
GROUP BY 1 ORDER BY 1 DESC LIMIT 7
"""
TILLS = """
SELECT DISTINCT store_id, till FROM devices_till_receipt
WHERE $1 OR store_id = ANY($2::bigint[]) ORDER BY store_id, till
"""
ODD = """
SELECT r.id, r.store_id, r.till, r.receipt_no, r.sold_at, r.reason, 0 AS conflicts
FROM devices_till_receipt AS r WHERE r.state = 'parked' AND ($1 OR r.store_id = ANY($2::bigint[]))
UNION ALL
SELECT r.id, r.store_id, r.till, r.receipt_no, r.sold_at, 'devices.till_conflict', count(*)
FROM devices_till_conflict AS c JOIN devices_till_receipt AS r ON r.id = c.receipt_id
WHERE c.answer IS NULL AND ($1 OR r.store_id = ANY($2::bigint[])) GROUP BY r.id
ORDER BY id LIMIT $3
"""
CONFLICTS = """
SELECT c.id, r.store_id, r.till, r.receipt_no, r.total_fen,
    (c.content ->> 'totalFen')::bigint AS other_fen, c.first_at
FROM devices_till_conflict AS c JOIN devices_till_receipt AS r ON r.id = c.receipt_id
WHERE c.answer IS NULL AND ($1 OR r.store_id = ANY($2::bigint[])) ORDER BY c.id LIMIT $3
"""


@dataclass(frozen=True, slots=True)
class Day:
    """What a till sold on a day of the shop, to be compared with its own total."""

    day: date
    sales: int
    sales_fen: int
    returns: int
    returns_fen: int
    unbooked: int


@dataclass(frozen=True, slots=True)
class TillState:
    """`missing` are numbers of the till that never came, as (first, last), at most a hundred."""

    store_code: str
    till: str
    received: int
    booked: int
    waiting: int
    parked: int
    conflicts: int
    last_sequence: int | None
    missing: tuple[tuple[int, int], ...]
    days: tuple[Day, ...]


@dataclass(frozen=True, slots=True)
class OddReceipt:
    """A receipt a person must look at, and the code of the reason."""

    id: int
    store_id: int
    till: str
    receipt_no: str
    sold_at: datetime
    reason: str
    conflicts: int


@dataclass(frozen=True, slots=True)
class OpenConflict:
    """A number that came with two contents: what the kept one comes to, and the other."""

    id: int
    store_id: int
    till: str
    receipt_no: str
    total_fen: int
    other_fen: int
    first_at: datetime


async def till_state(scope: Scope, *, store_code: str, till: str) -> TillState:
    """How far a till has come; one that never sent anything has received 0.

    Raises StoreNotFound for a store that is not theirs.
    """
    store = await find_store(store_code)
    if store is None or not scope.sees_store(store.id):
        raise StoreNotFound(store_code=store_code)
    return await _state(store.id, store.code, till)


async def tills_for(scope: Scope) -> list[TillState]:
    """Every till of the asker's stores that ever sent a receipt."""
    rows = await sql(TILLS, scope.sees_all_stores, sorted(scope.store_ids))
    codes = {store.id: store.code for store in await stores_of(row["store_id"] for row in rows)}
    return [await _state(r["store_id"], codes[r["store_id"]], r["till"]) for r in rows]


async def odd_receipts(scope: Scope, *, limit: int = 200) -> list[OddReceipt]:
    """What waits for a person or for news, the longest waiting first."""
    rows = await sql(ODD, scope.sees_all_stores, sorted(scope.store_ids), limit)
    return [OddReceipt(**row) for row in rows]


async def open_conflicts(scope: Scope, *, limit: int = 200) -> list[OpenConflict]:
    """Conflicts nobody has answered, the longest waiting first."""
    rows = await sql(CONFLICTS, scope.sees_all_stores, sorted(scope.store_ids), limit)
    return [OpenConflict(**row) for row in rows]


async def _state(store_id: int, store_code: str, till: str) -> TillState:
    [counts] = await sql(COUNTS, store_id, till)
    holes = await sql(HOLES, store_id, till, SHOWN)
    return TillState(
        store_code=store_code,
        till=till,
        **counts,
        missing=tuple((row["first"], row["last"]) for row in holes),
        days=tuple(Day(**row) for row in await sql(DAYS, store_id, till)),
    )
