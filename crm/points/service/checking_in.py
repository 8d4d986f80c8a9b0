"""Signing in (签到): once a day of the shop, with a count of days in a row."""

from dataclasses import dataclass
from datetime import date

from core import clock
from core.database import sql, use_case
from crm.points.rules import On
from crm.points.service.rewarding import reward

CHECK_IN = """
INSERT INTO points_check_in (member_id, day, streak, at)
SELECT $1, $2, coalesce((
    SELECT streak FROM points_check_in WHERE member_id = $1 AND day = $2::date - 1
), 0) + 1, $3
ON CONFLICT (member_id, day) DO NOTHING RETURNING streak
"""
TODAY = "SELECT streak FROM points_check_in WHERE member_id = $1 AND day = $2"


@dataclass(frozen=True, slots=True)
class CheckedIn:
    """`points` is what it gave just now: 0 when the member had signed in before that day."""

    day: date
    streak: int
    points: int
    is_new: bool


@use_case
async def check_in(*, member_id: int) -> CheckedIn:
    """Note that a member signed in today, and give what the programs promise for it, once a day."""
    now = clock.now()
    day = clock.shop_day(now)
    rows = await sql(CHECK_IN, member_id, day, now)
    if not rows:
        [known] = await sql(TODAY, member_id, day)
        return CheckedIn(day, known["streak"], 0, is_new=False)
    streak = rows[0]["streak"]
    key = f"{member_id}:{day.isoformat()}"
    points = await reward(member_id=member_id, on=On.SIGN_IN, key=key, at=now, streak=streak)
    return CheckedIn(day, streak, points, is_new=True)
