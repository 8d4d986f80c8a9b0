"""What an ERP reads of invoices."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from tortoise.expressions import Q

from core import audit_log
from core.database import use_case
from core.security.scope import Scope
from invoicing.queries.blues import buyer_of_blue
from invoicing.reds.queries import invoice_of_red
from invoicing.write_back.errors import InvoiceNotTold, WindowTooWide
from invoicing.write_back.models import Version, WrittenFile
from invoicing.write_back.rules import Colour, VersionState, buyer_facts

__all__ = ["Colour", "FileView", "VersionState", "VersionView", "Window"]
WIDEST = timedelta(days=31)


@dataclass(frozen=True, slots=True)
class VersionView:
    """One version of one invoice. `facts` are as they were told; nothing personal."""

    number: int
    subject: str
    colour: Colour
    state: VersionState
    store_id: int
    facts: dict[str, Any]
    at: datetime


@dataclass(frozen=True, slots=True)
class Window:
    """What is asked for: after a number, and maybe written between two moments."""

    after: int = 0
    since: datetime | None = None
    until: datetime | None = None
    limit: int = 100


@dataclass(frozen=True, slots=True)
class FileView:
    id: int
    public_id: str
    name: str
    versions: int
    sha256: str
    written_at: datetime | None
    created_at: datetime


def _view(row: Version) -> VersionView:
    return VersionView(
        row.number or 0, row.subject, row.colour, row.state, row.store_id, row.facts, row.at
    )


async def versions_for(scope: Scope, window: Window) -> tuple[VersionView, ...]:
    """In the order of their numbers. Raises WindowTooWide for more than 31 days."""
    q = scope.stores_q() & Q(number__gt=window.after)
    if window.since and window.until and window.until - window.since > WIDEST:
        raise WindowTooWide
    if window.since:
        q &= Q(at__gte=window.since)
    if window.until:
        q &= Q(at__lt=window.until)
    rows = await Version.filter(q).order_by("number").limit(min(window.limit, 200))
    return tuple(_view(row) for row in rows)


async def version_of(version_id: int) -> VersionView | None:
    row = await Version.get_or_none(id=version_id)
    return _view(row) if row else None


@use_case
async def invoice_with_buyer(scope: Scope, subject: str) -> tuple[VersionView, dict[str, str]]:
    """The newest version of one invoice and whom it is made out to. Each look is on record.

    Raises InvoiceNotTold, for what is not there and for another store's alike.
    """
    rows = Version.filter(scope.stores_q(), subject=subject).order_by("-id")
    row = await rows.first()
    if row is None:
        raise InvoiceNotTold(invoice=subject[:40])
    is_blue = row.colour is Colour.BLUE
    invoice_id = row.source_id if is_blue else await invoice_of_red(row.source_id)
    await audit_log.record(scope, "write_back.buyer_read", f"invoice:{invoice_id}")
    return _view(row), buyer_facts(await buyer_of_blue(invoice_id))


async def files_written(limit: int = 50) -> tuple[FileView, ...]:
    """The newest first."""
    names = FileView.__dataclass_fields__.keys()
    rows = await WrittenFile.all().order_by("-id").limit(limit)
    return tuple(FileView(**{name: getattr(row, name) for name in names}) for row in rows)
