"""An interval drawn: where 0 lies, where the difference, and how far both may be from the truth."""

from dataclasses import dataclass

from crm.journeys.queries import Lift

WIDTH, MARGIN = 360, 12


@dataclass(frozen=True, slots=True)
class Span:
    """Places on a line of `WIDTH` units."""

    low: int
    high: int
    dot: int
    zero: int


def span_of(lift: Lift) -> Span | None:
    """None: there is no interval to draw."""
    if lift.low is None or lift.high is None:
        return None
    least, most = min(lift.low, 0.0), max(lift.high, 0.0)
    room = (most - least) or 1.0

    def x(value: float) -> int:
        return MARGIN + round((value - least) / room * (WIDTH - 2 * MARGIN))

    return Span(x(lift.low), x(lift.high), x(lift.difference), x(0.0))
