"""Bring bits up to date in one statement: what is true now against what the bits say.

The bits that turn are the new ones XOR the old ones, within a mask of who was asked about; they are
flipped in the rows, written to the log and counted. Doing it again turns nothing.
"""

from datetime import datetime
from typing import Any

from core.clock import shop_day
from core.database import sql
from core.outbox import publish_all
from crm.segments.bits import CHUNK, NONE, gathered, scattered
from crm.segments.compiling import Compiled, compile_many
from crm.segments.events import SegmentEntered, SegmentFilled, SegmentLeft
from crm.segments.models import Segment
from crm.segments.rules import parse

BATCH = 500
SLOWEST_S = 600
FLIPPED = f"SELECT * FROM turned WHERE bits <> {NONE}"  # noqa: S608  our own words

# $a: segment ids, $b: members asked about or null, $c: the moment
TURN = """
WITH fresh AS ({fresh}), asked AS ({asked}),
turned AS MATERIALIZED (
    SELECT segment_id, chunk, coalesce(n.bits, {none}) AS now_in,
        (coalesce(n.bits, {none}) # coalesce(o.bits, {none})) {masked} AS bits
    FROM fresh AS n FULL JOIN (
        SELECT segment_id, chunk, bits FROM segments_bits WHERE segment_id = ANY({ids})
    ) AS o USING (segment_id, chunk) {join}
),
kept AS (
    INSERT INTO segments_bits AS b (segment_id, chunk, bits)
    SELECT segment_id, chunk, bits FROM turned WHERE bits <> {none}
    ON CONFLICT (chunk, segment_id) DO UPDATE SET bits = b.bits # excluded.bits
)
INSERT INTO segments_passage (segment_id, member_id, has_entered, round, at)
SELECT t.segment_id, t.member_id, get_bit(t.now_in, (t.member_id % {chunk})::int) = 1,
    s.round + 1, {at}
FROM ({scattered}) AS t JOIN segments_segment AS s ON s.id = t.segment_id WHERE s.is_filled
"""
COUNT = """
UPDATE segments_segment AS s SET members = coalesce(
        (SELECT sum(bit_count(bits)) FROM segments_bits WHERE segment_id = s.id), 0),
    round = s.round + 1, is_filled = true, refreshed_at = $2
WHERE s.id = ANY($1::bigint[])
"""
SIZE = """
INSERT INTO segments_size AS z (segment_id, day, members, entered, "left")
SELECT s.id, $2, s.members, count(p.id) FILTER (WHERE p.has_entered),
    count(p.id) FILTER (WHERE NOT p.has_entered)
FROM segments_segment AS s LEFT JOIN segments_passage AS p
    ON p.segment_id = s.id AND p.round = s.round
WHERE s.id = ANY($1::bigint[]) GROUP BY s.id
ON CONFLICT (segment_id, day) DO UPDATE SET members = excluded.members,
    entered = z.entered + excluded.entered, "left" = z."left" + excluded."left"
"""
PASSED = """
SELECT s.id, s.code, s.round, p.has_entered, array_agg(p.member_id ORDER BY p.id) AS member_ids
FROM segments_passage AS p JOIN segments_segment AS s ON s.id = p.segment_id AND p.round = s.round
WHERE s.id = ANY($1::bigint[]) GROUP BY s.id, p.has_entered ORDER BY s.id, p.has_entered DESC
"""


async def turn(segments: list[Segment], at: datetime, members: list[int] | None = None) -> None:
    """Bring the segments up to date, for these members or for all. The caller holds their rows.

    Parts that are segments are taken as their bits stand.
    """
    asked = {row.id: parse(row.condition) for row in segments}
    compiled = compile_many(asked, at, members)
    await sql(*_statement(compiled, list(asked), at, members))
    ids = list(asked)
    await sql(COUNT, ids, at)
    await sql(SIZE, ids, shop_day(at))
    await _tell(segments, at)


def _statement(
    compiled: Compiled, ids: list[int], at: datetime, members: list[int] | None
) -> tuple[Any, ...]:
    given = [*compiled.values, ids, at]
    asked, masked, join = "SELECT", "", ""
    if members is not None:
        given.append(members)
        asked = gathered(f"SELECT 0 AS segment_id, unnest(${len(given)}::bigint[]) AS member_id")
        masked, join = "& a.bits", "JOIN (SELECT chunk, bits FROM asked) AS a USING (chunk)"
    here = len(compiled.values)
    text = TURN.format(
        fresh=gathered(compiled.text),
        asked=asked,
        masked=masked,
        join=join,
        none=NONE,
        chunk=CHUNK,
        ids=f"${here + 1}::bigint[]",
        at=f"${here + 2}::timestamptz",
        scattered=scattered(FLIPPED),
    )
    return text, *given


async def _tell(segments: list[Segment], at: datetime) -> None:
    filled = [row for row in segments if not row.is_filled]
    fresh = {row.id: row for row in await Segment.filter(id__in=[row.id for row in filled])}
    news: list[Any] = [SegmentFilled(row.id, row.code, row.members, at) for row in fresh.values()]
    for row in await sql(PASSED, [row.id for row in segments]):
        told = SegmentEntered if row["has_entered"] else SegmentLeft
        ids = row["member_ids"]
        news += [
            told(row["id"], row["code"], row["round"], list(ids[n : n + BATCH]), at)
            for n in range(0, len(ids), BATCH)
        ]
    if news:
        await publish_all(news)
