"""One comparison as SQL text: the operators are ours, the values are parameters."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta
from typing import Any

from core.audience import Kind
from core.clock import SHOP_ZONE, shop_day
from crm.segments.rules.condition import Comparison, Is

TYPES = {
    Kind.NUMBER: "bigint",
    Kind.FEN: "bigint",
    Kind.TEXT: "text",
    Kind.CHOICE: "text",
    Kind.FLAG: "boolean",
    Kind.DAY: "date",
    Kind.MOMENT: "timestamptz",
}
COMPARED = {
    Is.EQUALS: "{c} = {v}",
    Is.AT_LEAST: "{c} >= {v}",
    Is.AT_MOST: "{c} <= {v}",
    Is.MORE_THAN: "{c} > {v}",
    Is.LESS_THAN: "{c} < {v}",
    Is.BEFORE: "{c} < {v}",
    Is.SINCE: "{c} >= {v}",
    Is.CONTAINS: "position({v} IN {c}) > 0",
}
BARE = {Is.KNOWN: "{c} IS NOT NULL", Is.YES: "{c}", Is.NO: "NOT {c}"}


@dataclass
class Values:
    """The parameters of one statement, each written once. `at` is the moment it asks about."""

    at: datetime
    given: list[Any] = field(default_factory=list)
    _places: dict[tuple[str, Any], str] = field(default_factory=dict)

    def add(self, value: Any, kind: str) -> str:
        """The place of a value in the text, as `$3::bigint`."""
        asked = (kind, tuple(value) if isinstance(value, list) else value)
        if asked not in self._places:
            self.given.append(list(value) if isinstance(value, tuple) else value)
            self._places[asked] = f"${len(self.given)}::{kind}"
        return self._places[asked]


def day_start(day: Any) -> datetime:
    """The moment a shop day begins."""
    return datetime.combine(day, time.min, SHOP_ZONE).astimezone(UTC)


def compare(
    column: str, kind: Kind, test: Comparison, values: Values, *, is_many: bool = False
) -> str:
    """The text of a comparison of `column`; where it `is_many` the column is an array of text."""
    if test.how in BARE:
        return BARE[test.how].format(c=column)
    if test.how in {Is.IN, Is.NOT_IN}:
        among = values.add(test.value, "text[]")
        found = f"{column} && {among}" if is_many else f"{column} = ANY({among})"
        return found if test.how is Is.IN else f"NOT ({found})"
    if test.how is Is.BETWEEN:
        low, high = (values.add(end, "bigint") for end in test.value)  # type: ignore[union-attr]
        return f"{column} BETWEEN {low} AND {high}"
    if kind in {Kind.DAY, Kind.MOMENT}:
        return _compare_time(column, kind, test, values)
    return COMPARED[test.how].format(c=column, v=values.add(test.value, TYPES[kind]))


def _compare_time(column: str, kind: Kind, test: Comparison, values: Values) -> str:
    how, value = test.how, test.value
    if how in COMPARED:
        edge = value if kind is Kind.DAY else day_start(value)
        return COMPARED[how].format(c=column, v=values.add(edge, TYPES[kind]))
    span = timedelta(days=int(value))  # type: ignore[arg-type]  # read_days made it a number
    today = shop_day(values.at) if kind is Kind.DAY else values.at
    edge = today + span if how is Is.NEXT_DAYS else today - span
    there = values.add(edge, TYPES[kind])
    if how is Is.OVER_DAYS_AGO:
        return f"{column} < {there}"
    here = values.add(today, TYPES[kind])
    low, high = (here, there) if how is Is.NEXT_DAYS else (there, here)
    return f"{column} BETWEEN {low} AND {high}"
