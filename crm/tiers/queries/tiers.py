"""The tier of many members at once: asked for every order, so by hand and for a whole group."""

from collections.abc import Iterable, Sequence

from core.database import is_in_transaction, sql
from core.gathering import Gathering
from crm.tiers.rules import BASE_TIER

TIERS = "SELECT member_id, tier FROM tiers_standing WHERE member_id = ANY($1::bigint[])"


async def tiers_of(member_ids: Iterable[int]) -> dict[int, str]:
    """By member, each of those asked: who has earned nothing yet has the base tier."""
    wanted = sorted(set(member_ids))
    found = {row["member_id"]: row["tier"] for row in await sql(TIERS, wanted)}
    return {one: found.get(one, BASE_TIER) for one in wanted}


async def tier_of(member_id: int) -> str:
    """The tier a quote is asked with, in one question with whoever asks at the same time."""
    if is_in_transaction():
        [found] = await _tiers([member_id])
        return found
    return await together.ask(member_id)


async def _tiers(group: Sequence[int]) -> list[str]:
    tiers = await tiers_of(group)
    return [tiers[one] for one in group]


together: Gathering[int, str] = Gathering(_tiers)
