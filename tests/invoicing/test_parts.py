"""Splitting: no part over a limit, nothing lost, a discount never alone."""

from collections.abc import Callable
from dataclasses import asdict
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from invoicing.rules.parts import Limits, parts_of
from invoicing.rules.tax import (
    Goods,
    Nature,
    Origin,
    TaxLine,
    discount_lines,
    net_lines,
    read_line,
    totals,
)
from tests.scenes.invoicing import CLOTHES


def some(*amounts: tuple[int, int, int]) -> list[Goods]:
    """(quantity, gross, discount) each, of sale 1."""
    return [
        Goods("货", "", "件", quantity, CLOTHES, 1300, gross, off,
              origins=(Origin(1, str(place), quantity, gross - off),))
        for place, (quantity, gross, off) in enumerate(amounts)
    ]  # fmt: skip


def fen_of_origins(lines: list[TaxLine]) -> int:
    return sum(origin.fen for line in lines for origin in line.origins)


def test_few_small_lines_are_one_part() -> None:
    assert len(parts_of(net_lines(some((1, 100, 0), (2, 300, 0))), Limits())) == 1


def test_more_lines_than_one_invoice_takes_go_onto_the_next() -> None:
    parts = parts_of(net_lines(some(*[(1, 100 + n, 0) for n in range(5)])), Limits(most_lines=2))

    assert [len(part) for part in parts] == [2, 2, 1]


def test_a_discount_stays_behind_its_line() -> None:
    lines = discount_lines(some((1, 1000, 0), (1, 2000, 500), (1, 900, 100)))

    parts = parts_of(lines, Limits(most_lines=2))

    assert [[int(line.nature) for line in part] for part in parts] == [[0], [2, 1], [2, 1]]


def test_a_line_over_the_limit_is_cut_by_pieces() -> None:
    parts = parts_of(net_lines(some((10, 10_000, 0))), Limits(most_fen=3_500))

    assert [[(line.quantity, line.incl_fen) for line in part] for part in parts] == [
        [(3, 3000)], [(3, 3000)], [(3, 3000)], [(1, 1000)],
    ]  # fmt: skip
    assert [part[0].origins[0].quantity for part in parts] == [3, 3, 3, 1]


def test_one_dear_piece_is_cut_by_amount() -> None:
    [first, second] = parts_of(net_lines(some((1, 10_001, 0))), Limits(most_fen=6_000))

    assert [first[0].incl_fen, second[0].incl_fen] == [5001, 5000]
    assert {line.quantity for line in (*first, *second)} == {0}


@settings(max_examples=40)
@given(
    st.lists(
        st.tuples(st.integers(1, 20), st.integers(1, 50_000), st.integers(0, 100)),
        min_size=1,
        max_size=30,
    ),
    st.integers(2, 9),
    st.integers(300, 60_000),
    st.sampled_from([net_lines, discount_lines]),
)
def test_parts_are_the_whole_and_keep_every_limit(
    amounts: list[tuple[int, int, int]],
    most_lines: int,
    most_fen: int,
    form: Callable[[list[Goods]], list[TaxLine]],
) -> None:
    goods = some(*[(number, gross, gross * off // 100) for number, gross, off in amounts])
    lines = form(goods)
    parts = parts_of(lines, Limits(most_lines, most_fen))

    kept = [line for part in parts for line in part]
    assert totals(kept).incl_fen == totals(lines).incl_fen == fen_of_origins(kept)
    for part in parts:
        assert len(part) <= most_lines
        assert totals(part).incl_fen <= most_fen
        assert all(line.ex_fen + line.tax_fen == line.incl_fen for line in part)
        assert part[0].nature is not Nature.DISCOUNT
        for before, line in pairwise(part):
            assert line.nature is not Nature.DISCOUNT or before.nature is Nature.DISCOUNTED


def test_a_kept_line_reads_back() -> None:
    [line] = net_lines(some((2, 500, 0)))

    assert read_line(asdict(line)) == line


@pytest.mark.parametrize("number", [2000, 2001])
def test_two_thousand_lines_are_one_invoice(number: int) -> None:
    lines = net_lines(some(*[(1, 100 + n, 0) for n in range(number)]))

    assert len(parts_of(lines, Limits())) == number // 2000 + (number > 2000)
