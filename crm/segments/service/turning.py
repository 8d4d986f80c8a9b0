"""Bring bits up to date: what is true now against what the bits say, in one statement.

The bits that turn are the new ones XOR the old ones, within a mask of who was asked about; they are
flipped in the rows, written to the log and counted. Doing it again turns nothing.
"""

from datetime import datetime
from typing import Any

from core.clock import shop_day
from core.database import sql
from core.outbox import publish_all
from crm.segments.bits import CHUNK, NONE, gathered, scattered
from crm.segments.compiling import Compiled
from crm.segments.events import SegmentEntered, SegmentFilled, SegmentLeft
from crm.segments.models import Segment
from crm.segments.queries.planes import Answers, answer_all
from crm.segments.rules import parse

BATCH = 500
SLOWEST_S = 600
NEWS = f"""
SELECT t.*, s.round + 1 AS round FROM turned AS t JOIN segments_segment AS s ON s.id = t.segment_id
WHERE s.is_filled AND t.bits <> {NONE}
"""  # noqa: S608  our own words

# $1 to $3: segment, chunk and bits of who is in now. $4: segments, $5: the moment, $6: members
TURN = """
WITH fresh AS MATERIALIZED (
    SELECT segment_id, chunk, ('x' || encode(found, 'hex'))::bit({chunk}) AS bits
    FROM unnest($1::bigint[], $2::int[], $3::bytea[]) AS f (segment_id, chunk, found)
), asked AS ({asked}),
turned AS MATERIALIZED (
    SELECT segment_id, chunk, coalesce(n.bits, {none}) AS now_in,
        (coalesce(n.bits, {none}) # coalesce(o.bits, {none})) {masked} AS bits
    FROM fresh AS n FULL JOIN (
        SELECT segment_id, chunk, bits FROM segments_bits WHERE segment_id = ANY($4::bigint[])
    ) AS o USING (segment_id, chunk) {join}
),
kept AS (
    INSERT INTO segments_bits AS b (segment_id, chunk, bits)
    SELECT segment_id, chunk, bits FROM turned WHERE bits <> {none}
    ON CONFLICT (chunk, segment_id) DO UPDATE SET bits = b.bits # excluded.bits
)
INSERT INTO segments_passage (segment_id, member_id, has_entered, round, at)
SELECT segment_id, member_id, get_bit(now_in, (member_id % {chunk})::int) = 1, round,
    $5::timestamptz
FROM ({scattered}) AS t
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
    answers = await answer_all(asked, at, _run, members)
    await sql(*_statement(answers, list(asked), at, members))
    ids = list(asked)
    await sql(COUNT, ids, at)
    await sql(SIZE, ids, shop_day(at))
    await _tell(segments, at)


async def _run(asked: Compiled) -> list[dict[str, Any]]:
    return await sql(asked.text, *asked.values)


def _statement(
    answers: Answers, ids: list[int], at: datetime, members: list[int] | None
) -> tuple[Any, ...]:
    fresh = [
        (segment_id, *found)
        for segment_id, plane in answers.planes.items()
        for found in answers.sheet.chunked(plane)
    ]
    given = [*([list(one) for one in zip(*fresh, strict=True)] or [[], [], []]), ids, at]
    asked, masked, join = "SELECT", "", ""
    if members is not None:
        given.append(members)
        asked = gathered("SELECT 0 AS segment_id, unnest($6::bigint[]) AS member_id")
        masked, join = "& a.bits", "JOIN (SELECT chunk, bits FROM asked) AS a USING (chunk)"
    text = TURN.format(
        asked=asked,
        masked=masked,
        join=join,
        none=NONE,
        chunk=CHUNK,
        scattered=scattered(NEWS),
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
