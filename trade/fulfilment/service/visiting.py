"""Visits to stores (到店预约): booked for an hour, reminded of, ended by who came or did not."""

from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from core import clock
from core.database import sql, use_case
from core.outbox import publish
from core.security.scope import Scope
from trade.catalog.queries import get_product
from trade.fulfilment.errors import (
    NoSuchSlot,
    NotShownHere,
    SlotTaken,
    TooManyVisits,
    VisitCannotMove,
    VisitKeyReused,
)
from trade.fulfilment.events import VisitBooked, VisitCancelled, VisitSoon
from trade.fulfilment.models import Visit
from trade.fulfilment.visit_rules import MOST_OPEN, REMIND_BEFORE, SEATS, VisitState
from trade.fulfilment.visits import VisitView, slots_in, visit_for, visit_view
from trade.stock.queries import availability

ONE_BY_ONE = "SELECT pg_advisory_xact_lock(hashtextextended('fulfilment.visit', $1::bigint))"

# Two at once for the last seat: the unique key lets one in, the other finds none.
BOOK = """
INSERT INTO fulfilment_visit
    (public_id, request_key, store_id, member_id, product_id, starts_at, seat, state, note)
SELECT 'vis_' || replace(gen_random_uuid()::text, '-', ''), $1, $2, $3, $4, $5, seat, 'booked', $6
FROM generate_series(1, $7::int) AS seat
WHERE NOT EXISTS (SELECT FROM fulfilment_visit AS other
    WHERE other.store_id = $2 AND other.starts_at = $5 AND other.seat = seat.seat)
ORDER BY seat LIMIT 1
ON CONFLICT DO NOTHING RETURNING id
"""
OPEN = """
SELECT count(*) AS visits, coalesce(bool_or(starts_at = $2), false) AS is_there
FROM fulfilment_visit WHERE member_id = $1 AND state = 'booked' AND starts_at > now()
"""
END = """
UPDATE fulfilment_visit SET state = $2::text, ended_by = $3, ended_at = now(),
    seat = CASE WHEN $2::text = 'cancelled' THEN NULL ELSE seat END
WHERE id = $1 AND state = 'booked' RETURNING id
"""
DUE = """
UPDATE fulfilment_visit SET reminded_at = now()
WHERE id IN (SELECT id FROM fulfilment_visit
    WHERE state = 'booked' AND reminded_at IS NULL AND starts_at > now() AND starts_at < $1
    ORDER BY starts_at LIMIT $2 FOR UPDATE SKIP LOCKED)
RETURNING id
"""


@dataclass(frozen=True, slots=True)
class BookVisit:
    """Who comes where and when; with `product_id`, the store must have that product to show."""

    member_id: int
    store_id: int
    starts_at: datetime
    key: str
    product_id: int | None = None
    note: str = ""


@use_case
async def book_visit(wish: BookVisit) -> VisitView:
    """Book an hour in a store. The same key again is the same visit.

    Raises NoSuchSlot, SlotTaken, NotShownHere, TooManyVisits, VisitKeyReused, StoreNotFound,
    ProductNotFound.
    """
    await sql(ONE_BY_ONE, wish.member_id)
    request_key = f"{wish.member_id}:{wish.key}"
    known = await Visit.get_or_none(request_key=request_key)
    if known is not None:
        if (known.store_id, known.starts_at) != (wish.store_id, wish.starts_at):
            raise VisitKeyReused
        return visit_view(known)
    await _check(wish)
    facts = (wish.store_id, wish.member_id, wish.product_id, wish.starts_at, wish.note)
    for _ in range(SEATS):
        if rows := await sql(BOOK, request_key, *facts, SEATS):
            row = await Visit.get(id=rows[0]["id"])
            await publish(_told(VisitBooked, row))
            return visit_view(row)
    raise SlotTaken


async def _check(wish: BookVisit) -> None:
    slots = await slots_in(wish.store_id, clock.shop_day(wish.starts_at))
    if wish.starts_at not in {slot.starts_at for slot in slots}:
        raise NoSuchSlot
    [mine] = await sql(OPEN, wish.member_id, wish.starts_at)
    if mine["visits"] >= MOST_OPEN or mine["is_there"]:
        raise TooManyVisits(most=MOST_OPEN)
    if wish.product_id is not None and not await _is_shown(wish.store_id, wish.product_id):
        raise NotShownHere


async def _is_shown(store_id: int, product_id: int) -> bool:
    """A piece of it lies in the store, sold or not: it can be looked at."""
    ids = [sku.id for sku in (await get_product(product_id)).skus]
    shelf = await availability(ids, [store_id])
    return any(view.on_hand > 0 for view in shelf.values())


@use_case
async def cancel_visit(scope: Scope, *, visit_id: str) -> VisitView:
    """The member or the store takes it back; the hour is free again. Again: no change.

    Raises VisitNotFound, VisitCannotMove when they came or missed it.
    """
    return await _end(scope, visit_id, VisitState.CANCELLED)


@use_case
async def note_visit(scope: Scope, *, visit_id: str, has_come: bool) -> VisitView:
    """The store says who came and who did not. Again: no change. Raises VisitNotFound,
    VisitCannotMove.
    """
    return await _end(scope, visit_id, VisitState.CAME if has_come else VisitState.MISSED)


async def _end(scope: Scope, visit_id: str, state: VisitState) -> VisitView:
    visit = await visit_for(scope, visit_id)
    ended = await sql(END, visit.id, state, scope.actor)
    row = await Visit.get(id=visit.id)
    if row.state is not state:
        raise VisitCannotMove(state=row.state)
    if ended and state is VisitState.CANCELLED:
        await publish(_told(VisitCancelled, row))
    return visit_view(row)


@use_case
async def remind_of_visits(limit: int = 500) -> int:
    """Say once of each visit that it is within a day. Answers how many."""
    due = await sql(DUE, clock.now() + REMIND_BEFORE, limit)
    for row in await Visit.filter(id__in=[each["id"] for each in due]).order_by("id"):
        await publish(_told(VisitSoon, row))
    return len(due)


Told = TypeVar("Told", VisitBooked, VisitSoon, VisitCancelled)


def _told(kind: type[Told], row: Visit) -> Told:
    return kind(
        visit_id=row.id,
        store_id=row.store_id,
        member_id=row.member_id,
        starts_at=row.starts_at,
        at=clock.now(),
    )
