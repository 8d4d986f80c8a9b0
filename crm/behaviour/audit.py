"""Checks of this room: the counts of days say what the steps say."""

from core.audit import Finding, check
from core.database import sql
from crm.behaviour.privacy import EVENT_DAYS

DAYS = """
WITH counted AS (
    SELECT member_id, kind, (at AT TIME ZONE 'Asia/Shanghai')::date AS on_day, count(*) AS times
    FROM behaviour_event WHERE member_id IS NOT NULL GROUP BY 1, 2, 3
)
SELECT member_id, kind, on_day, c.times AS steps, d.times AS counted
FROM counted AS c FULL JOIN behaviour_day AS d USING (member_id, kind, on_day)
WHERE d.times IS DISTINCT FROM c.times
    AND on_day > (now() AT TIME ZONE 'Asia/Shanghai')::date - $1::int
LIMIT 20
"""


@check("behaviour.days")
async def find_days_miscounted() -> list[Finding]:
    """Days whose steps are so old that they may be gone are not looked at."""
    return [
        Finding(
            "behaviour.days",
            f"member:{row['member_id']}",
            f"{row['kind']} on {row['on_day']}: {row['steps']} steps, counted as {row['counted']}",
        )
        for row in await sql(DAYS, EVENT_DAYS - 1)
    ]
