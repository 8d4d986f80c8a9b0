"""Incremental refresh: of whom something changed is asked again, in all segments, in seconds."""

from collections.abc import Iterable

from core import clock
from core.database import sql, use_case
from crm.segments.models import Segment
from crm.segments.rules import parse, segments_in
from crm.segments.service.refreshing import LOCK, PATIENT, levels
from crm.segments.service.turning import turn

AT_ONCE = 5_000
MARK = """
INSERT INTO segments_changed (id) SELECT DISTINCT unnest($1::bigint[]) ON CONFLICT DO NOTHING
"""
TAKE = """
DELETE FROM segments_changed WHERE id IN (
    SELECT id FROM segments_changed ORDER BY at, id LIMIT $1 FOR UPDATE SKIP LOCKED
) RETURNING id
"""


async def mark_changed(member_ids: Iterable[int | None]) -> None:
    """Say that something about these members is different; the next round looks at them.

    Marking twice is marking once. Cheap: one small row for each member not marked yet.
    """
    ids = sorted({one for one in member_ids if one is not None})
    if ids:
        await sql(MARK, ids)


@use_case
async def follow_changes() -> int:
    """Look at up to 5,000 marked members in every segment. How many were marked.

    What fails is rolled back with the taking of the marks, and tried again.
    """
    await sql(PATIENT)
    rows = await Segment.filter(is_filled=True).order_by("id")
    await sql(LOCK, [row.id for row in rows])
    taken = [row["id"] for row in await sql(TAKE, AT_ONCE)]
    if taken and rows:
        by_code = {row.code: row for row in rows}
        parts = {code: segments_in(parse(row.condition)) for code, row in by_code.items()}
        for level in levels(parts):
            await turn([by_code[code] for code in level], clock.now(), taken)
    return len(taken)
