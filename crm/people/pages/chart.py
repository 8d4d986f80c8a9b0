"""A bar chart as numbers: the template draws it, and the same rows stand in a table beside it."""

from collections.abc import Sequence
from dataclasses import dataclass

PLOT, ROW = 360, 48  # the width, and the height of a label with its bar below, in SVG units


@dataclass(frozen=True, slots=True)
class Bar:
    label: str
    amount: int
    y: int
    width: int


@dataclass(frozen=True, slots=True)
class BarChart:
    bars: tuple[Bar, ...]
    width: int
    height: int


def bar_chart(rows: Sequence[tuple[str, int]]) -> BarChart:
    """Bars from 0 to the largest amount; nothing below zero is drawn to the left."""
    top = max((amount for _, amount in rows), default=0) or 1
    bars = tuple(
        Bar(label, amount, index * ROW, max(amount, 0) * PLOT // top)
        for index, (label, amount) in enumerate(rows)
    )
    return BarChart(bars, PLOT, max(len(bars), 1) * ROW)
