"""What a campaign was worth: treated against held out, with a 95 % interval. docs/why/lift.md.

Everybody drawn counts, told or not (intention to treat): else the groups were no longer alike.
"""

from dataclasses import dataclass
from math import sqrt

Z = 1.959963984540054  # of 95 %, two-sided


@dataclass(frozen=True, slots=True)
class Group:
    """`people` drawn; `reached` the goal.

    `total` and `squares`: sum of a value and of its squares over `valued` people (all of the group,
    or those who bought, as the measure says).
    """

    people: int
    reached: int = 0
    valued: int = 0
    total: int = 0
    squares: int = 0

    @property
    def rate(self) -> float:
        return self.reached / self.people if self.people else 0.0

    @property
    def mean(self) -> float:
        return self.total / self.valued if self.valued else 0.0

    @property
    def variance(self) -> float:
        """Of one value, unbiased; 0 under two values."""
        if self.valued < 2:
            return 0.0
        return max(0.0, (self.squares - self.total * self.mean) / (self.valued - 1))


@dataclass(frozen=True, slots=True)
class Lift:
    """`difference` is treated minus held out, between `low` and `high` with 95 % confidence.

    `relative` is the difference over the held-out value; None where that is 0. Without an interval
    (`low` is None) there are too few people to say anything.
    """

    difference: float
    relative: float | None
    low: float | None
    high: float | None

    @property
    def is_sure(self) -> bool:
        """The interval leaves 0 out."""
        return self.low is not None and self.high is not None and not self.low <= 0 <= self.high


def lift_of(treated: Group, held: Group, *, is_rate: bool) -> Lift:
    """Of two rates by Newcombe's hybrid score, of two means by Welch's normal interval."""
    if is_rate:
        difference, base = treated.rate - held.rate, held.rate
        low, high = _newcombe(treated, held) if treated.people and held.people else (None, None)
    else:
        difference, base = treated.mean - held.mean, held.mean
        low, high = _welch(treated, held) if min(treated.valued, held.valued) > 1 else (None, None)
    return Lift(difference, difference / base if base else None, low, high)


def wilson(successes: int, people: int) -> tuple[float, float]:
    """The score interval of one rate; good for few people and for rates near 0 or 1."""
    rate, spread = successes / people, Z * Z / people
    centre = (rate + spread / 2) / (1 + spread)
    half = Z * sqrt(rate * (1 - rate) / people + spread / (4 * people)) / (1 + spread)
    return max(0.0, centre - half), min(1.0, centre + half)


def _newcombe(treated: Group, held: Group) -> tuple[float, float]:
    low_t, high_t = wilson(treated.reached, treated.people)
    low_h, high_h = wilson(held.reached, held.people)
    difference = treated.rate - held.rate
    down = sqrt((treated.rate - low_t) ** 2 + (high_h - held.rate) ** 2)
    up = sqrt((high_t - treated.rate) ** 2 + (held.rate - low_h) ** 2)
    return difference - down, difference + up


def _welch(treated: Group, held: Group) -> tuple[float, float]:
    error = sqrt(treated.variance / treated.valued + held.variance / held.valued)
    difference = treated.mean - held.mean
    return difference - Z * error, difference + Z * error
