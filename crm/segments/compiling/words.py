"""Bits of whole facts: 64 members a row, so that a million of them are 16 thousand rows.

Bit n from the left of a row's number is the member `word * 64 + n`, as in `crm.segments.bits`.
What several segments ask of a fact is found in one pass; they are put together of its bits.
"""

from collections.abc import Sequence as Listed
from dataclasses import dataclass
from datetime import datetime

from crm.segments.compiling.comparing import Values
from crm.segments.compiling.sources import grouped, source
from crm.segments.compiling.whole import Compiled, narrowed, population
from crm.segments.rules.condition import Leaf


@dataclass(frozen=True, slots=True)
class Words:
    """Rows of (word, l0, l1, …) for `leaves`: NULL is no bit, as is a row that is not there."""

    asked: Compiled
    leaves: tuple[Leaf, ...]


def compile_words(
    asked: Listed[Leaf], at: datetime, members: Listed[int] | None = None
) -> list[Words]:
    """A statement for each fact; `members` narrows who is asked about."""
    return [_words(alike, at, members) for alike in grouped(asked, by_row=True)]


def compile_everyone(at: datetime, members: Listed[int] | None = None) -> Compiled:
    """Who can be in an audience, as `l0`."""
    values = Values(at)
    text = f"SELECT member_id, true AS l0 FROM ({population(narrowed(members, values))}) AS m"  # noqa: S608
    return Compiled(_gathered(text, 1), values.given)


def _words(alike: list[Leaf], at: datetime, members: Listed[int] | None) -> Words:
    values = Values(at)
    found = source(alike, values, narrowed(members, values), by_row=True)
    return Words(Compiled(_gathered(found.text, len(alike)), values.given), found.leaves)


def _gathered(rows: str, count: int) -> str:
    """OFFSET 0 keeps the planner from thinking that there are as many words as members: it would
    sort the rows, and let one process do it."""
    names = [f"l{n}" for n in range(count)]
    bits = ", ".join(f"bit_or(bit) FILTER (WHERE {name}) AS {name}" for name in names)
    return f"""
    SELECT word, {bits} FROM (
        SELECT member_id / 64 AS word, 1::bigint << (63 - member_id % 64)::int AS bit,
            {", ".join(names)}
        FROM ({rows}) AS r OFFSET '0'
    ) AS placed GROUP BY word
    """  # noqa: S608  the owner's words and parameters
