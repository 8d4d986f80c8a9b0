"""What is due by the clock. A clock that is astray judges nobody."""

import time
from datetime import datetime

from core import clock
from core.database import sql
from core.jobs import every
from crm.tiers.errors import ClockAstray
from crm.tiers.service import announce_ends, judge_due

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
