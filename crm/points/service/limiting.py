"""Limits of a program for one member: counted under a lock, so that two at once see each other."""

from datetime import date

from core.database import sql
from crm.points.rules import Had, Limits, Program, Worked, limited

TAKE_TURNS = "SELECT pg_advisory_xact_lock(hashtextextended('points.member', $1::bigint))"
HAD = """
SELECT coalesce(sum(points) FILTER (WHERE day = $3), 0)::bigint AS points_today,
    count(*) FILTER (WHERE day = $3 AND points > 0) AS times_today,
    coalesce(sum(points), 0)::bigint AS points, count(*) FILTER (WHERE points > 0) AS times
FROM points_earning WHERE member_id = $1 AND program = $2
    AND (cause_kind, cause_key) IS DISTINCT FROM ($4, $5)
"""


async def within_limits(
    worked: Worked, program: Program, member_id: int, day: date, cause: tuple[str, str] = ("", "")
) -> Worked:
    """What is left of it under the program's limits; the member's turn is held until the end."""
    if program.terms.limits == Limits():
        return worked
    await sql(TAKE_TURNS, member_id)
    [had] = await sql(HAD, member_id, program.code, day, *cause)
    return limited(worked, program.terms.limits, Had(**had))
