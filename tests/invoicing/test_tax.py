import itertools
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from invoicing.rules.capitals import capital
from invoicing.rules.tax import (
    MOST_ERROR,
    MOST_LINE_ERROR,
    Goods,
    Nature,
    Policy,
    TaxLine,
    discount_lines,
    level_out,
    merged,
    net_lines,
    tax_of,
    totals,
    unit_price,
)
from tests.scenes.invoicing import CLOTHES, fen_of, goods, vectors

TAX = vectors()["tax"]
RATES = st.sampled_from([0, 100, 300, 500, 600, 900, 1300])


def goods_of(case: dict[str, Any]) -> list[Goods]:
    return [
        Goods(
            name=f"货{index}",
            spec="",
            unit="件",
            quantity=1,
            tax_code=CLOTHES,
            tax_bp=round(float(line["rate"]) * 10_000),
            gross_fen=fen_of(line["gross"]),
            discount_fen=fen_of(line["discount"]),
        )
        for index, line in enumerate(case["lines"])
    ]


def amounts(line: TaxLine) -> tuple[int, int, int]:
    return line.incl_fen, line.ex_fen, line.tax_fen


def told(line: dict[str, str]) -> tuple[int, int, int]:
    return fen_of(line["incl"]), fen_of(line["ex"]), fen_of(line["tax"])


@pytest.mark.parametrize("case", TAX["cases"], ids=lambda case: case["id"])
def test_net_lines_are_those_of_the_vectors(case: dict[str, Any]) -> None:
    lines = net_lines(goods_of(case), fen_of(case["order_discount"]))

    assert [amounts(line) for line in lines] == [
        told(line) for line in case["net_form"] if line["incl"] != "0.00"
    ]
    sums, expected = totals(lines), case["totals"]
    assert (sums.incl_fen, sums.ex_fen, sums.tax_fen) == told(expected)


@pytest.mark.parametrize("case", TAX["cases"], ids=lambda case: case["id"])
def test_discount_lines_are_those_of_the_vectors(case: dict[str, Any]) -> None:
    lines = discount_lines(goods_of(case), fen_of(case["order_discount"]))

    expected = [line for pair in case["discount_line_form"] for line in pair]
    assert [(int(line.nature), *amounts(line)) for line in lines] == [
        (line["nature"], *told(line)) for line in expected
    ]


@pytest.mark.parametrize("case", TAX["many_lines"], ids=lambda case: str(case["lines"]))
def test_many_half_fen_are_levelled_out_below_the_providers_limit(case: dict[str, Any]) -> None:
    one = goods(gross_fen=fen_of(case["price_incl"]))
    tax_bp = round(float(case["rate"]) * 10_000)
    lines = net_lines([Goods(**{**fields(one), "tax_bp": tax_bp})] * case["lines"])
    assert abs(sum(line.error for line in lines)) == fen_of(case["sum_of_line_errors"]) * 10_000

    levelled = level_out(lines)

    assert abs(sum(line.error for line in levelled)) <= MOST_ERROR
    assert totals(levelled).incl_fen == totals(lines).incl_fen
    assert all(abs(line.error) <= MOST_LINE_ERROR for line in levelled)
    assert all(line.ex_fen + line.tax_fen == line.incl_fen for line in levelled)


def fields(of: Goods) -> dict[str, Any]:
    return {name: getattr(of, name) for name in Goods.__dataclass_fields__}


@pytest.mark.parametrize("case", TAX["difference_taxation"], ids=lambda case: case["incl"])
def test_only_a_difference_is_taxed_as_in_the_vectors(case: dict[str, Any]) -> None:
    given = {
        "gross_fen": fen_of(case["incl"]),
        "tax_bp": round(float(case["rate"]) * 10_000),
        "policy": Policy.DIFFERENCE,
        "deduction_fen": fen_of(case["deduction"]),
    }
    [line] = net_lines([Goods(**{**fields(goods()), **given})])

    assert amounts(line) == told(case)


def test_what_is_exempt_has_no_tax() -> None:
    [line] = net_lines([Goods(**{**fields(goods()), "policy": Policy.EXEMPT})])

    assert (line.tax_fen, line.ex_fen, line.tax_bp) == (0, 39_900, 0)


def test_equal_lines_are_merged_before_rounding() -> None:
    three = [goods(gross_fen=4), goods(gross_fen=8, quantity=2), goods(gross_fen=4)]

    [line] = merged(three)

    assert (line.quantity, line.gross_fen) == (4, 16)


def test_a_discounted_line_is_not_merged() -> None:
    assert len(merged([goods(), goods(discount_fen=100), goods(discount_fen=100)])) == 3


def test_the_unit_price_is_without_tax_and_without_needless_zeros() -> None:
    [even, odd] = net_lines([goods(gross_fen=11_300), goods(gross_fen=89_700, quantity=3)])

    assert (unit_price(even), unit_price(odd)) == ("100", "264.60333333")


@given(st.integers(0, 10**9), RATES)
def test_tax_is_within_half_a_fen_of_the_truth(incl_fen: int, tax_bp: int) -> None:
    tax_fen = tax_of(incl_fen, tax_bp)

    assert abs(2 * (incl_fen * tax_bp - tax_fen * (10_000 + tax_bp))) <= 10_000 + tax_bp
    assert tax_of(-incl_fen, tax_bp) == -tax_fen


LINES = st.lists(st.tuples(st.integers(1, 10**6), st.integers(0, 100), RATES), min_size=1)


@given(LINES, st.integers(0, 100))
def test_both_forms_add_up_to_what_was_paid(
    lines: list[tuple[int, int, int]], off_percent: int
) -> None:
    sold = [
        Goods("货", "", "件", 1, CLOTHES, tax_bp, gross, gross * percent // 100)
        for gross, percent, tax_bp in lines
    ]
    cost = sum(line.gross_fen - line.discount_fen for line in sold)
    off = cost * off_percent // 100
    if not cost:
        return
    net, pairs = net_lines(sold, off), discount_lines(sold, off)

    assert totals(net) == totals(pairs)
    assert totals(net).incl_fen == cost - off
    assert all(line.ex_fen + line.tax_fen == line.incl_fen for line in pairs)
    assert all(line.incl_fen > 0 for line in net)
    for before, cut in itertools.pairwise(pairs):
        if cut.nature is Nature.DISCOUNT:
            assert before.nature is Nature.DISCOUNTED
            assert -cut.incl_fen <= before.incl_fen


@pytest.mark.parametrize(
    "case", vectors()["amount_capital"]["cases"], ids=lambda case: case["amount"]
)
def test_capitals_are_those_of_issued_invoices(case: dict[str, Any]) -> None:
    assert capital(fen_of(case["amount"])) == case["capital"]


@given(st.integers(-(10**17), 10**17))
def test_capitals_never_double_a_zero(fen: int) -> None:
    text = capital(fen)

    assert "零零" not in text
    assert not any(f"零{unit}" in text for unit in "万亿拾佰仟整角分")
