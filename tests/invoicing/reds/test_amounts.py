"""Partial reds: running totals, never a fen too much, nothing left at the end."""

from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.money import yuan
from invoicing.reds.errors import NothingToTakeBack
from invoicing.reds.rules.amounts import (
    BlueLine,
    Take,
    allocated,
    folded,
    of_amount,
    of_pieces,
    placed,
    taken,
)
from invoicing.rules.tax import Origin, discount_lines, net_lines, tax_of
from tests.scenes.invoicing import CLOTHES, fen_of, goods, vectors

SALE = 40


def a_line(
    incl_fen: int, *, quantity: int = 3, tax_bp: int = 1300, line_no: int = 1, invoice_id: int = 1
) -> BlueLine:
    return BlueLine(
        invoice_id=invoice_id,
        line_no=line_no,
        sale_id=SALE,
        name="羊绒围巾",
        spec="烟灰",
        unit="条",
        quantity=Decimal(quantity),
        tax_code=CLOTHES,
        tax_bp=tax_bp,
        incl_fen=incl_fen,
        tax_fen=tax_of(incl_fen, tax_bp),
        sold=((str(line_no), Decimal(quantity)),),
    )


def came(pieces: int, *, line: str = "1") -> dict[tuple[int, str], Decimal]:
    return {(SALE, line): Decimal(pieces)}


@pytest.mark.parametrize("vector", vectors()["tax"]["partial_red"])
def test_partial_reds_are_those_of_the_vectors(vector: dict[str, Any]) -> None:
    blue = vector["blue"]
    line = BlueLine(
        invoice_id=1,
        line_no=1,
        sale_id=SALE,
        name="货物",
        spec="",
        unit="件",
        quantity=Decimal(blue["qty"]),
        tax_code=CLOTHES,
        tax_bp=int(Decimal(blue["rate"]) * 10_000),
        incl_fen=fen_of(blue["incl"]),
        tax_fen=fen_of(blue["tax"]),
    )
    for pieces, red in zip(vector["returned"], vector["reds"], strict=True):
        take = of_pieces(line, Decimal(pieces))
        line = taken(line, take)
        assert (-take.incl_fen, -take.tax_fen, -take.ex_fen) == (
            fen_of(red["incl"]),
            fen_of(red["tax"]),
            fen_of(red["ex"]),
        )

    assert (line.left_fen, line.tax_fen - line.red_tax_fen) == (0, 0)


def test_a_discount_line_is_folded_into_its_line_and_keeps_the_number() -> None:
    lines = discount_lines([goods(gross_fen=10_000, discount_fen=1_000), goods(gross_fen=5_000)])

    blue = folded(7, SALE, lines)

    assert [(line.line_no, line.incl_fen) for line in blue] == [(1, 9_000), (3, 5_000)]
    assert blue[0].tax_fen == tax_of(9_000, 1300)


def test_a_line_of_two_sales_is_taken_back_for_each_by_itself() -> None:
    both = (Origin(40, "1", 2, 2_000), Origin(41, "7", 1, 1_000))
    [line] = net_lines([replace(goods(gross_fen=3_001, quantity=3), origins=both)])

    ours, theirs = folded(7, SALE, [line])

    assert (ours.sale_id, ours.incl_fen, int(ours.quantity)) == (40, 2_001, 2)
    assert (theirs.sale_id, theirs.incl_fen, int(theirs.quantity)) == (41, 1_000, 1)
    assert ours.tax_fen + theirs.tax_fen == line.tax_fen
    assert placed([ours, theirs], {(41, "7"): Decimal(1)}) == {theirs.place: Decimal(1)}


def test_pieces_of_a_line_split_over_two_invoices_are_found_where_there_is_room() -> None:
    first = replace(a_line(4_000, quantity=2), red_quantity=Decimal(1))
    second = replace(a_line(6_000), invoice_id=2)

    assert placed([first, second], came(3)) == {
        first.place: Decimal(1),
        second.place: Decimal(2),
    }


def test_pieces_that_came_back_are_named_and_other_lines_are_left_alone() -> None:
    lines = [a_line(9_000), a_line(5_000, line_no=2)]

    [take] = allocated(lines, 6_000, came(2))

    assert (take.line.line_no, int(take.quantity), take.incl_fen) == (1, 2, 6_000)


def test_a_fen_of_rounding_leaves_the_pieces_named() -> None:
    [take] = allocated([a_line(9_001)], 3_001, came(1))

    assert (int(take.quantity), take.incl_fen) == (1, 3_001)


def test_less_money_than_the_pieces_are_worth_lowers_the_amount_only() -> None:
    [take] = allocated([a_line(9_000)], 2_000, came(1))

    assert (int(take.quantity), take.incl_fen) == (0, 2_000)


def test_a_price_reduction_goes_over_all_lines_by_what_is_left() -> None:
    takes = allocated([a_line(9_000), a_line(3_000, line_no=2)], 400)

    assert [(int(take.quantity), take.incl_fen) for take in takes] == [(0, 300), (0, 100)]


def test_all_that_is_left_takes_the_pieces_too() -> None:
    lines = [a_line(9_000), a_line(3_000, line_no=2, invoice_id=2)]

    takes = allocated(lines, 12_000)

    assert [(take.line.place, int(take.quantity)) for take in takes] == [
        ((1, 1, SALE), 3),
        ((2, 2, SALE), 3),
    ]


@pytest.mark.parametrize("fen", [0, -1, 9_001])
def test_more_than_is_left_is_refused(fen: int) -> None:
    with pytest.raises(NothingToTakeBack):
        allocated([a_line(9_000)], fen)


LINES = st.lists(
    st.tuples(
        st.integers(1, 500_000), st.integers(1, 9), st.sampled_from([0, 100, 300, 600, 900, 1300])
    ),
    min_size=1,
    max_size=5,
)


@given(shape=LINES, asks=st.lists(st.tuples(st.integers(1, 400_000), st.integers(0, 5))))
@settings(max_examples=20)
def test_whatever_is_given_back_reds_never_exceed_the_blue_and_end_at_nothing(
    shape: list[tuple[int, int, int]], asks: list[tuple[int, int]]
) -> None:
    lines = {
        (1, no, SALE): a_line(incl, quantity=quantity, tax_bp=rate, line_no=no)
        for no, (incl, quantity, rate) in enumerate(shape, start=1)
    }
    for fen, pieces in [*asks, (10**9, 0)]:
        left = sum(line.left_fen for line in lines.values())
        if not left:
            break
        takes = allocated(list(lines.values()), min(fen, left), came(pieces))
        assert sum(take.incl_fen for take in takes) == min(fen, left)
        for take in takes:
            check(take)
            lines[take.line.place] = taken(take.line, take)

    for line in lines.values():
        assert (line.left_fen, line.red_tax_fen) == (0, line.tax_fen)


def check(take: Take) -> None:
    after = taken(take.line, take)
    assert take.incl_fen >= 0
    assert take.tax_fen >= 0
    assert take.ex_fen >= 0
    assert 0 <= after.red_tax_fen <= after.tax_fen
    assert after.left_fen >= after.tax_fen - after.red_tax_fen
    assert 0 <= after.red_quantity <= after.quantity


@given(incl=st.integers(1, 10**7), quantity=st.integers(1, 9), data=st.data())
@settings(max_examples=20)
def test_piece_by_piece_or_by_amount_each_tax_is_within_six_fen(
    incl: int, quantity: int, data: st.DataObject
) -> None:
    """The bureau refuses a line whose tax is further than 0.06 yuan from its rate."""
    line = a_line(incl, quantity=quantity)
    while line.left_fen:
        by_pieces = data.draw(st.booleans())
        amount = data.draw(st.integers(-(-line.left_fen // 3), line.left_fen))
        take = of_pieces(line, Decimal(1)) if by_pieces else of_amount(line, amount)
        if not take.incl_fen:
            take = of_amount(line, line.left_fen)
        assert abs(take.ex_fen * line.tax_bp - take.tax_fen * 10_000) <= 6 * 10_000
        line = taken(line, take)


def test_the_worked_numbers_of_the_page_are_worked_out_again() -> None:
    page = (Path(__file__).parents[3] / "docs/why/red-letters.md").read_text("utf-8")
    line = replace(a_line(364_027, quantity=7), tax_fen=10_603)
    for pieces in (4, 1, 2):
        take = of_pieces(line, Decimal(pieces))
        line = taken(line, take)
        row = (
            f"| {line.red_quantity:f} of 7 | {yuan(line.red_incl_fen)} | {yuan(take.incl_fen)}"
            f" | {yuan(line.red_tax_fen)} | {yuan(take.tax_fen)} |"
        )
        assert row in page
