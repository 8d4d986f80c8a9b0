"""How the members of a segment spread over the values of one trait."""

from core.audience import Kind, traits
from core.database import sql
from crm.segments.bits import scattered
from crm.segments.models import Segment

SAMPLE = 2_000
MEMBERS = f"""
SELECT member_id FROM (
    SELECT member_id, row_number() OVER (ORDER BY member_id) AS place FROM (
        {scattered("SELECT chunk, bits FROM segments_bits WHERE segment_id = $1")}) AS m
) AS numbered WHERE place % $2 = 0
"""  # noqa: S608  our own words
VALUES = """
SELECT value::text AS low, value::text AS high, count(*) AS count
FROM ({fact}) AS t WHERE member_id = ANY($1::bigint[]) AND value IS NOT NULL
GROUP BY value ORDER BY count DESC, low LIMIT $2
"""
NUMBERS = """
SELECT min(value)::text AS low, max(value)::text AS high, count(*) AS count FROM (
    SELECT value, min(part) OVER (PARTITION BY value) AS part FROM (
        SELECT value, ntile($2) OVER (ORDER BY value) AS part FROM ({fact}) AS t
        WHERE member_id = ANY($1::bigint[]) AND value IS NOT NULL
    ) AS cut
) AS parted GROUP BY part ORDER BY part
"""  # who have the same value stand together, so that no two bars lead to the same members
QUARTERS = 4


async def spread_of(code: str, trait: str, *, most: int = 8) -> list[tuple[str, str, int]]:
    """(from, to, members) of the commonest values, or of up to four parts of a number.

    At most 2,000 members are looked at, every nth by id, and counts are of those.
    """
    row = await Segment.get_or_none(code=code)
    if row is None or not row.members:
        return []
    step = max(row.members // SAMPLE, 1)
    ids = [found["member_id"] for found in await sql(MEMBERS, row.id, step)]
    fact = traits[trait]
    is_number = fact.kind in {Kind.NUMBER, Kind.FEN}
    query = (NUMBERS if is_number else VALUES).format(fact=fact.sql)
    rows = await sql(query, ids, QUARTERS if is_number else most)
    return [(found["low"], found["high"], found["count"]) for found in rows]
