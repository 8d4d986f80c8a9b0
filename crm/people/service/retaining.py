"""Retention (P13): each day what has been kept long enough goes, and a row says how much it was."""

from core import belongings, clock
from core.database import use_case
from core.upsert import upsert
from crm.people.models import RetentionRun
from crm.people.service.leaving import forget_what_is_due

BATCHES = 200  # of ten thousand rows, of each table a day


async def run_retention() -> dict[str, int]:
    """Delete what is older than its room keeps it. Answers rows by table; again it is nothing."""
    counts = await forget_what_is_due()
    for _ in range(BATCHES):
        gone = await _expire()
        for table, rows in gone.items():
            counts[table] = counts.get(table, 0) + rows
        if not any(gone.values()):
            break
    await _note(counts)
    return counts


@use_case
async def _expire() -> dict[str, int]:
    return await belongings.expire(clock.now())


@use_case
async def _note(counts: dict[str, int]) -> None:
    """What was deleted earlier on the same day is added to."""
    day = clock.shop_day(clock.now())
    known = {row.table_name: row.rows for row in await RetentionRun.filter(day=day)}
    rows = [
        {"day": day, "table_name": table, "rows": count + known.get(table, 0)}
        for table, count in counts.items()
    ]
    await upsert(RetentionRun, rows, by=("day", "table_name"))
