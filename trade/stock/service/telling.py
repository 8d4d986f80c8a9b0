"""Tell others which shelves changed: one news for a shelf, however often it moved."""

from typing import Any

from core import clock
from core.database import sql, use_case
from core.outbox import publish
from trade.stock.events import StockChange, StockChanged

BATCH, ROUNDS = 500, 40

TELL = """
WITH changed AS (
    SELECT id FROM stock_level WHERE is_dirty AND (id = $2 OR $2 IS NULL)
    ORDER BY sku_id, store_id LIMIT $1 FOR UPDATE {patience}
)
UPDATE stock_level AS level SET is_dirty = false, told_no = level.told_no + 1
FROM changed WHERE level.id = changed.id
RETURNING level.sku_id, level.store_id, level.told_no AS no, level.on_hand, level.reserved,
    greatest(level.on_hand - level.reserved - level.safety, 0) AS available, level.in_transit
"""
TELL_FREE = TELL.format(patience="SKIP LOCKED")
TELL_BUSY = TELL.format(patience="")
LEFT = "SELECT id FROM stock_level WHERE is_dirty LIMIT $1"


async def tell_changes() -> int:
    """Publish what changed since the last news; answers how many shelves. Safe to repeat.

    A shelf on which somebody always waits is taken alone, in its turn, so it holds up nobody and is
    told too.
    """
    told = 0
    for _ in range(ROUNDS):
        told += (found := await _tell_free())
        if found < BATCH:  # a busy shelf that changed again meanwhile waits for the next sweep
            break
    for row in await sql(LEFT, 20):
        told += await _tell_busy(row["id"])
    return told


@use_case
async def _tell_free() -> int:
    return await _publish(await sql(TELL_FREE, BATCH, None))


@use_case
async def _tell_busy(level_id: int) -> int:
    return await _publish(await sql(TELL_BUSY, 1, level_id))


async def _publish(rows: list[dict[str, Any]]) -> int:
    if rows:
        changes = tuple(StockChange(**row) for row in rows)
        await publish(StockChanged(changes=changes, at=clock.now()))
    return len(rows)
