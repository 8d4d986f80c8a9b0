"""Opening hours (营业时间): said once as spans of minutes, answered for any moment. Pure."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from core.clock import SHOP_ZONE

DAYS = "一二三四五六日"
DAY_MINUTES = 24 * 60
LOOK_AHEAD = 14  # days in which the next opening is looked for
SPAN = re.compile(r"(\d{1,2})[:：](\d{2})\s*[-–~～至到]\s*(\d{1,2})[:：](\d{2})")
NAMED = re.compile(
    r"(?:周|星期)([一二三四五六日天])(?:(?:至|到|-|~|～)(?:周|星期)?([一二三四五六日天]))?"
)
GROUPS = {"工作日": range(5), "周末": range(5, 7), "每天": range(7), "每日": range(7)}

Spans = tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class Hours:
    """`week` holds the spans of each day from Monday, in minutes from midnight in the shop's zone;

    an end not after its beginning is on the next day. `special` days (holidays) replace their
    weekday; an empty tuple is a closed day.
    """

    week: tuple[Spans, ...]
    special: Mapping[date, Spans]

    def on(self, day: date) -> Spans:
        return self.special.get(day, self.week[day.weekday()])


@dataclass(frozen=True, slots=True)
class Opening:
    """`changes_at`: when an open store closes, or a closed one opens; None when nobody knows."""

    is_open: bool
    changes_at: datetime | None


def hours_of(week: Any, special: Any, text: str) -> Hours | None:
    """As stored, or else as `text` reads; None when neither says anything."""
    days = [_spans(each) for each in week] if week else read_week(text)
    if days is None or len(days) != len(DAYS):
        return None
    return Hours(
        tuple(days),
        {date.fromisoformat(day): _spans(each) for day, each in (special or {}).items()},
    )


def _spans(pairs: Sequence[Sequence[int]]) -> Spans:
    return tuple((begin, end) for begin, end in pairs)


def read_week(text: str) -> list[Spans] | None:
    """`10:00-22:00`, or `周一至周五 10:00-21:00；周末 10:00-22:00`. None when it does not read."""
    week: list[Spans] = [()] * len(DAYS)
    said = False
    for part in re.split(r"[;；\n]", text):
        spans = [_minutes(*map(int, found)) for found in SPAN.findall(part)]
        if not spans or None in spans:
            continue
        said = True
        for day in _days(part):
            week[day] = tuple(span for span in spans if span)
    return week if said else None


def _minutes(hour: int, minute: int, to_hour: int, to_minute: int) -> tuple[int, int] | None:
    begin, end = hour * 60 + minute, to_hour * 60 + to_minute
    return (begin, end) if begin < DAY_MINUTES >= end and max(minute, to_minute) < 60 else None


def _days(part: str) -> list[int]:
    for name, days in GROUPS.items():
        if name in part:
            return list(days)
    found: list[int] = []
    for first, last in NAMED.findall(part):
        begin, end = _day(first), _day(last or first)
        found += range(begin, end + 1) if end >= begin else [*range(begin, 7), *range(end + 1)]
    return found or list(range(len(DAYS)))


def _day(sign: str) -> int:
    return DAYS.index("日" if sign == "天" else sign)


def _openings(hours: Hours, around: date) -> Iterator[tuple[datetime, datetime]]:
    """(opens, closes) from the day before on, in order; a night's span begins the day before."""
    for offset in range(-1, LOOK_AHEAD):
        day = around + timedelta(days=offset)
        midnight = datetime.combine(day, time(), SHOP_ZONE)
        for begin, end in sorted(hours.on(day)):
            until = end if end > begin else end + DAY_MINUTES
            yield midnight + timedelta(minutes=begin), midnight + timedelta(minutes=until)


def opening_at(hours: Hours | None, moment: datetime) -> Opening:
    """Whether a store is open at a moment. Unknown hours count as open; they, and a store that is
    open day and night, never change.
    """
    if hours is None:
        return Opening(is_open=True, changes_at=None)
    here = moment.astimezone(SHOP_ZONE)
    closes: datetime | None = None
    for begin, end in _openings(hours, here.date()):
        if begin <= (closes or here) and end > (closes or here):
            closes = end  # a span that goes on where the last one ends
        elif begin > here and closes is None:
            return Opening(is_open=False, changes_at=begin)
        elif begin > here:
            break
    is_endless = closes is not None and closes - here > timedelta(days=len(DAYS))
    return Opening(closes is not None, None if is_endless else closes)
