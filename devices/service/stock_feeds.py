"""Numbered stock messages of partners: the newest truth holds, and what is missing is told."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from core.database import sql, use_case
from core.security.scope import Scope
from devices.errors import StockGoodsUnknown, StockSequenceReused
from devices.till.sums import gaps
from trade.catalog.queries import skus_by_code
from trade.stock.service import FeedRow, apply_stock_feed
from trade.stores.queries import store_ids

CLAIM = """
INSERT INTO devices_stock_message (partner_id, source, sequence, is_snapshot, digest, counts)
VALUES ($1, $2, $3, $4, $5, '{}'::jsonb)
ON CONFLICT (partner_id, source, sequence) DO NOTHING RETURNING id
"""
KNOWN = """
SELECT digest, counts FROM devices_stock_message
WHERE partner_id = $1 AND source = $2 AND sequence = $3
"""
# What came before the newest snapshot need not come any more.
NUMBERS = """
SELECT sequence FROM devices_stock_message WHERE partner_id = $1 AND source = $2
    AND sequence >= coalesce((SELECT max(sequence) FROM devices_stock_message
        WHERE partner_id = $1 AND source = $2 AND is_snapshot), 0)
"""
SHOWN = 100


@dataclass(frozen=True, slots=True)
class StockLine:
    """`on_hand` pieces of a SKU lay in a store at `at`."""

    store_code: str
    sku: str
    on_hand: int
    at: datetime


@dataclass(frozen=True, slots=True)
class StockTaken:
    """`is_known`: this message was here before, and the counts are what it changed then.

    `missing` are numbers that never came, as (first, last), at most a hundred runs.
    """

    is_known: bool
    applied: int
    older: int
    same: int
    last_sequence: int
    missing: tuple[tuple[int, int], ...]


@use_case
async def take_stock(
    scope: Scope, *, source: str, sequence: int, lines: Sequence[StockLine], is_snapshot: bool
) -> StockTaken:
    """Take one message of a feed whole or not at all. Any order, any repetition.

    An older number never overwrites a newer one. A snapshot ends the waiting for what came before
    it. Raises StockGoodsUnknown, StockSequenceReused, and what stock refuses.
    """
    assert scope.partner_id is not None
    place = (scope.partner_id, source, sequence)
    said = json.dumps([[s.store_code, s.sku, s.on_hand, s.at.isoformat()] for s in lines])
    digest = hashlib.sha256(f"{is_snapshot}{said}".encode()).hexdigest()
    if not await sql(CLAIM, *place, is_snapshot, digest):
        [known] = await sql(KNOWN, *place)
        if known["digest"] != digest:
            raise StockSequenceReused(sequence=sequence)
        return await _taken(place, json.loads(known["counts"]), is_known=True)
    answer = await apply_stock_feed(
        source=f"partner:{scope.partner_id}:{source}",
        seq=sequence,
        rows=await _rows(scope, lines),
        actor=scope.actor,
    )
    counts = {"applied": answer.applied, "older": answer.older, "same": answer.same}
    await sql(
        "UPDATE devices_stock_message SET counts = $4::jsonb"
        " WHERE partner_id = $1 AND source = $2 AND sequence = $3",
        *place,
        json.dumps(counts),
    )
    return await _taken(place, counts, is_known=False)


async def _rows(scope: Scope, lines: Sequence[StockLine]) -> list[FeedRow]:
    stores, goods = await store_ids(), await skus_by_code(line.sku for line in lines)
    unknown = {
        f"lines/{place}": "store" if _store(scope, line, stores) is None else "sku"
        for place, line in enumerate(lines)
        if _store(scope, line, stores) is None or line.sku not in goods
    }
    if unknown:
        raise StockGoodsUnknown(**dict(list(unknown.items())[:20]))
    return [
        FeedRow(goods[line.sku].id, stores[line.store_code], line.on_hand, line.at)
        for line in lines
    ]


def _store(scope: Scope, line: StockLine, stores: dict[str, int]) -> int | None:
    store_id = stores.get(line.store_code)
    return store_id if scope.sees_store(store_id) else None


async def _taken(
    place: tuple[int, str, int], counts: dict[str, int], *, is_known: bool
) -> StockTaken:
    numbers = [row["sequence"] for row in await sql(NUMBERS, *place[:2])]
    return StockTaken(
        is_known=is_known,
        **counts,
        last_sequence=max(numbers),
        missing=tuple(gaps(numbers)[:SHOWN]),
    )
