"""Which segments a shopper is in, for prices and offers; asked only where a rule asks for one."""

from collections.abc import Iterable, Mapping

from crm.segments.queries import segments_of_all
from trade.promotions.queries.shelf import asks_for_segments

NONE: frozenset[str] = frozenset()


async def segments_for(member_id: int | None) -> frozenset[str]:
    """None for nobody, and none for who asked not to be profiled."""
    return (await segments_for_all([member_id] if member_id else [])).get(member_id or 0, NONE)


async def segments_for_all(member_ids: Iterable[int]) -> Mapping[int, frozenset[str]]:
    """Of many at once; who is in none is left out."""
    return await segments_of_all(set(member_ids)) if asks_for_segments() else {}
