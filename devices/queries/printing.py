"""What a store's printers have to do, and what a person is asked about."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from core.database import sql
from core.security.scope import Scope
from devices.errors import PrinterNotFound, PrintJobNotFound
from devices.models import PrintAccount, PrintAgent, Printer, PrintJob
from devices.protocol.blocks import from_json
from devices.protocol.picture import png_of
from devices.queries.papers import PaperView, PrinterView, printer_view, profile_of, view_of
from devices.rules import PrinterCondition, PrintState, Transport

COUNTS = """
SELECT printer_id, count(*) FILTER (WHERE state IN ('queued', 'sending', 'handed')) AS waiting,
    count(*) FILTER (WHERE state = 'stale') AS stale
FROM devices_print_job WHERE printer_id = ANY($1::bigint[])
    AND state IN ('queued', 'sending', 'handed', 'stale') GROUP BY printer_id
"""
MOST = 200


@dataclass(frozen=True, slots=True)
class PrinterNow:
    """A printer and how it is. `stale` papers wait for a person's word."""

    view: PrinterView
    condition: PrinterCondition
    seen_at: datetime | None
    down_since: datetime | None
    maker_reason: str
    waiting: int
    stale: int


@dataclass(frozen=True, slots=True)
class AccountView:
    id: int
    transport: Transport
    name: str
    user: str
    is_active: bool


@dataclass(frozen=True, slots=True)
class AgentView:
    """`has_joined` is False while its one-time code was not used."""

    id: int
    store_id: int
    name: str
    version: str
    has_joined: bool
    is_active: bool
    seen_at: datetime | None


async def printers_for(scope: Scope) -> list[PrinterNow]:
    """Every printer of the asker's stores that is in use, those in trouble first."""
    rows = await Printer.filter(scope.stores_q(), is_active=True).order_by("store_id", "id")
    counts = {row["printer_id"]: row for row in await sql(COUNTS, [row.id for row in rows])}
    found = [_now(row, counts.get(row.id, {})) for row in rows[: MOST * 5]]
    return sorted(found, key=lambda one: (one.down_since is None, not one.stale))


async def printer_for(scope: Scope, printer_id: int) -> PrinterView:
    """Raises PrinterNotFound, also for one of another store."""
    row = await Printer.filter(scope.stores_q(), id=printer_id).first()
    if row is None:
        raise PrinterNotFound(printer_id=printer_id)
    return printer_view(row)


async def papers_for(
    scope: Scope, *, state: PrintState | None = None, limit: int = 50
) -> list[PaperView]:
    """Papers of the asker's stores, the newest first."""
    rows = PrintJob.filter(scope.stores_q())
    chosen = rows.filter(state=state) if state is not None else rows
    return [view_of(row) for row in await chosen.order_by("-id").limit(min(limit, MOST))]


async def paper_picture(scope: Scope, print_job_id: int) -> bytes:
    """A paper as its printer leaves it, as PNG. Raises PrintJobNotFound."""
    row = await PrintJob.filter(scope.stores_q(), id=print_job_id).select_related("printer").first()
    if row is None:
        raise PrintJobNotFound(print_job_id=print_job_id)
    return png_of(from_json(row.blocks), profile_of(row.printer))


async def accounts() -> list[AccountView]:
    """The brand's accounts with makers of cloud printers."""
    return [
        AccountView(row.id, row.transport, row.name, row.user, row.is_active)
        for row in await PrintAccount.all().order_by("transport", "id")
    ]


async def agents_for(scope: Scope) -> list[AgentView]:
    """The print agents of the asker's stores."""
    rows = PrintAgent.filter(scope.stores_q(), is_active=True)
    return [
        AgentView(
            id=row.id,
            store_id=row.store_id,
            name=row.name,
            version=row.version,
            has_joined=bool(row.public_key),
            is_active=row.is_active,
            seen_at=row.seen_at,
        )
        for row in await rows.order_by("store_id", "id")
    ]


def _now(row: Printer, counts: dict[str, Any]) -> PrinterNow:
    return PrinterNow(
        view=printer_view(row),
        condition=row.condition,
        seen_at=row.seen_at,
        down_since=row.down_since,
        maker_reason=row.maker_reason,
        waiting=int(counts.get("waiting", 0)),
        stale=int(counts.get("stale", 0)),
    )
