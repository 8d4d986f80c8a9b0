"""What is due by the clock. A clock that is astray judges nobody, and gives nothing."""

import time
from calendar import isleap
from datetime import date, datetime

from core import clock
from core.database import sql, use_case
from core.jobs import every, job, owe
from crm.people.queries import members_born_on
from crm.tiers.errors import ClockAstray
from crm.tiers.queries import members_on_plans, tiers_of
from crm.tiers.service import (
    announce_ends,
    give_birthday_gift,
    give_monthly_gift,
    judge_due,
)

ASTRAY_S, TURN_S = 300, 40


async def check_clock(now: datetime) -> None:
    """Two clocks rarely go wrong alike: tiers are not taken away because one of them did.

    Raises ClockAstray.
    """
    [row] = await sql("SELECT now() AS at")
    if abs((row["at"] - now).total_seconds()) > ASTRAY_S:
        raise ClockAstray


@every("tiers.judge_due", seconds=60)
async def judge_what_is_due() -> None:
    await check_clock(clock.now())
    end = time.monotonic() + TURN_S
    while time.monotonic() < end and await judge_due():
        pass


@every("tiers.announce_ends", seconds=3_600)
async def announce_what_ends() -> None:
    await check_clock(clock.now())
    while await announce_ends():
        pass


@every("tiers.gifts", seconds=6 * 3_600)
async def owe_gifts() -> None:
    """Gifts of the day are many: a job gives them, however long it takes."""
    await check_clock(clock.now())
    await _owe()


@use_case
async def _owe() -> None:
    day = clock.shop_day(clock.now())
    await owe("tiers.give_gifts", key=f"gifts:{day}", day=day.isoformat())


@job("tiers.give_gifts", timeout_s=1_800)
async def give_gifts(day: str) -> None:
    """Birthdays of the day, and each month's gift of paid memberships. Again: nothing new."""
    today = date.fromisoformat(day)
    for member_id, tier in (await tiers_of(await _born(today))).items():
        await give_birthday_gift(member_id=member_id, tier=tier, year=today.year)
    after = 0
    while page := await members_on_plans(after=after):
        for member_id, plan in page:
            await give_monthly_gift(member_id=member_id, plan=plan, month=f"{today:%Y-%m}")
        after = page[-1][0]


async def _born(today: date) -> list[int]:
    """Who was born on 29 February has a birthday every year."""
    born = await members_born_on(today.month, today.day)
    if (today.month, today.day) == (2, 28) and not isleap(today.year):
        born += await members_born_on(2, 29)
    return born
