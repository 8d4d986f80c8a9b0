"""What is kept of people, why and for how long, as the privacy notice and our people read it."""

from dataclasses import dataclass
from datetime import date, datetime

from core.privacy import all_expiring, all_personal
from crm.people.models import Erasure, RetentionRun


@dataclass(frozen=True, slots=True)
class KeptField:
    """`column` is `table.column`; `days` after the membership ends, 0: erased with it."""

    column: str
    zh: str
    en: str
    grounds: tuple[str, ...]
    days: int


@dataclass(frozen=True, slots=True)
class AgeLimit:
    """Rows that go by their age, whoever they are of."""

    table: str
    zh: str
    en: str
    days: int


@dataclass(frozen=True, slots=True)
class ErasureView:
    member_id: int
    asked_at: datetime
    why_waits: str
    done_at: datetime | None


def kept_fields() -> list[KeptField]:
    """Every personal column of every room: made from the same lists erasing goes by."""
    return [
        KeptField(name, kept.zh, kept.en, tuple(sorted(map(str, kept.purposes))), kept.days)
        for name, kept in sorted(all_personal().items())
    ]


def notice_fields() -> list[KeptField]:
    """The same as people read it: what has one name, one reason and one end stands there once."""
    told = {(one.zh, one.grounds, one.days): one for one in kept_fields()}
    return sorted(told.values(), key=lambda one: (one.grounds, one.zh))


def age_limits() -> list[AgeLimit]:
    """What goes by its age."""
    return [AgeLimit(one.table, one.zh, one.en, one.days) for one in all_expiring()]


async def retention_runs(limit: int = 60) -> list[tuple[date, str, int]]:
    """(day, table, rows deleted), the newest first; tables with nothing to delete are left out."""
    rows = await RetentionRun.filter(rows__gt=0).order_by("-day", "table_name").limit(limit)
    return [(row.day, row.table_name, row.rows) for row in rows]


async def erasures_seen(limit: int = 50) -> list[ErasureView]:
    """Who asked to leave: waiting ones first, then the newest."""
    rows = await Erasure.all().order_by("-id").limit(limit)
    rows.sort(key=lambda row: row.done_at is not None)
    return [ErasureView(row.member_id, row.asked_at, row.why_waits, row.done_at) for row in rows]
