"""Which programs are in force on a day. Reads only; both doors of this room stand on it."""

import json
from collections.abc import Mapping
from datetime import date
from typing import Any

from core.database import sql
from crm.points.rules import BASE, DEFAULT, On, Program, Purse, Terms

IN_FORCE = """
SELECT DISTINCT ON (code) id, code, version, name, purse, "on", terms, is_on, valid_from, valid_to
FROM points_program WHERE $1 BETWEEN valid_from AND coalesce(valid_to, 'infinity')
ORDER BY code, version DESC
"""


async def programs_for(on: On, day: date) -> list[Program]:
    """The newest version of each program that counts on a day, by code.

    On a day without a written base program of orders, the built-in one counts.
    """
    return [one for one in await programs_in_force(day) if one.on is on and one.is_on]


async def programs_in_force(day: date) -> list[Program]:
    """As `programs_for`, of every kind, also those that are switched off."""
    found = [program_of(row) for row in await sql(IN_FORCE, day)]
    has_base = any(one.code == BASE for one in found)
    return found if has_base else [DEFAULT, *found]


def program_of(row: Mapping[str, Any]) -> Program:
    terms = json.loads(row["terms"]) if isinstance(row["terms"], str) else row["terms"]
    return Program(
        **{name: row[name] for name in ("id", "code", "version", "name", "is_on")},
        purse=Purse(row["purse"]),
        on=On(row["on"]),
        terms=Terms.model_validate(terms),
        valid_from=row["valid_from"],
        valid_to=row["valid_to"],
    )
