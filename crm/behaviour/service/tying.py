"""A phone nobody had signed in on gets an owner: what was seen there before becomes theirs."""

from hashlib import sha256

from core.audience import tell_changed
from core.database import sql, use_case
from crm.behaviour.rules import TIES_BACK

SEEN = """
INSERT INTO behaviour_visitor AS v (token_hash, member_id) VALUES ($1, $2)
ON CONFLICT (token_hash) DO UPDATE
    SET last_seen_at = now(), member_id = coalesce($2, v.member_id)
RETURNING id
"""
TIE = """
WITH tied AS (
    UPDATE behaviour_event SET member_id = $1
    WHERE visitor_id = $2 AND member_id IS NULL AND received_at > now() - $3::interval
    RETURNING kind, at
), counted AS (
    INSERT INTO behaviour_day AS d (member_id, on_day, kind, times)
    SELECT $1, (at AT TIME ZONE 'Asia/Shanghai')::date, kind, count(*)
    FROM tied GROUP BY 2, 3 ORDER BY 3, 2
    ON CONFLICT (member_id, kind, on_day) DO UPDATE SET times = d.times + excluded.times
)
SELECT count(*) AS n FROM tied
"""


@use_case
async def tie_visitor(*, member_id: int, visitor: str) -> int:
    """Give a member what was seen on their phone before they signed in; answers how many steps.

    Steps that are somebody's stay theirs: two people who share a phone keep their own. Doing it
    again changes nothing.
    """
    return await tie(member_id, await seen(visitor, member_id))


async def seen(visitor: str, member_id: int | None) -> int:
    """The row of a phone, made when it is new. The number it drew is kept as a hash only."""
    hashed = sha256(visitor.encode()).hexdigest()
    [row] = await sql(SEEN, hashed, member_id)
    return int(row["id"])


async def tie(member_id: int, visitor_id: int) -> int:
    [row] = await sql(TIE, member_id, visitor_id, TIES_BACK)
    if row["n"]:
        await tell_changed([member_id])
    return int(row["n"])
