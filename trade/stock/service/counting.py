"""What somebody saw: absolute numbers as of a moment, from a feed or from a count.

What moved after that moment is kept on top of it; what is heard later of the time before it was
seen already and does not count twice (see `posting`). An older truth never overwrites a newer one.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from core.database import sql, use_case
from trade.stock.errors import GivenTwice, QuantityNotPositive
from trade.stock.rules import MovementKind
from trade.stock.service.posting import (
    Level,
    Move,
    Pair,
    book,
    check_moments,
    lock_levels,
    write_levels,
)

SINCE = """
SELECT truth.sku_id, truth.store_id, coalesce(sum(movement.quantity), 0)::bigint AS moved
FROM unnest($1::bigint[], $2::bigint[], $3::timestamptz[]) AS truth (sku_id, store_id, at)
LEFT JOIN stock_movement AS movement ON movement.sku_id = truth.sku_id
    AND movement.store_id = truth.store_id AND movement.at > truth.at
    AND movement.place = 'shelf'
GROUP BY 1, 2
"""

MARK = """
INSERT INTO stock_feed_mark AS known (source, sku_id, store_id, seq)
SELECT $1, sku_id, store_id, $2 FROM unnest($3::bigint[], $4::bigint[]) AS row (sku_id, store_id)
ORDER BY sku_id, store_id
ON CONFLICT (source, sku_id, store_id) DO UPDATE SET seq = excluded.seq
WHERE known.seq < excluded.seq
RETURNING sku_id, store_id
"""


@dataclass(frozen=True, slots=True)
class FeedRow:
    """`on_hand` pieces lay on the shelf at `at`."""

    sku_id: int
    store_id: int
    on_hand: int
    at: datetime

    @property
    def pair(self) -> Pair:
        return self.sku_id, self.store_id


@dataclass(frozen=True, slots=True)
class FeedAnswer:
    """Rows that changed a shelf, rows older than what is known, rows that said the same."""

    applied: int
    older: int
    same: int


@dataclass(frozen=True, slots=True)
class Believed:
    """`deltas` of the shelves that were told a truth newer than what was known."""

    deltas: dict[Pair, int]
    older: frozenset[Pair]


@use_case
async def set_on_hand(
    *, cause: str, sku_id: int, store_id: int, on_hand: int, at: datetime, actor: str = "system"
) -> bool:
    """Say how many pieces lay on a shelf at a moment. False: something newer is known, or this was
    said before; nothing changed. Raises QuantityNotPositive below 0, MomentInFuture.
    """
    row = FeedRow(sku_id, store_id, on_hand, at)
    _check([row])
    believed = await believe(
        [row], MovementKind.SYNCED, {row.pair: cause}, actor=actor, keeps_zero=True
    )
    return bool(believed.deltas)


@use_case
async def apply_stock_feed(
    *, source: str, seq: int, rows: Sequence[FeedRow], actor: str = "system"
) -> FeedAnswer:
    """Take message `seq` of a feed: numbers per SKU and store. Each row counts only if its source
    said nothing newer about that shelf, so messages may come twice and in any order.

    Raises QuantityNotPositive below 0, MomentInFuture, GivenTwice.
    """
    _check(rows)
    pairs = [row.pair for row in rows]
    if len(set(pairs)) < len(pairs):
        raise GivenTwice(source=source)
    ids = [sku_id for sku_id, _ in pairs], [store_id for _, store_id in pairs]
    marked = {(row["sku_id"], row["store_id"]) for row in await sql(MARK, source, seq, *ids)}
    causes = {pair: f"sync:{source}:{seq}:{pair[0]}:{pair[1]}" for pair in marked}
    news = [row for row in rows if row.pair in marked]
    believed = await believe(news, MovementKind.SYNCED, causes, actor=actor)
    applied = sum(delta != 0 for delta in believed.deltas.values())
    older = len(rows) - len(believed.deltas)
    return FeedAnswer(applied, older, len(believed.deltas) - applied)


def _check(rows: Sequence[FeedRow]) -> None:
    for row in rows:
        if row.on_hand < 0:
            raise QuantityNotPositive(quantity=row.on_hand)
    check_moments(row.at for row in rows)


async def believe(
    truths: Sequence[FeedRow],
    kind: MovementKind,
    causes: dict[Pair, str],
    *,
    actor: str,
    document_no: str | None = None,
    keeps_zero: bool = False,
) -> Believed:
    """Make the shelves say what was seen, plus what moved since. Part of a use case.

    `keeps_zero` also writes a row when nothing was wrong, so that the cause is known afterwards.
    """
    levels = await lock_levels(truth.pair for truth in truths)
    newer = [truth for truth in truths if not _is_older(truth, levels[truth.pair])]
    since = await _moved_since(newer)
    wrong = {
        truth.pair: truth.on_hand + since[truth.pair] - levels[truth.pair].on_hand
        for truth in newer
    }
    moves = [
        Move(
            causes[truth.pair],
            kind,
            *truth.pair,
            wrong[truth.pair],
            actor=actor,
            document_no=document_no,
            at=truth.at,
        )
        for truth in newer
        if keeps_zero or wrong[truth.pair]
    ]
    booked = await book(moves)
    known = {move.pair for move in moves if move.cause not in booked}
    told = [truth for truth in newer if truth.pair not in known]
    await _follow(levels, told, wrong)
    deltas = {truth.pair: wrong[truth.pair] for truth in told}
    return Believed(deltas, frozenset(truth.pair for truth in truths) - deltas.keys())


async def _follow(
    levels: dict[Pair, Level], told: Sequence[FeedRow], wrong: dict[Pair, int]
) -> None:
    for truth in told:
        levels[truth.pair].on_hand += wrong[truth.pair]
        levels[truth.pair].counted_at = truth.at
    await write_levels(levels[pair] for pair in sorted(truth.pair for truth in told))


def _is_older(truth: FeedRow, level: Level) -> bool:
    return level.counted_at is not None and truth.at < level.counted_at


async def _moved_since(truths: Sequence[FeedRow]) -> dict[Pair, int]:
    rows = await sql(
        SINCE,
        [truth.sku_id for truth in truths],
        [truth.store_id for truth in truths],
        [truth.at for truth in truths],
    )
    return {(row["sku_id"], row["store_id"]): row["moved"] for row in rows}
