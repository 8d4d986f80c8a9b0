"""The tier of many members at once: asked for every order, so by hand and for a whole group."""

from collections.abc import Iterable

from core.database import sql


async def tiers_of(member_ids: Iterable[int]) -> dict[int, str]:
    """By member; unknown ones are left out."""
    wanted = sorted(set(member_ids))
    rows = await sql("SELECT id, tier FROM crm_member WHERE id = ANY($1::bigint[])", wanted)
    return {row["id"]: row["tier"] for row in rows}
