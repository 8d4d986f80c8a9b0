"""Full refresh: what is due is worked out for everybody, each fact read once for all segments."""

from datetime import datetime, timedelta

from core import clock
from core.database import sql, use_case
from crm.segments.models import Segment
from crm.segments.rules import leaves, parse, segments_in
from crm.segments.rules.moving import moves_with_time
from crm.segments.service.turning import SLOWEST_S, turn

AT_ONCE = 50  # segments in one statement
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
LOCK = "SELECT id FROM segments_segment WHERE id = ANY($1::bigint[]) ORDER BY id FOR UPDATE"
PATIENT = f"""
SELECT set_config('statement_timeout', '{SLOWEST_S}s', true),
    set_config('work_mem', '128MB', true), set_config('plan_cache_mode', 'force_custom_plan', true)
"""


async def refresh_due() -> int:
    """Refresh what is due, parts before the segments made of them. How many were refreshed."""
    due = await Segment.filter(due_at__lte=clock.now()).order_by("id")
    return await refresh_segments([row.id for row in due])


async def refresh_segments(segment_ids: list[int]) -> int:
    """Refresh these, parts first, each group in a transaction of its own. How many there were."""
    rows = {row.code: row for row in await Segment.filter(id__in=segment_ids)}
    parts = {code: segments_in(parse(row.condition)) for code, row in rows.items()}
    done = 0
    for level in levels(parts):
        for n in range(0, len(level), AT_ONCE):
            done += await _refresh([rows[code].id for code in level[n : n + AT_ONCE]])
    return done


def levels(parts: dict[str, list[str]]) -> list[list[str]]:
    """Codes in the order of work: what a segment is made of stands in an earlier level."""
    waiting, found = dict(parts), list[list[str]]()
    while waiting:
        ready = [code for code, made_of in waiting.items() if not waiting.keys() & set(made_of)]
        found.append(ready or list(waiting))  # `save_segment` refuses a cycle
        waiting = {code: made_of for code, made_of in waiting.items() if code not in found[-1]}
    return found


@use_case
async def _refresh(segment_ids: list[int]) -> int:
    await sql(PATIENT)
    await sql(LOCK, segment_ids)
    rows = await Segment.filter(id__in=segment_ids).order_by("id")
    if rows:
        at = clock.now()
        await turn(rows, at)
        for row in rows:
            await Segment.filter(id=row.id).update(due_at=next_refresh(row, at))
    return len(rows)


def next_refresh(row: Segment, at: datetime) -> datetime:
    """What only news can change is looked at once a day, as a check; what time changes, hourly."""
    is_moving = any(moves_with_time(leaf) for leaf in leaves(parse(row.condition)))
    return at + (HOUR if is_moving else DAY)
