"""Who is in a segment, and in which segments somebody is: as the last refresh left it."""

from collections.abc import Collection

from core.database import sql
from crm.people.queries import may_be_profiled
from crm.segments.bits import chunk_of, has, scattered
from crm.segments.errors import SegmentUnknown
from crm.segments.models import Segment, Snapshot

MOST = 10_000  # members a page
CHUNKS = "SELECT chunk, bits FROM {table} WHERE {of} = $1 AND chunk >= $2"
PAGE = f"""
SELECT member_id FROM ({scattered(CHUNKS)}) AS m WHERE member_id > $3 ORDER BY member_id LIMIT $4
"""  # noqa: S608  our own words
CODES = f"""
SELECT s.code FROM segments_bits AS b JOIN segments_segment AS s ON s.id = b.segment_id
WHERE b.chunk = {chunk_of("$1::bigint")} AND {has("b.bits", "$1::bigint")} ORDER BY s.code
"""  # noqa: S608  our own words
CODES_OF_ALL = f"""
SELECT m.member_id, array_agg(s.code) AS codes FROM unnest($1::bigint[]) AS m (member_id)
JOIN segments_bits AS b ON b.chunk = {chunk_of("m.member_id")}
JOIN segments_segment AS s ON s.id = b.segment_id
WHERE {has("b.bits", "m.member_id")} GROUP BY m.member_id
"""  # noqa: S608  our own words
IN = f"""
SELECT m.member_id FROM unnest($2::bigint[]) AS m (member_id)
JOIN segments_bits AS b ON b.chunk = {chunk_of("m.member_id")}
JOIN segments_segment AS s ON s.id = b.segment_id
WHERE s.code = $1 AND {has("b.bits", "m.member_id")}
"""  # noqa: S608  our own words


async def segments_of(member_id: int | None) -> frozenset[str]:
    """Codes of the segments a member is in, for prices and offers.

    None for nobody, and none for who asked not to be profiled (普通视图).
    """
    if member_id is None or member_id not in await may_be_profiled([member_id]):
        return frozenset()
    return frozenset(await codes_of(member_id))


async def segments_of_all(member_ids: Collection[int]) -> dict[int, frozenset[str]]:
    """As `segments_of`, for many in two statements; who is in none is left out."""
    seen = sorted(await may_be_profiled(list(member_ids))) if member_ids else []
    rows = await sql(CODES_OF_ALL, seen) if seen else []
    return {row["member_id"]: frozenset(row["codes"]) for row in rows}


async def codes_of(member_id: int) -> list[str]:
    """Codes of the segments a member is in, for the books and the member's own page."""
    return [row["code"] for row in await sql(CODES, member_id)]


async def in_segment(code: str, member_ids: list[int]) -> set[int]:
    """Which of these members are in the segment. Raises SegmentUnknown."""
    await _id_of(code)
    return {row["member_id"] for row in await sql(IN, code, member_ids)}


async def members_in(code: str, *, after: int = 0, limit: int = MOST) -> list[int]:
    """Ids in ascending order, at most 10,000 a page, beginning after one. Raises SegmentUnknown.

    Walk all: `while page := await members_in(code, after=last)`. Joining and leaving meanwhile
    neither repeats nor skips anybody else.
    """
    return await _page("segments_bits", "segment_id", await _id_of(code), after, limit)


async def all_in(code: str) -> list[int]:
    """Everybody in it, for what is done to all of them at once. Raises SegmentUnknown."""
    found: list[int] = []
    while page := await members_in(code, after=found[-1] if found else 0):
        found += page
    return found


async def members_of_snapshot(snapshot_id: int, *, after: int = 0, limit: int = MOST) -> list[int]:
    """As `members_in`, of what was frozen. Raises SegmentUnknown. Erased members are not in it."""
    if not await Snapshot.exists(id=snapshot_id):
        raise SegmentUnknown(snapshot=snapshot_id)
    return await _page("segments_snapshot_bits", "snapshot_id", snapshot_id, after, limit)


async def _page(table: str, of: str, of_id: int, after: int, limit: int) -> list[int]:
    query = PAGE.format(table=table, of=of)
    rows = await sql(query, of_id, after // 4096, after, min(limit, MOST))
    return [row["member_id"] for row in rows]


async def _id_of(code: str) -> int:
    row = await Segment.get_or_none(code=code).only("id")
    if row is None:
        raise SegmentUnknown(segment=code[:40])
    return row.id
