from fractions import Fraction
from math import floor

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.money import share_bp, split_fen, yuan


@given(
    total=st.integers(0, 10**12),
    weights=st.lists(st.integers(0, 10**9), min_size=1).filter(any),
)
def test_a_split_loses_and_invents_nothing(total: int, weights: list[int]) -> None:
    parts = split_fen(total, weights)
    assert sum(parts) == total
    assert all(part >= 0 for part in parts)
    assert all(part == 0 for part, weight in zip(parts, weights, strict=True) if weight == 0)


@pytest.mark.parametrize(
    ("fen", "text"), [(0, "0.00"), (5, "0.05"), (-1230, "-12.30"), (123_456_789, "1,234,567.89")]
)
def test_yuan_is_what_people_read(fen: int, text: str) -> None:
    assert yuan(fen) == text


@given(fen=st.integers(0, 10**12), rate_bp=st.integers(0, 10_000))
def test_a_share_is_rounded_half_up_and_never_more_than_the_whole(fen: int, rate_bp: int) -> None:
    exact = Fraction(fen * rate_bp, 10_000)
    assert share_bp(fen, rate_bp) == floor(exact + Fraction(1, 2))
    assert share_bp(fen, rate_bp) <= fen
