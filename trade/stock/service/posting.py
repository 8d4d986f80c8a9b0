"""How goods move in the books: movements and the levels that cache them, in one transaction.

Levels are locked in the order of (SKU, store) before anything is written, so what is decided about
a shelf is decided about the shelf as it is, and two posters never wait in a ring.
"""

import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from core import clock
from core.database import sql
from trade.catalog.queries import skus
from trade.stock.errors import MomentInFuture, MovementCauseReused, NotThere
from trade.stock.rules import TRUTHS, MovementKind, Place

Pair = tuple[int, int]  # SKU, store
CLOCKS_DIFFER = timedelta(minutes=2)


class Floor(StrEnum):
    """Below what a shelf does not go when goods leave it."""

    FREE = "free"  # what open orders hold stays
    PRESENT = "present"  # a fact about goods that were there
    NONE = "none"  # a fact, whatever the books say


@dataclass(frozen=True, slots=True)
class Move:
    """Units that came to a place (+) or left it (-). `at` None is now."""

    cause: str
    kind: MovementKind
    sku_id: int
    store_id: int
    quantity: int
    place: Place = Place.SHELF
    reason: str = ""
    actor: str = "system"
    document_no: str | None = None
    at: datetime | None = None

    @property
    def pair(self) -> Pair:
        return self.sku_id, self.store_id


@dataclass(slots=True)
class Level:
    """A locked row of `stock_level`."""

    id: int
    on_hand: int
    reserved: int
    in_transit: int
    in_returns: int
    damaged: int
    counted_at: datetime | None

    def move(self, place: Place, quantity: int) -> None:
        name = COLUMN[place]
        setattr(self, name, getattr(self, name) + quantity)


COLUMN = {
    Place.SHELF: "on_hand",
    Place.TRANSIT: "in_transit",
    Place.RETURNS: "in_returns",
    Place.DAMAGED: "damaged",
}

ENSURE = """
INSERT INTO stock_level (sku_id, store_id, on_hand)
SELECT sku_id, store_id, 0 FROM unnest($1::bigint[], $2::bigint[]) AS pair (sku_id, store_id)
WHERE NOT EXISTS (SELECT FROM stock_level AS known
                  WHERE known.sku_id = pair.sku_id AND known.store_id = pair.store_id)
ORDER BY 1, 2 ON CONFLICT (sku_id, store_id) DO NOTHING
"""

LOCK = """
SELECT level.* FROM stock_level AS level
JOIN unnest($1::bigint[], $2::bigint[]) AS pair (sku_id, store_id) USING (sku_id, store_id)
ORDER BY sku_id, store_id FOR UPDATE OF level
"""

INSERT = """
INSERT INTO stock_movement (
    cause, kind, sku_id, store_id, place, quantity, reason, actor, document_no, at)
SELECT cause, kind, sku_id, store_id, place, quantity, reason, actor, document_no,
    coalesce(at, clock_timestamp())
FROM jsonb_populate_recordset(NULL::stock_movement, $1::jsonb)
ORDER BY sku_id, store_id, cause
ON CONFLICT (cause) DO NOTHING
RETURNING cause, at
"""

WRITE = """
UPDATE stock_level AS level SET on_hand = new.on_hand, in_transit = new.in_transit,
    in_returns = new.in_returns, damaged = new.damaged, counted_at = new.counted_at,
    shortfall = greatest(level.reserved - new.on_hand, 0)
FROM jsonb_populate_recordset(NULL::stock_level, $1::jsonb) AS new WHERE level.id = new.id
"""

KNOWN = """
SELECT cause, sku_id, store_id, place, quantity FROM stock_movement WHERE cause = ANY($1::text[])
"""


def check_moments(moments: Iterable[datetime | None]) -> None:
    """Raises MomentInFuture."""
    latest = clock.now() + CLOCKS_DIFFER
    for at in moments:
        if at is not None and at > latest:
            raise MomentInFuture(at=at.isoformat())


async def lock_levels(pairs: Iterable[Pair]) -> dict[Pair, Level]:
    """The levels of these pairs, made where missing, locked until the transaction ends."""
    wanted = sorted(set(pairs))
    columns = [sku_id for sku_id, _ in wanted], [store_id for _, store_id in wanted]
    await sql(ENSURE, *columns)
    names = Level.__slots__
    return {
        (row["sku_id"], row["store_id"]): Level(**{name: row[name] for name in names})
        for row in await sql(LOCK, *columns)
    }


async def book(moves: Sequence[Move]) -> dict[str, datetime]:
    """Write the movements whose causes are new; answers those causes and their moments."""
    rows = await sql(INSERT, json.dumps([asdict(move) for move in moves], default=str))
    return {row["cause"]: row["at"] for row in rows}


async def write_levels(levels: Iterable[Level]) -> None:
    await sql(WRITE, json.dumps([asdict(level) for level in levels], default=str))


async def post(moves: Sequence[Move], *, floor: Floor = Floor.FREE) -> set[str]:
    """Post all movements or none; a cause that was posted before changes nothing. Part of a use
    case. Answers the causes that were new.

    What happened before a shelf was last counted or told was seen by that count: it is posted and
    taken back by a second movement, so it does not count twice.
    Raises NotThere below the floor, MovementCauseReused for a cause that named something else,
    MomentInFuture.
    """
    check_moments(move.at for move in moves)
    levels = await lock_levels(move.pair for move in moves)
    moments = await book(moves)
    await _check_known([move for move in moves if move.cause not in moments])
    new = [move for move in moves if move.cause in moments]
    late = [
        _taken_back(move, moments[move.cause])
        for move in new
        if _was_seen(move, moments[move.cause], levels[move.pair])
    ]
    if late:
        await book(late)
    before = {pair: replace(level) for pair, level in levels.items()}
    for move in [*new, *late]:
        levels[move.pair].move(move.place, move.quantity)
    await _check_floor(levels, before, floor)
    changed = {move.pair for move in new}
    if changed:
        await write_levels(levels[pair] for pair in sorted(changed))
    return set(moments)


def _was_seen(move: Move, at: datetime, level: Level) -> bool:
    is_open = move.place is Place.SHELF and move.kind not in TRUTHS
    return is_open and level.counted_at is not None and at < level.counted_at


def _taken_back(move: Move, at: datetime) -> Move:
    return replace(
        move,
        cause=f"seen:{move.cause}",
        kind=MovementKind.SYNCED,
        quantity=-move.quantity,
        at=at,
    )


async def _check_known(moves: Sequence[Move]) -> None:
    if not moves:
        return
    known = {row["cause"]: row for row in await sql(KNOWN, [move.cause for move in moves])}
    for move in moves:
        row = known[move.cause]
        said = (row["sku_id"], row["store_id"], row["place"], row["quantity"])
        if said != (*move.pair, move.place, move.quantity):
            raise MovementCauseReused(cause=move.cause)


async def _check_floor(levels: dict[Pair, Level], before: dict[Pair, Level], floor: Floor) -> None:
    """Raises NotThere, naming the first place that would hold less than it may."""
    for pair in sorted(levels):
        for place, column in COLUMN.items():
            left, had = getattr(levels[pair], column), getattr(before[pair], column)
            kept = _kept(place, floor, levels[pair])
            if kept is not None and left < min(kept, had):
                view = (await skus([pair[0]])).get(pair[0])
                code = view.code if view else str(pair[0])
                raise NotThere(sku_code=code, place=place.value, left=max(had - kept, 0))


def _kept(place: Place, floor: Floor, level: Level) -> int | None:
    """What a place must hold at least; None: whatever a fact says."""
    if place is not Place.SHELF or floor is Floor.PRESENT:
        return 0
    return level.reserved if floor is Floor.FREE else None
