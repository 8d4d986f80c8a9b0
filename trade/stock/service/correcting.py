"""Facts about goods that a person or a till reports: breakage, finds, sales at a counter."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from core import clock
from core.database import sql, use_case
from trade.stock.errors import NotThere, OutOfStock, ReasonDoesNotFit
from trade.stock.rules import MovementKind, Place, Reason, fits, sum_demand
from trade.stock.service.posting import Floor, Move, post

TAKE = """
INSERT INTO stock_reservation (order_no, sku_id, store_id, quantity, state, expires_at)
SELECT $1, sku_id, $2, quantity, 'captured', $5::timestamptz
FROM unnest($3::bigint[], $4::bigint[]) AS line (sku_id, quantity)
ORDER BY sku_id ON CONFLICT (order_no, sku_id) DO NOTHING
RETURNING sku_id
"""


@use_case
async def adjust(  # noqa: PLR0913  a fact has these parts
    *,
    cause: str,
    sku_id: int,
    store_id: int,
    quantity: int,
    reason: Reason,
    actor: str,
    at: datetime | None = None,
) -> None:
    """Correct the books by `quantity` units (+ more, - fewer) for a reason. The same cause again
    changes nothing.

    Damaged units stay in the store, apart from the shelf, until they are scrapped. Goods that open
    orders hold can break too: the store then owes what it lacks, and the shelf says so.
    Raises ReasonDoesNotFit, NotThere, MovementCauseReused.
    """
    if not fits(reason, quantity):
        raise ReasonDoesNotFit(reason=reason.value, quantity=quantity)
    is_scrapped = reason is Reason.SCRAPPED
    move = Move(
        cause,
        MovementKind.SCRAPPED if is_scrapped else MovementKind.ADJUSTED,
        sku_id,
        store_id,
        quantity,
        Place.DAMAGED if is_scrapped else Place.SHELF,
        reason.value,
        actor,
        at=at,
    )
    moves = [move]
    if reason is Reason.DAMAGED:
        moves.append(_set_apart(move))
    await post(moves, floor=Floor.PRESENT)


def _set_apart(move: Move) -> Move:
    return Move(
        f"{move.cause}:apart",
        move.kind,
        *move.pair,
        -move.quantity,
        Place.DAMAGED,
        move.reason,
        move.actor,
        at=move.at,
    )


@use_case
async def take_out(
    *,
    order_no: str,
    store_id: int,
    lines: Iterable[tuple[int, int]],
    is_forced: bool,
    at: datetime | None = None,
    actor: str = "system",
) -> None:
    """Goods of an order that left over the counter: no reservation comes first. Again: no change.

    A forced sale has happened whatever the books say: on hand may go below zero, which
    `short_shelves` lists. Otherwise raises OutOfStock when what is free does not suffice.
    """
    demand, at = sum_demand(lines), at and min(at, clock.now())  # tills' clocks run ahead
    ids, pieces = list(demand), list(demand.values())
    taken = await sql(TAKE, order_no, store_id, ids, pieces, at or clock.now())
    left = {row["sku_id"]: demand[row["sku_id"]] for row in taken}
    moves = [
        Move(
            f"sold:{order_no}:{sku_id}",
            MovementKind.SOLD,
            sku_id,
            store_id,
            -units,
            actor=actor,
            at=at,
        )
        for sku_id, units in left.items()
    ]
    await _leave(moves, Floor.NONE if is_forced else Floor.FREE)


async def _leave(moves: Sequence[Move], floor: Floor) -> None:
    """Raises OutOfStock."""
    try:
        await post(moves, floor=floor)
    except NotThere as error:
        code, left = error.facts["sku_code"], error.facts["left"]
        raise OutOfStock(sku_code=code, left=left, short=f"{code}:{left}") from None
