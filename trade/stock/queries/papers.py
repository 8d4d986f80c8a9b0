"""Documents of the stock room: what is coming, and what was counted."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from core.database import sql
from core.security.scope import Scope
from trade.stock.errors import CountNotFound, InboundNotFound
from trade.stock.models import Count, Inbound
from trade.stock.rules import CountState, InboundKind, InboundState


@dataclass(frozen=True, slots=True)
class InboundLineView:
    """`difference` is what arrived, good or damaged, less what was sent."""

    sku_id: int
    sent: int
    arrived: int
    damaged: int
    lost: int
    difference: int


@dataclass(frozen=True, slots=True)
class InboundView:
    number: str
    kind: InboundKind
    from_store_id: int | None
    store_id: int
    state: InboundState
    due_on: date | None
    opened_at: datetime
    closed_at: datetime | None
    lines: tuple[InboundLineView, ...]


@dataclass(frozen=True, slots=True)
class CountLineView:
    """`booked` is what the books say lay there at `counted_at`; null once the sheet is closed."""

    sku_id: int
    counted: int
    counted_at: datetime
    booked: int | None
    difference: int


@dataclass(frozen=True, slots=True)
class CountView:
    number: str
    store_id: int
    state: CountState
    opened_at: datetime
    closed_at: datetime | None
    lines: tuple[CountLineView, ...]


INBOUND_LINES = """
SELECT coalesce(line.sku_id, came.sku_id) AS sku_id, coalesce(line.sent, 0) AS sent,
    coalesce(came.arrived, 0)::bigint AS arrived, coalesce(came.damaged, 0)::bigint AS damaged,
    coalesce(came.lost, 0)::bigint AS lost
FROM (SELECT sku_id, sent FROM stock_inbound_line WHERE inbound_id = $1) AS line
FULL JOIN (
    SELECT sku_id,
        sum(quantity) FILTER (WHERE place = 'shelf') AS arrived,
        sum(quantity) FILTER (WHERE place = 'damaged') AS damaged,
        -sum(quantity) FILTER (WHERE reason = 'lost_in_transit') AS lost
    FROM stock_movement WHERE document_no = $2 AND store_id = $3
        AND kind IN ('received', 'transferred_in', 'adjusted')
    GROUP BY 1
) AS came ON came.sku_id = line.sku_id
ORDER BY 1
"""

# A posted line's difference is its movement; an open one's is worked out as of when it was counted.
COUNT_LINES = """
SELECT line.sku_id, line.counted, line.counted_at, posted.quantity AS posted,
    (coalesce(level.on_hand, 0) - coalesce(since.moved, 0))::bigint AS booked
FROM stock_count_line AS line
LEFT JOIN stock_level AS level ON level.sku_id = line.sku_id AND level.store_id = $3
LEFT JOIN stock_movement AS posted ON posted.cause = 'count:' || $2 || ':' || line.sku_id
LEFT JOIN LATERAL (
    SELECT sum(quantity) AS moved FROM stock_movement AS m
    WHERE m.sku_id = line.sku_id AND m.store_id = $3 AND m.at > line.counted_at
        AND m.place = 'shelf'
) AS since ON true
WHERE line.count_id = $1 ORDER BY 1
"""


async def inbound_for(scope: Scope, number: str) -> InboundView:
    """A document of the asker's stores, sent or received. Raises InboundNotFound."""
    row = await Inbound.get_or_none(number=number)
    if row is None or not _may_see(scope, row):
        raise InboundNotFound(number=number)
    return await _inbound_view(row)


def _may_see(scope: Scope, row: Inbound) -> bool:
    is_sender = row.from_store_id is not None and scope.sees_store(row.from_store_id)
    return scope.sees_store(row.store_id) or is_sender


async def _inbound_view(row: Inbound) -> InboundView:
    lines = await sql(INBOUND_LINES, row.id, row.number, row.store_id)
    return InboundView(
        row.number,
        row.kind,
        row.from_store_id,
        row.store_id,
        row.state,
        row.due_on,
        row.opened_at,
        row.closed_at,
        tuple(_line(line) for line in lines),
    )


def _line(row: dict[str, Any]) -> InboundLineView:
    return InboundLineView(**row, difference=row["arrived"] + row["damaged"] - row["sent"])


async def open_inbounds(store_id: int, *, limit: int = 100) -> list[InboundView]:
    """What is on its way to a store, the oldest first."""
    rows = Inbound.filter(store_id=store_id, state=InboundState.ON_THE_WAY).order_by("id")
    return [await _inbound_view(row) for row in await rows.limit(limit)]


async def count_for(scope: Scope, number: str) -> CountView:
    """A count sheet of the asker's stores. Raises CountNotFound."""
    row = await Count.get_or_none(number=number)
    if row is None or not scope.sees_store(row.store_id):
        raise CountNotFound(number=number)
    lines = await sql(COUNT_LINES, row.id, row.number, row.store_id)
    return CountView(
        row.number,
        row.store_id,
        row.state,
        row.opened_at,
        row.closed_at,
        tuple(_counted(line, row.state) for line in lines),
    )


def _counted(row: dict[str, Any], state: CountState) -> CountLineView:
    is_open = state is CountState.OPEN
    booked = row["booked"] if is_open else None
    difference = row["counted"] - row["booked"] if is_open else row["posted"] or 0
    return CountLineView(row["sku_id"], row["counted"], row["counted_at"], booked, difference)
