"""Taking from the reach budget and giving back. The database counts, so no two pass a ceiling."""

from collections.abc import Sequence
from datetime import datetime

from core.database import sql
from crm.reach.queries.limits import caps_of
from crm.reach.rules import ALL, Channel, starts_on

TAKE = """
INSERT INTO reach_spent AS s (member_id, channel, span, starts_on, used)
SELECT $1, $2, $3, $4::text::date, 1 WHERE $5 > 0
ON CONFLICT (member_id, channel, span, starts_on) DO UPDATE SET used = s.used + 1
WHERE s.used < $5
RETURNING id
"""
GIVE_BACK = """
UPDATE reach_spent SET used = used - 1
WHERE (member_id, channel, span, starts_on) = ($1, $2, $3, $4::text::date) AND used > 0
"""


async def spend(member_id: int, channel: Channel, at: datetime) -> list[list[str]] | None:
    """Count one marketing message in every window that limits it; None: a window is full.

    Within the caller's transaction. The answer is what `give_back` wants.
    """
    spent: list[list[str]] = []
    for cap in await caps_of((ALL, channel)):
        window = [cap.channel, cap.span.value, str(starts_on(cap.span, at))]
        if not await sql(TAKE, member_id, *window, cap.most):
            await give_back(member_id, spent)
            return None
        spent.append(window)
    return spent


async def give_back(member_id: int, spent: Sequence[Sequence[str]]) -> None:
    """A message did not reach anybody: what it took is free again."""
    for channel, span, first in spent:
        await sql(GIVE_BACK, member_id, channel, span, first)
