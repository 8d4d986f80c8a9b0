"""Count sheets (盘点): one person counts, another one believes it, then the books follow."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from core import clock
from core.database import sql, use_case
from trade.stock.errors import (
    CountClosed,
    CountEmpty,
    CountNotFound,
    GivenTwice,
    NumberTaken,
    QuantityNotPositive,
    SecondPersonNeeded,
)
from trade.stock.models import Count, CountLine
from trade.stock.rules import CountState, MovementKind
from trade.stock.service.counting import FeedRow, believe
from trade.stock.service.posting import check_moments

ENTER = """
INSERT INTO stock_count_line AS line (count_id, sku_id, counted, counted_by, counted_at)
SELECT $1, sku_id, counted, $4, $5::timestamptz
FROM unnest($2::bigint[], $3::bigint[]) AS found (sku_id, counted)
ON CONFLICT (count_id, sku_id) DO UPDATE
SET counted = excluded.counted, counted_by = excluded.counted_by, counted_at = excluded.counted_at
WHERE line.counted_at <= excluded.counted_at
"""

CLOSE = """
UPDATE stock_count SET state = $2, closed_by = $3, closed_at = now()
WHERE id = $1 AND state = 'open'
"""


@dataclass(frozen=True, slots=True)
class Counted:
    sku_id: int
    counted: int


@use_case
async def open_count(*, number: str, store_id: int, actor: str) -> None:
    """Begin a count sheet of a store. Again: no change. Raises NumberTaken."""
    sheet, _ = await Count.get_or_create(
        {"store_id": store_id, "state": CountState.OPEN, "opened_by": actor}, number=number
    )
    if sheet.store_id != store_id:
        raise NumberTaken(number=number)


@use_case
async def enter_count(
    *, number: str, found: Sequence[Counted], actor: str, at: datetime | None = None
) -> None:
    """Write down what lay there at `at`; None is now. A later look at the same goods replaces it.

    Raises CountNotFound, CountClosed, GivenTwice, QuantityNotPositive, MomentInFuture.
    """
    sheet = await _open_sheet(number)
    moment = at or clock.now()
    check_moments([moment])
    if len({line.sku_id for line in found}) < len(found):
        raise GivenTwice(of="sku")
    if any(line.counted < 0 for line in found):
        raise QuantityNotPositive(quantity=min(line.counted for line in found))
    ids, pieces = [line.sku_id for line in found], [line.counted for line in found]
    await sql(ENTER, sheet.id, ids, pieces, actor, moment)


@use_case
async def approve_count(*, number: str, actor: str) -> None:
    """Post the sheet: each difference becomes a movement. What moved since the count stays moved,
    and a shelf that was counted later by another sheet keeps that. Again: no change.

    Raises CountNotFound, CountClosed when it was rejected, CountEmpty, SecondPersonNeeded.
    """
    sheet = await _locked(number)
    if sheet.state is CountState.POSTED:
        return
    if sheet.state is CountState.REJECTED:
        raise CountClosed(number=number)
    lines = await CountLine.filter(count_id=sheet.id)
    if not lines:
        raise CountEmpty(number=number)
    if actor in {line.counted_by for line in lines}:
        raise SecondPersonNeeded(number=number)
    truths = [FeedRow(line.sku_id, sheet.store_id, line.counted, line.counted_at) for line in lines]
    causes = {truth.pair: f"count:{number}:{truth.sku_id}" for truth in truths}
    await believe(
        truths,
        MovementKind.COUNTED,
        causes,
        actor=actor,
        document_no=number,
        keeps_zero=True,
    )
    await sql(CLOSE, sheet.id, CountState.POSTED, actor)


@use_case
async def reject_count(*, number: str, actor: str) -> None:
    """Do not believe the sheet; nothing moves. Again: no change.

    Raises CountNotFound, CountClosed when it is posted.
    """
    sheet = await _locked(number)
    if sheet.state is CountState.POSTED:
        raise CountClosed(number=number)
    await sql(CLOSE, sheet.id, CountState.REJECTED, actor)


async def _locked(number: str) -> Count:
    sheet = await Count.filter(number=number).select_for_update().first()
    if sheet is None:
        raise CountNotFound(number=number)
    return sheet


async def _open_sheet(number: str) -> Count:
    sheet = await _locked(number)
    if sheet.state is not CountState.OPEN:
        raise CountClosed(number=number)
    return sheet
