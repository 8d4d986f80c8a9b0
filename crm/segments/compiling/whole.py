"""Whole statements of one condition: how many, and who."""

from collections.abc import Sequence as Listed
from dataclasses import dataclass
from datetime import datetime
from typing import Any as Anything

from core.audience import populations
from crm.segments.compiling.comparing import Values
from crm.segments.compiling.sources import grouped, is_turned, source
from crm.segments.rules.condition import All, Any, Condition, Everyone, Leaf, Not, leaves

NOBODY = "SELECT NULL::bigint AS member_id WHERE false"


@dataclass(frozen=True, slots=True)
class Compiled:
    text: str
    values: list[Anything]


@dataclass(frozen=True, slots=True)
class Frame:
    """FROM … of all sources, and where each leaf's answer stands."""

    text: str
    places: dict[Leaf, str]


def narrowed(members: Listed[int] | None, values: Values) -> str:
    """Which members are asked about, as text with {m}."""
    if members is None:
        return "{m} IS NOT NULL"
    return f"{{m}} = ANY({values.add(tuple(members), 'bigint[]')})"


def population(only: str) -> str:
    """Everybody who can be in an audience."""
    found = populations[0] if populations else NOBODY
    return f"SELECT member_id FROM ({found}) AS p WHERE {only.format(m='member_id')}"  # noqa: S608


def _frame(condition: Condition, values: Values, members: Listed[int] | None) -> Frame:
    only = narrowed(members, values)
    text = f"FROM ({population(only)}) AS m"
    every = leaves(condition)
    places: dict[Leaf, str] = {}
    for n, alike in enumerate(grouped(every)):
        found = source(alike, values, only)
        text += f" LEFT JOIN ({found.text}) AS s{n} ON s{n}.member_id = m.member_id"
        places |= {leaf: f"s{n}.l{k}" for k, leaf in enumerate(found.leaves)}
    return Frame(text, places)


def _expression(condition: Condition, places: dict[Leaf, str]) -> str:
    """Every leaf is made TRUE or not: no unknown survives a NOT."""
    match condition:
        case Everyone():
            return "TRUE"
        case All(parts):
            return f"({' AND '.join(_expression(part, places) for part in parts)})"
        case Any(parts):
            return f"({' OR '.join(_expression(part, places) for part in parts)})"
        case Not(part):
            return f"(NOT {_expression(part, places)})"
        case _:
            return f"({places[condition]} IS {'NOT ' if is_turned(condition) else ''}TRUE)"


def compile_count(condition: Condition, at: datetime) -> Compiled:
    """One row: `count`."""
    values = Values(at)
    frame = _frame(condition, values, None)
    where = _expression(condition, frame.places)
    return Compiled(f"SELECT count(*) AS count {frame.text} WHERE {where}", values.given)


def compile_members(
    condition: Condition, at: datetime, members: Listed[int] | None = None
) -> Compiled:
    """Rows of member_id, in no order; `members` narrows who is asked about."""
    values = Values(at)
    frame = _frame(condition, values, members)
    where = _expression(condition, frame.places)
    return Compiled(f"SELECT m.member_id {frame.text} WHERE {where}", values.given)
