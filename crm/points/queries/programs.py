"""Programs for the console: what is in force, its versions, what it gave; and trying one out."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from core import clock
from core.database import sql
from crm.points.models import ProgramRow
from crm.points.programs import program_of, programs_in_force
from crm.points.rules import (
    Bought,
    On,
    Program,
    Purse,
    Terms,
    Worked,
    available_at,
    expires_at,
    points_of_deed,
    points_of_order,
)

GAVE = """
SELECT program, count(*) FILTER (WHERE points > 0) AS times, coalesce(sum(points), 0)::bigint
    AS points, count(DISTINCT member_id) FILTER (WHERE points > 0) AS members
FROM points_earning WHERE day >= $1 GROUP BY 1
"""
NUMBERS = """
SELECT kind AS purse, coalesce(sum(balance) FILTER (WHERE balance > 0), 0)::bigint AS outstanding,
    coalesce(-sum(balance) FILTER (WHERE balance < 0), 0)::bigint AS owed,
    count(*) FILTER (WHERE balance > 0) AS members
FROM core_ledger_account WHERE kind IN ('points', 'behaviour_points') GROUP BY 1
"""
PENDING = """
SELECT purse, coalesce(sum(points), 0)::bigint AS pending FROM points_earning
WHERE state = 'pending' GROUP BY 1
"""
SOON = """
SELECT kind AS purse, coalesce(sum(lot.remaining), 0)::bigint AS soon FROM core_ledger_lot AS lot
JOIN core_ledger_account AS account ON account.id = lot.account_id
WHERE kind IN ('points', 'behaviour_points') AND remaining > 0
    AND expires_at <= now() + interval '30 days' GROUP BY 1
"""


@dataclass(frozen=True, slots=True)
class ProgramView:
    """`times`, `points` and `members` of the last 30 days."""

    code: str
    version: int
    name: str
    purse: Purse
    on: On
    terms: Terms
    is_on: bool
    valid_from: date
    valid_to: date | None
    times: int = 0
    points: int = 0
    members: int = 0


@dataclass(frozen=True, slots=True)
class PurseNumbers:
    """Of all members: what can be used, what waits, what ends within 30 days, what is owed."""

    purse: Purse
    outstanding: int = 0
    pending: int = 0
    soon: int = 0
    owed: int = 0
    members: int = 0


async def all_programs(since: date) -> list[ProgramView]:
    """The newest version of each program, also of those that are over, with what it gave since."""
    rows = await ProgramRow.all().order_by("code", "-version")
    newest = {row.code: row for row in reversed(rows)}
    gave = {row.pop("program"): row for row in await sql(GAVE, since)}
    built_in = [one for one in await programs_in_force(since) if one.id is None]
    found = [_view(one, gave.get(one.code)) for one in built_in if one.code not in newest]
    return found + [_view(program_of(_facts(row)), gave.get(row.code)) for row in newest.values()]


def _facts(row: ProgramRow) -> dict[str, Any]:
    names = ("id", "code", "version", "name", "is_on", "purse", "on", "terms")
    return {name: getattr(row, name) for name in (*names, "valid_from", "valid_to")}


def _view(one: Program, gave: dict[str, Any] | None) -> ProgramView:
    return ProgramView(
        code=one.code,
        version=one.version,
        name=one.name,
        purse=one.purse,
        on=one.on,
        terms=one.terms,
        is_on=one.is_on,
        valid_from=one.valid_from,
        valid_to=one.valid_to,
        **(gave or {}),
    )


async def purse_numbers() -> list[PurseNumbers]:
    """Both kinds; summed over all members, for the console and not for a request of the phone."""
    found: dict[str, dict[str, Any]] = {purse: {} for purse in Purse}
    for query in (NUMBERS, PENDING, SOON):
        for row in await sql(query):
            found[row.pop("purse")] |= row
    return [PurseNumbers(purse=Purse(purse), **row) for purse, row in found.items()]


@dataclass(frozen=True, slots=True)
class Trial:
    """What a program would give, and when it can be used and ends."""

    code: str
    name: str
    purse: Purse
    worked: Worked
    available_at: datetime | None
    expires_at: datetime | None


@dataclass(frozen=True, slots=True)
class Wish:
    """An order to try, or a deed that is done so many days in a row."""

    on: On
    bought: Bought
    streak: int = 0


async def what_would_be_given(wish: Wish, draft: Program | None = None) -> list[Trial]:
    """What the programs of today would give, before limits; `draft` in the place of its code.

    Nothing is written. An order that waits for its goods is tried as if they were handed over now.
    """
    now = clock.now()
    programs = [one for one in await programs_in_force(clock.shop_day(now)) if one.is_on]
    if draft is not None:
        programs = [one for one in programs if one.code != draft.code] + [draft]
    return [_trial(one, wish, now) for one in _sorted(programs) if one.on is wish.on]


def _sorted(programs: Sequence[Program]) -> list[Program]:
    return sorted(programs, key=lambda one: (one.id is not None, one.code))


def _trial(one: Program, wish: Wish, now: datetime) -> Trial:
    is_order = wish.on is On.ORDER
    worked = (
        points_of_order(one.terms, wish.bought)
        if is_order
        else points_of_deed(one.terms, wish.streak)
    )
    usable = available_at(one.terms.pending, now, now)
    ends = expires_at(one.terms.expires, usable) if usable else None
    return Trial(one.code, one.name, one.purse, worked, usable, ends)
