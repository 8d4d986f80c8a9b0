"""Which comparisons a kind of value knows, and what may be written beside each."""

import re
from collections.abc import Callable
from datetime import date
from typing import Any

from core.audience import Attribute, Kind, Trait
from crm.segments.errors import BadValue, OperatorUnknown
from crm.segments.rules.condition import Comparison, Is, Value

MOST = 10**15  # fen or pieces: far beyond any, far below what bigint holds
MOST_DAYS = 3650
MOST_CHOICES = 200
MOST_TEXT = 100
NUMBERS = (Is.EQUALS, Is.AT_LEAST, Is.AT_MOST, Is.MORE_THAN, Is.LESS_THAN, Is.BETWEEN)
DAYS = (Is.WITHIN_DAYS, Is.OVER_DAYS_AGO, Is.SINCE, Is.BEFORE, Is.NEXT_DAYS, Is.KNOWN)
ALLOWED: dict[Kind, tuple[Is, ...]] = {
    Kind.NUMBER: (*NUMBERS, Is.KNOWN),
    Kind.FEN: (*NUMBERS, Is.KNOWN),
    Kind.TEXT: (Is.IN, Is.NOT_IN, Is.CONTAINS, Is.KNOWN),
    Kind.CHOICE: (Is.IN, Is.NOT_IN, Is.KNOWN),
    Kind.FLAG: (Is.YES, Is.NO),
    Kind.DAY: DAYS,
    Kind.MOMENT: DAYS,
}
WHOLE = re.compile(r"-?\d{1,16}")
UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f\ud800-\udfff]")


def read_test(fact: Trait | Attribute, data: dict[str, Any], at: str) -> Comparison:
    """The comparison `{"is": …, "value": …}`. Raises OperatorUnknown or BadValue."""
    how = read_how(data.get("is"), ALLOWED[fact.kind], at)
    value = READERS[how](data.get("value"), f"{at}.value")
    if how in {Is.IN, Is.NOT_IN} and isinstance(fact.choices, tuple):
        known = {choice.value for choice in fact.choices}
        if not known.issuperset(value):  # type: ignore[arg-type]  # a tuple of texts
            raise BadValue(at=f"{at}.value")
    return Comparison(how, value)


def read_number_test(data: object, at: str) -> Comparison:
    """For counts and sums. Raises BadCondition's."""
    if not isinstance(data, dict):
        raise BadValue(at=at)
    how = read_how(data.get("is"), NUMBERS, at)
    return Comparison(how, READERS[how](data.get("value"), f"{at}.value"))


def read_how(word: object, allowed: tuple[Is, ...], at: str) -> Is:
    if not isinstance(word, str) or word not in allowed:
        raise OperatorUnknown(at=f"{at}.is", said=str(word)[:20])
    return Is(word)


def read_whole(value: object, at: str, *, least: int = -MOST, most: int = MOST) -> int:
    """A whole number, or its digits as a form sends them. Raises BadValue."""
    if isinstance(value, str) and WHOLE.fullmatch(value.strip()):
        value = int(value)
    if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
        raise BadValue(at=at)
    return value


def read_day(value: object, at: str) -> date:
    try:
        day = date.fromisoformat(value) if isinstance(value, str) and len(value) == 10 else None
    except ValueError:
        day = None
    if day is None or not 1900 <= day.year <= 2200:
        raise BadValue(at=at)
    return day


def read_days(value: object, at: str) -> int:
    return read_whole(value, at, least=1, most=MOST_DAYS)


def read_text(value: object, at: str) -> str:
    if not isinstance(value, str) or not 1 <= len(value.strip()) <= MOST_TEXT:
        raise BadValue(at=at)
    if UNPRINTABLE.search(value):
        raise BadValue(at=at)
    return value.strip()


def _texts(value: object, at: str) -> tuple[str, ...]:
    if not isinstance(value, list | tuple) or not 1 <= len(value) <= MOST_CHOICES:
        raise BadValue(at=at)
    return tuple(dict.fromkeys(read_text(one, at) for one in value))


def _between(value: object, at: str) -> tuple[int, int]:
    if not isinstance(value, list | tuple) or len(value) != 2:
        raise BadValue(at=at)
    low, high = (read_whole(one, at) for one in value)
    if low > high:
        raise BadValue(at=at)
    return low, high


def _nothing(value: object, at: str) -> None:
    if value not in (None, "", []):
        raise BadValue(at=at)


READERS: dict[Is, Callable[[object, str], Value]] = {
    **dict.fromkeys(NUMBERS, read_whole),
    Is.BETWEEN: _between,
    Is.IN: _texts,
    Is.NOT_IN: _texts,
    Is.CONTAINS: read_text,
    Is.BEFORE: read_day,
    Is.SINCE: read_day,
    Is.WITHIN_DAYS: read_days,
    Is.OVER_DAYS_AGO: read_days,
    Is.NEXT_DAYS: read_days,
    Is.YES: _nothing,
    Is.NO: _nothing,
    Is.KNOWN: _nothing,
}


def passes(number: int, test: Comparison) -> bool:
    """Does a number pass a test of numbers?"""
    if isinstance(test.value, tuple):
        return int(test.value[0]) <= number <= int(test.value[1])
    edge = int(test.value)  # type: ignore[arg-type]  # a test of numbers holds one
    return {
        Is.EQUALS: number == edge,
        Is.AT_LEAST: number >= edge,
        Is.AT_MOST: number <= edge,
        Is.MORE_THAN: number > edge,
        Is.LESS_THAN: number < edge,
    }[test.how]
