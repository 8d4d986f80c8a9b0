"""The portrait of an audience (人群画像): how its members spread over the values of their traits.

Looked at are at most 2,000 of them, evenly drawn by id; the page says so.
"""

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from core.audience import Kind, Trait, choices_of, traits
from core.money import yuan
from core.web.charts import BarChart, Point, Unit, bar_chart
from crm.segments.queries import SegmentView, spread_of

SHOWN = (
    "people.entrance",
    "tiers.tier",
    "people.gender",
    "orders.count",
    "orders.basket",
    "orders.discount_share",
    "lifecycle.stage",
    "people.store",
)
MOST = 8


@dataclass(frozen=True, slots=True)
class Portrait:
    id: str
    title: str
    chart: BarChart


async def portrait(kept: SegmentView, language: str) -> list[Portrait]:
    """A chart for each known trait of the list that its members have values of."""
    found = []
    for name in SHOWN:
        trait = traits.get(name)
        rows = await spread_of(kept.code, name, most=MOST) if trait else []
        if trait and rows:
            english = language == "en"
            points = [
                Point(
                    await _label(trait, low, high, english), count, _leads_to(kept, name, low, high)
                )
                for low, high, count in rows
            ]
            title = trait.en if english else trait.zh
            found.append(Portrait(name.replace(".", "-"), title, bar_chart(points, Unit.COUNT)))
    return found


def _leads_to(kept: SegmentView, trait: str, low: str, high: str) -> str:
    """The builder with this segment and the bar's values: its members, and a segment to keep."""
    asked = {"within": kept.code, "trait": trait, "low": low, "high": high}
    return f"/console/segments/new?{urlencode(asked)}"


def bar_of(within: str, trait_name: str, low: str, high: str) -> dict[str, Any] | None:
    """The conditions a bar stands for, or None for a trait that is none."""
    trait = traits.get(trait_name)
    if trait is None or not within:
        return None
    part: dict[str, Any] = {"trait": trait_name, "is": "in", "value": [low]}
    if trait.kind in {Kind.NUMBER, Kind.FEN}:
        is_whole = low.lstrip("-").isdecimal() and high.lstrip("-").isdecimal()
        ends = [int(low[:16]), int(high[:16])] if is_whole else [0, 0]
        part |= {"is": "between", "value": ends}
    elif trait.kind is Kind.FLAG:
        part = {"trait": trait_name, "is": "yes" if low == "true" else "no"}
    return {"all": [{"segment": within}, part]}


async def _label(trait: Trait, low: str, high: str, english: bool) -> str:  # noqa: FBT001
    if trait.kind in {Kind.FEN, Kind.NUMBER}:
        ends = [f"¥{yuan(int(end))}" if trait.kind is Kind.FEN else end for end in (low, high)]
        return " – ".join(dict.fromkeys(ends))
    if trait.kind is Kind.FLAG:
        return ("yes" if english else "是") if low == "true" else ("no" if english else "否")
    for choice in await choices_of(trait):
        if choice.value == low:
            return choice.en if english else choice.zh
    return low
