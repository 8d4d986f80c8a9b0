"""Charts: true proportions, links, and the same numbers in a table."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.web.charts import (
    BAR_WIDTH,
    FUNNEL_WIDTH,
    LINE_HEIGHT,
    Point,
    Series,
    Unit,
    bar_chart,
    funnel_chart,
    line_chart,
    said,
)
from core.web.i18n import translator
from core.web.pages import environment

values = st.lists(st.integers(min_value=-(10**12), max_value=10**12), min_size=1, max_size=40)


def drawn(macro: str, chart: object) -> str:
    source = "{% from 'charts.html' import MACRO with context %}{{ MACRO(chart, 'c', 'T') }}"
    template = environment().from_string(source.replace("MACRO", macro))
    return template.render(chart=chart, _=translator("zh"))


def points(amounts: list[int]) -> list[Point]:
    return [Point(f"<{i}>", amount, f"/console/members?i={i}") for i, amount in enumerate(amounts)]


@given(values)
def test_bars_are_as_long_as_their_values_and_never_longer_than_the_plot(
    amounts: list[int],
) -> None:
    bars = bar_chart(points(amounts)).bars
    top = max(*amounts, 0) if len(amounts) > 1 else max(amounts[0], 0)

    assert [bar.width for bar in bars] == [
        max(amount, 0) * BAR_WIDTH // (top or 1) for amount in amounts
    ]


@given(values)
def test_lines_stay_in_the_picture_and_higher_values_stand_higher(amounts: list[int]) -> None:
    [line] = line_chart([Series("a", tuple(points(amounts)))]).lines
    by_value = sorted(zip(amounts, line.marks, strict=True), key=lambda pair: pair[0])

    assert all(0 <= mark.y <= LINE_HEIGHT for mark in line.marks)
    assert [mark.y for _, mark in by_value] == sorted((m.y for m in line.marks), reverse=True)


@given(values)
def test_a_step_of_a_funnel_is_never_wider_than_the_widest(amounts: list[int]) -> None:
    assert all(
        step.x >= 0 and 0 <= step.width <= FUNNEL_WIDTH
        for step in funnel_chart(points(amounts)).steps
    )


@pytest.mark.parametrize("macro", ["bar_chart", "funnel_chart"])
def test_bars_lead_to_what_they_stand_for_and_the_table_says_the_same(macro: str) -> None:
    make = bar_chart if macro == "bar_chart" else funnel_chart
    html = drawn(macro, make(points([30, 1200])))
    picture, table = html.split("</svg>")

    assert re.findall(r'<a href="([^"]+)"', picture) == re.findall(r'<a href="([^"]+)"', table)
    assert "1,200" in picture
    assert "1,200" in table
    assert "&lt;0&gt;" in html
    assert "<0>" not in html
    assert re.search(r"\sstyle=|<style|<script|\son\w+=", html) is None


def test_a_line_chart_has_its_numbers_in_a_table_too() -> None:
    days = tuple(Point(f"11-{day:02}", day * 100, f"/d/{day}") for day in range(1, 31))
    html = drawn("line_chart", line_chart([Series("甲", days), Series("乙", days)], Unit.FEN))

    assert html.count("¥30.00") >= 4  # two circles, two cells
    assert len(re.findall(r"<tr>", html)) == 31


def test_more_lines_than_one_can_tell_apart_are_refused() -> None:
    with pytest.raises(ValueError, match="four lines"):
        line_chart([Series(str(i), ()) for i in range(5)])


def test_an_empty_chart_says_so() -> None:
    assert "还没有数据" in drawn("bar_chart", bar_chart([]))
    assert "还没有数据" in drawn("line_chart", line_chart([Series("a", ())]))


@pytest.mark.parametrize(
    ("value", "unit", "text"),
    [(129900, Unit.FEN, "¥1,299.00"), (1250, Unit.BP, "12.50%"), (1024, Unit.COUNT, "1,024")],
)
def test_numbers_are_said_in_their_unit(value: int, unit: Unit, text: str) -> None:
    assert said(value, unit) == text
