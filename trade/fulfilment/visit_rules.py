"""When somebody may come to a store to be shown something (到店体验). Pure."""

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from enum import StrEnum

from core.clock import SHOP_ZONE
from trade.stores.queries import Hours

SLOT = timedelta(hours=1)
SEATS = 2  # visits a store takes at once
DAYS_AHEAD = 14
REMIND_BEFORE = timedelta(hours=24)
MOST_OPEN = 3  # of one member
UNKNOWN_HOURS = ((10 * 60, 20 * 60),)  # where a store has not said when it is open


class VisitState(StrEnum):
    BOOKED = "booked"  # 已预约
    CAME = "came"  # 已到店
    MISSED = "missed"  # 未到店
    CANCELLED = "cancelled"  # 已取消


def slots_of(hours: Hours | None, day: date) -> Iterator[datetime]:
    """The beginnings of the whole slots of a day of the shop, while the store is open."""
    midnight = datetime.combine(day, time(), SHOP_ZONE)
    for begin, end in sorted(hours.on(day) if hours else UNKNOWN_HOURS):
        closes = midnight + timedelta(minutes=end if end > begin else end + 24 * 60)
        at = midnight + timedelta(minutes=-(-begin // 60) * 60)
        while at + SLOT <= closes:
            yield at
            at += SLOT
