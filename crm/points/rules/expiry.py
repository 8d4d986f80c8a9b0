"""When points become usable, and when they end."""

from calendar import monthrange
from datetime import date, datetime, time, timedelta

from core.clock import SHOP_ZONE, shop_day
from crm.points.rules.terms import Expiry, Pending
from crm.points.rules.words import Since, Span


def available_at(pending: Pending, paid_at: datetime, done_at: datetime | None) -> datetime | None:
    """None while it is not known: the goods have not been handed over yet."""
    since = paid_at if pending.since is Since.PAID else done_at
    return since + timedelta(days=pending.days) if since else None


def expires_at(expiry: Expiry | None, usable_at: datetime) -> datetime | None:
    """The midnight after the last day on which the points can be used; None: they never end.

    A month later than 31 January is the last of February. Rounding up to the end of a month or a
    year keeps the dates a member must remember few.
    """
    if expiry is None:
        return None
    last = _end_of(expiry.to_end_of, _later(expiry, shop_day(usable_at)))
    return datetime.combine(last + timedelta(days=1), time(), SHOP_ZONE)


def _later(expiry: Expiry, day: date) -> date:
    if expiry.span is Span.DAY:
        return day + timedelta(days=expiry.count)
    months = expiry.count * (12 if expiry.span is Span.YEAR else 1)
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def _end_of(span: Span, day: date) -> date:
    if span is Span.YEAR:
        return date(day.year, 12, 31)
    if span is Span.MONTH:
        return day.replace(day=monthrange(day.year, day.month)[1])
    return day
