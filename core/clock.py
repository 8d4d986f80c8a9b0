"""Time is an input: UTC inside, Shanghai only where a calendar day matters."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

SHOP_ZONE = ZoneInfo("Asia/Shanghai")


def now() -> datetime:
    return datetime.now(UTC)


def shop_day(moment: datetime) -> date:
    """The calendar day a shopper in China would name for this moment."""
    return moment.astimezone(SHOP_ZONE).date()
