"""Every terminal of the stores on one page (ST-13, DV-07): who is there, who was last seen when.

Rooms that keep terminals of their own add their question here.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from core import clock
from core.database import sql
from core.security.scope import Scope
from devices.queries.printing import agents_for, printers_for
from devices.rules import TROUBLES, PrinterCondition


class TerminalState(StrEnum):
    OK = "ok"
    TROUBLE = "trouble"  # it says so itself
    SILENT = "silent"  # it was not heard of for longer than it should be
    NEW = "new"  # it was never heard of


@dataclass(frozen=True, slots=True)
class TerminalView:
    """One terminal. `detail` is a short fact of its kind; `path` is the page it is managed on."""

    kind: str  # printer, agent, box, till …
    name: str
    store_id: int
    state: TerminalState
    seen_at: datetime | None
    detail: str = ""
    path: str = ""


Question = Callable[[Scope], Awaitable[list[TerminalView]]]
questions: dict[str, Question] = {}

AGENT_SILENT = timedelta(minutes=2)
TILL_SILENT = timedelta(hours=36)
TILLS = """
SELECT store_id, till, max(received_at) AS seen_at, count(*) FILTER (WHERE state <> 'booked') AS odd
FROM devices_till_receipt WHERE ($1 OR store_id = ANY($2::bigint[]))
    AND received_at > now() - interval '60 days' GROUP BY store_id, till ORDER BY store_id, till
"""


def add_terminals(kind: str, question: Question) -> None:
    """Have the page show terminals of another room. Saying it again replaces it."""
    questions[kind] = question


def state_of(seen_at: datetime | None, silent_after: timedelta) -> TerminalState:
    """What its last word says of a terminal that speaks by itself."""
    if seen_at is None:
        return TerminalState.NEW
    is_silent = clock.now() - seen_at > silent_after
    return TerminalState.SILENT if is_silent else TerminalState.OK


async def terminals_for(scope: Scope) -> list[TerminalView]:
    """All terminals of the asker's stores: what is in trouble first, then by store."""
    found = [one for ask in questions.values() for one in await ask(scope)]
    order = [TerminalState.TROUBLE, TerminalState.SILENT, TerminalState.NEW, TerminalState.OK]
    return sorted(found, key=lambda one: (order.index(one.state), one.store_id, one.kind, one.name))


async def _printers(scope: Scope) -> list[TerminalView]:
    return [
        TerminalView(
            kind="printer",
            name=one.view.name or one.view.address,
            store_id=one.view.store_id,
            state=_printer_state(one.condition, one.seen_at),
            seen_at=one.seen_at,
            detail=one.condition.value,
            path="/console/printing",
        )
        for one in await printers_for(scope)
    ]


def _printer_state(condition: PrinterCondition, seen_at: datetime | None) -> TerminalState:
    if condition in TROUBLES:
        return TerminalState.TROUBLE
    return TerminalState.OK if seen_at is not None else TerminalState.NEW


async def _agents(scope: Scope) -> list[TerminalView]:
    return [
        TerminalView(
            kind="agent",
            name=one.name,
            store_id=one.store_id,
            state=state_of(one.seen_at, AGENT_SILENT),
            seen_at=one.seen_at,
            detail=one.version,
            path="/console/printing",
        )
        for one in await agents_for(scope)
    ]


async def _tills(scope: Scope) -> list[TerminalView]:
    return [
        TerminalView(
            kind="till",
            name=row["till"],
            store_id=row["store_id"],
            state=TerminalState.TROUBLE if row["odd"] else state_of(row["seen_at"], TILL_SILENT),
            seen_at=row["seen_at"],
            detail=str(row["odd"] or ""),
            path="/console/tills",
        )
        for row in await sql(TILLS, scope.sees_all_stores, sorted(scope.store_ids))
    ]


add_terminals("printer", _printers)
add_terminals("agent", _agents)
add_terminals("till", _tills)
