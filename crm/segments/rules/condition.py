"""The language of conditions, as frozen values. A condition is true or not of one member at a time.

`parsing` makes them of data, `compiling` makes SQL of them; nothing else is ever a condition.
"""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

Value = int | str | bool | date | tuple[str, ...] | tuple[int, int] | None


class Is(StrEnum):
    """How a value is compared."""

    EQUALS = "equals"
    AT_LEAST = "at_least"
    AT_MOST = "at_most"
    MORE_THAN = "more_than"
    LESS_THAN = "less_than"
    BETWEEN = "between"  # both ends count
    IN = "in"
    NOT_IN = "not_in"  # has a value, and it is none of these
    CONTAINS = "contains"
    YES = "yes"
    NO = "no"
    BEFORE = "before"  # the day itself does not count
    SINCE = "since"  # the day itself counts
    WITHIN_DAYS = "within_days"  # in the last n days
    OVER_DAYS_AGO = "over_days_ago"
    NEXT_DAYS = "next_days"  # in the n days to come
    KNOWN = "known"  # has a value at all


class Measure(StrEnum):
    """What is counted of the times a happening took place."""

    COUNT = "count"  # times
    DAYS = "days"  # different days
    SUM = "sum"  # of an attribute


@dataclass(frozen=True, slots=True)
class Comparison:
    how: Is
    value: Value = None


@dataclass(frozen=True, slots=True)
class Everyone:
    pass


@dataclass(frozen=True, slots=True)
class All:
    parts: tuple["Condition", ...]


@dataclass(frozen=True, slots=True)
class Any:
    parts: tuple["Condition", ...]


@dataclass(frozen=True, slots=True)
class Not:
    part: "Condition"


@dataclass(frozen=True, slots=True)
class HasTrait:
    """A member without a value fails every test of it."""

    trait: str
    test: Comparison


@dataclass(frozen=True, slots=True)
class Window:
    """When a happening counts: the last `within_days` x 24 hours, or shop days, both included."""

    within_days: int | None = None
    since: date | None = None
    until: date | None = None


@dataclass(frozen=True, slots=True)
class Step:
    """Times of a happening whose attributes pass every test."""

    happening: str
    where: tuple[tuple[str, Comparison], ...] = ()
    window: Window = Window()


@dataclass(frozen=True, slots=True)
class Did:
    """How often or how much. Who never did it counts as 0, so `at_most 2` holds for them."""

    step: Step
    measure: Measure
    of: str
    test: Comparison


@dataclass(frozen=True, slots=True)
class Sequence:
    """Each step strictly after one of the step before it, and at most `in_days` x 24 h later."""

    steps: tuple[Step, ...]
    in_days: int


@dataclass(frozen=True, slots=True)
class InSegment:
    """Was in another segment when that was last brought up to date."""

    code: str


Leaf = HasTrait | Did | Sequence | InSegment
Condition = Everyone | All | Any | Not | Leaf


def leaves(condition: Condition) -> list[Leaf]:
    """Each different leaf once, in the order of reading."""
    match condition:
        case All(parts) | Any(parts):
            found = [leaf for part in parts for leaf in leaves(part)]
        case Not(part):
            found = leaves(part)
        case Everyone():
            found = []
        case _:
            found = [condition]
    return list(dict.fromkeys(found))


def segments_in(condition: Condition) -> list[str]:
    """The codes of the segments it is made of."""
    return [leaf.code for leaf in leaves(condition) if isinstance(leaf, InSegment)]
