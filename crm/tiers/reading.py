"""Ladders and what counted, out of the tables, as the rules want them."""

import json
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from core.database import sql
from crm.tiers.rules import Basis, Credit, Fall, Ladder, RoundTo, Rung

LADDERS = "SELECT version, data, since FROM tiers_ladder ORDER BY since, version"

# A purchase and its refunds stand at one moment, so one sum is what of it still counts.
CREDITS = """
SELECT member_id, counts_at, sum(paid_fen)::bigint AS paid_fen, sum(growth)::bigint AS growth
FROM tiers_credit WHERE member_id = ANY($1::bigint[]) GROUP BY member_id, counts_at
"""


async def ladders() -> list[Ladder]:
    return [ladder_of(row) for row in await sql(LADDERS)]


def ladder_of(row: Mapping[str, Any]) -> Ladder:
    """A version as it was written; see `facts_of`."""
    data = json.loads(row["data"]) if isinstance(row["data"], str) else dict(row["data"])
    return Ladder(
        rungs=tuple(Rung(**rung) for rung in data.pop("rungs")),
        basis=Basis(data.pop("basis")),
        round_to=RoundTo(data.pop("round_to")),
        fall=Fall(data.pop("fall")),
        since=row["since"],
        version=row["version"],
        **data,
    )


async def credits_of(member_ids: Iterable[int]) -> dict[int, list[Credit]]:
    """What counts of each member; who never bought is left out."""
    found: dict[int, list[Credit]] = {}
    for row in await sql(CREDITS, sorted(set(member_ids))):
        one = Credit(row["counts_at"], row["paid_fen"], row["growth"])
        found.setdefault(row["member_id"], []).append(one)
    return found


def moment_of(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
