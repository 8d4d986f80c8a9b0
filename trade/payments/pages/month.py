"""A month as a calendar and as bars: numbers for the template to draw, nothing is asked here."""

from calendar import Calendar
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from trade.payments.service.bills import DayUnknown, DayView

WIDTH, HEIGHT, FOOT = 744, 200, 22  # in SVG units; 24 a day


@dataclass(frozen=True, slots=True)
class Month:
    """`weeks` hold the days of each week, None beside the month; Monday first."""

    name: str
    weeks: tuple[tuple[DayView | None, ...], ...]
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class DayBars:
    day: DayView
    x: int
    ours_height: int
    theirs_height: int


@dataclass(frozen=True, slots=True)
class BarsOfMonth:
    bars: tuple[DayBars, ...]
    top_fen: int
    width: int
    height: int
    foot: int


def first_and_last(name: str) -> tuple[date, date]:
    """The days a month (2026-11) begins and ends. Raises DayUnknown."""
    try:
        first = date.fromisoformat(f"{name}-01")
    except ValueError:
        raise DayUnknown(month=name[:20]) from None
    if not 2000 <= first.year < 3000:
        raise DayUnknown(month=name)
    days = Calendar().itermonthdates(first.year, first.month)
    return first, max(day for day in days if day.month == first.month)


def month_of(days: Sequence[DayView]) -> Month:
    """The calendar of days that are one whole month."""
    first = days[0].day
    by_day = {view.day: view for view in days}
    weeks = Calendar().monthdatescalendar(first.year, first.month)
    return Month(
        name=f"{first:%Y-%m}",
        weeks=tuple(tuple(by_day.get(day) for day in week) for week in weeks),
        before=_month(first, -1),
        after=_month(first, 1),
    )


def _month(first: date, step: int) -> str:
    index = first.year * 12 + first.month - 1 + step
    return f"{index // 12:04d}-{index % 12 + 1:02d}"


def bars_of(days: Sequence[DayView]) -> BarsOfMonth:
    """Two bars a day, ours and theirs, from 0 to the largest amount of the month."""
    amounts = [view.ours_paid_fen or 0 for view in days]
    amounts += [view.theirs_paid_fen or 0 for view in days]
    top = max([*amounts, 1])
    room = HEIGHT - FOOT
    bars = tuple(
        DayBars(
            view,
            index * (WIDTH // 31),
            (view.ours_paid_fen or 0) * room // top,
            (view.theirs_paid_fen or 0) * room // top,
        )
        for index, view in enumerate(days)
    )
    return BarsOfMonth(bars, max([*amounts, 0]), WIDTH, HEIGHT, FOOT)
