"""Birthdays: what the programs give on the day itself, once a year."""

from calendar import isleap
from datetime import date

from core import clock
from crm.people.queries import members_born_on
from crm.points.rules import On
from crm.points.service.rewarding import reward


async def reward_birthdays(day: date | None = None) -> int:
    """Reward everybody whose birthday is today, each in a transaction; answers how many points.

    Doing it again gives nothing. Who was born on 29 February celebrates on the 28th of other years.
    """
    now = clock.now()
    today = day or clock.shop_day(now)
    born = list(await members_born_on(today.month, today.day))
    if (today.month, today.day) == (2, 28) and not isleap(today.year):
        born += await members_born_on(2, 29)
    given = 0
    for member_id in born:
        key = f"{member_id}:{today.year}"
        given += await reward(member_id=member_id, on=On.BIRTHDAY, key=key, at=now)
    return given
