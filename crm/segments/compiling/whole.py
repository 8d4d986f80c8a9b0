"""Whole statements: how many, who, and of several segments at once who is in which."""

from collections.abc import Mapping
from collections.abc import Sequence as Listed
from dataclasses import dataclass
from datetime import datetime
from typing import Any as Anything

from core.audience import populations
from crm.segments.compiling.comparing import Values
from crm.segments.compiling.sources import is_turned, sources_of
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


def _frame(asked: Listed[Condition], values: Values, members: Listed[int] | None) -> Frame:
    only = "{m} IS NOT NULL"
    if members is not None:
        only = f"{{m}} = ANY({values.add(tuple(members), 'bigint[]')})"
    population = populations[0] if populations else NOBODY
    text = f"""
    FROM (SELECT member_id FROM ({population}) AS p WHERE {only.format(m="member_id")}) AS m
    """  # noqa: S608  the owner's words and parameters
    every = list(dict.fromkeys(leaf for condition in asked for leaf in leaves(condition)))
    places: dict[Leaf, str] = {}
    for n, source in enumerate(sources_of(every, values, only)):
        text += f" LEFT JOIN ({source.text}) AS s{n} ON s{n}.member_id = m.member_id"
        places |= {leaf: f"s{n}.l{k}" for k, leaf in enumerate(source.leaves)}
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
    frame = _frame([condition], values, None)
    where = _expression(condition, frame.places)
    return Compiled(f"SELECT count(*) AS count {frame.text} WHERE {where}", values.given)


def compile_members(
    condition: Condition, at: datetime, members: Listed[int] | None = None
) -> Compiled:
    """Rows of member_id, in no order; `members` narrows who is asked about."""
    values = Values(at)
    frame = _frame([condition], values, members)
    where = _expression(condition, frame.places)
    return Compiled(f"SELECT m.member_id {frame.text} WHERE {where}", values.given)


def compile_many(
    asked: Mapping[int, Condition], at: datetime, members: Listed[int] | None = None
) -> Compiled:
    """Rows of (segment_id, member_id) for several segments at once; each fact is read once."""
    values = Values(at)
    frame = _frame(list(asked.values()), values, members)
    cases = ", ".join(
        f"CASE WHEN {_expression(condition, frame.places)}"
        f" THEN {values.add(segment_id, 'bigint')} END"
        for segment_id, condition in asked.items()
    )
    return Compiled(
        f"SELECT t.segment_id, m.member_id {frame.text}"
        f" CROSS JOIN LATERAL unnest(ARRAY[{cases}]) AS t (segment_id)"
        " WHERE t.segment_id IS NOT NULL",
        values.given,
    )
