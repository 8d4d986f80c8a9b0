"""What can be asked about visits to stores (到店预约). Nothing here writes."""

from dataclasses import dataclass
from datetime import UTC, date, datetime

from core import clock
from core.database import sql
from core.security.scope import Scope
from trade.fulfilment.errors import VisitNotFound
from trade.fulfilment.models import Visit
from trade.fulfilment.visit_rules import DAYS_AHEAD, SEATS, VisitState, slots_of
from trade.stores.queries import get_store

TAKEN = """
SELECT starts_at, count(*)::int AS taken FROM fulfilment_visit
WHERE store_id = $1 AND starts_at = ANY($2::timestamptz[]) AND seat IS NOT NULL GROUP BY 1
"""


@dataclass(frozen=True, slots=True)
class VisitView:
    id: int
    public_id: str
    store_id: int
    member_id: int
    product_id: int | None
    starts_at: datetime
    state: VisitState
    note: str
    created_at: datetime


@dataclass(frozen=True, slots=True)
class SlotView:
    """An hour in which a store takes visits, and how many more."""

    starts_at: datetime
    free: int


def visit_view(row: Visit) -> VisitView:
    return VisitView(**{name: getattr(row, name) for name in VisitView.__slots__})


async def slots_in(store_id: int, day: date) -> tuple[SlotView, ...]:
    """The hours of a day of the shop that are still to come and not too far ahead. Raises
    StoreNotFound.
    """
    store, now = await get_store(store_id), clock.now()
    if not 0 <= (day - clock.shop_day(now)).days <= DAYS_AHEAD:
        return ()
    hours = slots_of(store.opening_hours, day)
    starts = [at.astimezone(UTC) for at in hours if at > now]
    taken = {row["starts_at"]: row["taken"] for row in await sql(TAKEN, store_id, starts)}
    return tuple(SlotView(at, max(SEATS - taken.get(at, 0), 0)) for at in starts)


async def visits_of(member_id: int) -> tuple[VisitView, ...]:
    """A member's visits, the latest first."""
    rows = Visit.filter(member_id=member_id).order_by("-starts_at", "-id").limit(50)
    return tuple(visit_view(row) for row in await rows)


async def visits_for(scope: Scope) -> tuple[VisitView, ...]:
    """Who is to come to the asker's stores, the next one first, and who should have come."""
    rows = Visit.filter(scope.stores_q("store_id"), state=VisitState.BOOKED)
    return tuple(visit_view(row) for row in await rows.order_by("starts_at", "id").limit(200))


async def visit_for(scope: Scope, visit_id: str) -> VisitView:
    """A member's own, or one of the asker's stores. Raises VisitNotFound."""
    row = await Visit.get_or_none(public_id=visit_id)
    is_mine = row is not None and scope.member_id == row.member_id
    if row is None or not (is_mine or (scope.staff_id and scope.sees_store(row.store_id))):
        raise VisitNotFound(visit_id=visit_id)
    return visit_view(row)


async def visit_of(visit_id: int) -> VisitView | None:
    """By the id that news carries."""
    row = await Visit.get_or_none(id=visit_id)
    return visit_view(row) if row else None
