"""Charts as numbers: `charts.html` draws them as SVG, with the same rows in a table beside."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from core.money import yuan

BAR_WIDTH, BAR_ROW = 360, 48  # SVG units; a row is a label with its bar below
LINE_WIDTH, LINE_HEIGHT, LEFT, FOOT, HEAD = 720, 240, 64, 26, 10
FUNNEL_WIDTH, FUNNEL_ROW = 360, 56
MOST_SERIES = 4  # more lines than that nobody tells apart
MOST_LABELS = 12


class Unit(StrEnum):
    COUNT = "count"
    FEN = "fen"
    BP = "bp"  # 1/10000, shown in per cent


@dataclass(frozen=True, slots=True)
class Point:
    """`href` is where a click on it leads: the members, orders or days it stands for."""

    label: str
    value: int
    href: str = ""


@dataclass(frozen=True, slots=True)
class Series:
    """One line; its points belong to the labels of the chart, in the same order."""

    name: str
    points: tuple[Point, ...]


@dataclass(frozen=True, slots=True)
class Mark:
    """A point where it is drawn: the bar's or circle's place, and its words."""

    label: str
    text: str
    href: str
    x: int
    y: int
    width: int = 0
    share: str = ""


@dataclass(frozen=True, slots=True)
class BarChart:
    bars: tuple[Mark, ...]
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class Line:
    name: str
    path: str
    marks: tuple[Mark, ...]


@dataclass(frozen=True, slots=True)
class LineChart:
    lines: tuple[Line, ...]
    labels: tuple[Mark, ...]
    grid: tuple[Mark, ...]
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class FunnelChart:
    steps: tuple[Mark, ...]
    width: int
    height: int


def said(value: int, unit: Unit) -> str:
    """`¥1,299.00`, `12.50%` or `1,024`."""
    if unit is Unit.FEN:
        return f"¥{yuan(value)}"
    return f"{value / 100:.2f}%" if unit is Unit.BP else f"{value:,}"


def bar_chart(points: Sequence[Point], unit: Unit = Unit.COUNT) -> BarChart:
    """Bars from 0 to the largest value, in the given order; nothing is drawn below zero."""
    top = max((point.value for point in points), default=0) or 1
    bars = tuple(
        Mark(
            point.label,
            said(point.value, unit),
            point.href,
            0,
            index * BAR_ROW,
            max(point.value, 0) * BAR_WIDTH // max(top, 1),
        )
        for index, point in enumerate(points)
    )
    return BarChart(bars, BAR_WIDTH, max(len(bars), 1) * BAR_ROW)


def line_chart(series: Sequence[Series], unit: Unit = Unit.COUNT) -> LineChart:
    """Lines over common labels, from 0 (or the least value below it) to a round number on top.

    Raises ValueError for more than four series, or series of unequal length.
    """
    if len(series) > MOST_SERIES or len({len(one.points) for one in series}) > 1:
        raise ValueError("a chart shows up to four lines of equal length")
    values = [point.value for one in series for point in one.points]
    low, high = min([0, *values]), _round_top(max([1, *values]))
    floor = -_round_top(-low) if low < 0 else 0

    def y_of(value: int) -> int:
        room = LINE_HEIGHT - HEAD - FOOT
        return HEAD + room - (value - floor) * room // (high - floor)

    grid = tuple(
        Mark("", said(value, unit), "", LEFT, y_of(value))
        for value in sorted({floor, 0, high // 2, high})
    )
    lines = tuple(_line(one, unit, y_of) for one in series)
    return LineChart(lines, _labels(series), grid, LINE_WIDTH, LINE_HEIGHT)


def _x_of(index: int, count: int) -> int:
    return LEFT + 10 + index * (LINE_WIDTH - LEFT - 50) // max(count - 1, 1)


def _line(one: Series, unit: Unit, y_of: Callable[[int], int]) -> Line:
    count = len(one.points)
    marks = tuple(
        Mark(point.label, said(point.value, unit), point.href, _x_of(at, count), y_of(point.value))
        for at, point in enumerate(one.points)
    )
    return Line(one.name, " ".join(f"{mark.x},{mark.y}" for mark in marks), marks)


def _labels(series: Sequence[Series]) -> tuple[Mark, ...]:
    points = series[0].points if series else ()
    step = -(-len(points) // MOST_LABELS) or 1
    return tuple(
        Mark(point.label, "", "", _x_of(at, len(points)), LINE_HEIGHT - 8)
        for at, point in enumerate(points)
        if at % step == 0
    )


def _round_top(value: int) -> int:
    """The next of 1, 2, 4, 5, 10, 20, 40, 50, 100 … that is not below `value`, at least 4."""
    power = 1
    while True:
        for lead in (1, 2, 4, 5):
            if value <= lead * power and lead * power >= 4:
                return lead * power
        power *= 10


def funnel_chart(steps: Sequence[Point], unit: Unit = Unit.COUNT) -> FunnelChart:
    """Each step as wide as its share of the largest, and its share of the step before in words."""
    top = max((step.value for step in steps), default=0) or 1
    marks = []
    for index, step in enumerate(steps):
        width = max(step.value, 0) * FUNNEL_WIDTH // top
        before = steps[index - 1].value if index else 0
        share = f"{step.value / before:.1%}" if before > 0 else ""
        x = (FUNNEL_WIDTH - width) // 2
        text = said(step.value, unit)
        marks.append(Mark(step.label, text, step.href, x, index * FUNNEL_ROW, width, share))
    return FunnelChart(tuple(marks), FUNNEL_WIDTH, max(len(marks), 1) * FUNNEL_ROW)
