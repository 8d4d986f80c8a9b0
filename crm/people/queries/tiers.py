"""The tier of many members at once: asked for every order, so by hand and for a whole group."""

from collections.abc import Iterable, Sequence

from core.database import is_in_transaction, sql
from core.gathering import Gathering
from crm.people.errors import MemberNotFound


async def tiers_of(member_ids: Iterable[int]) -> dict[int, str]:
    """By member; unknown ones are left out."""
    wanted = sorted(set(member_ids))
    rows = await sql("SELECT id, tier FROM people_member WHERE id = ANY($1::bigint[])", wanted)
    return {row["id"]: row["tier"] for row in rows}


async def tier_of(member_id: int) -> str:
    """The tier a quote is asked with, in one question with whoever asks at the same time. Raises
    MemberNotFound.
    """
    if is_in_transaction():
        [found] = await _tiers([member_id])
    else:
        found = await together.ask(member_id)
    if isinstance(found, BaseException):
        raise found
    return found


async def _tiers(group: Sequence[int]) -> list[str | BaseException]:
    tiers = await tiers_of(group)
    return [tiers[one] if one in tiers else MemberNotFound() for one in group]


together: Gathering[int, str] = Gathering(_tiers)
