"""Leaving a journey before its end: a consent is gone, or the member is."""

from core.database import sql, use_case
from crm.reach.service import cancel_messages

NO_CONSENT = """
UPDATE journeys_run AS r SET state = 'exited', why = 'no_consent', ended_at = now()
FROM journeys_journey AS j
WHERE j.id = r.journey_id AND j.tells AND r.member_id = $1 AND r.state = 'going'
RETURNING r.journey_id
"""
GONE = """
UPDATE journeys_run SET state = 'exited', why = $2, ended_at = now()
WHERE member_id = $1 AND state = 'going' RETURNING journey_id
"""


@use_case
async def leave_for_consent(*, member_id: int) -> int:
    """Marketing is not wanted any more: out of every journey that tells. Answers of how many."""
    return await _left(member_id, await sql(NO_CONSENT, member_id))


@use_case
async def leave_for_good(*, member_id: int, why: str) -> int:
    """Erased, or one with another person: out of every journey."""
    return await _left(member_id, await sql(GONE, member_id, why))


async def _left(member_id: int, rows: list[dict[str, int]]) -> int:
    for row in rows:
        await cancel_messages(cause=f"journey:{row['journey_id']}", member_id=member_id)
    return len(rows)
