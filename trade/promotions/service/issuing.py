"""Coupons for many members at once (批量发券): kept, then worked off in parts by a job.

A part is one transaction: its members have their coupons and the count says so, or neither.
"""

import time
from collections.abc import Iterable

from core.audit_log import record
from core.database import sql, use_case
from core.errors import DomainError
from core.jobs import owe
from core.security.scope import Scope
from trade.promotions.errors import CouponNotFound, IssueNotFound
from trade.promotions.service.coupons import give, opened

PART, TURN_S = 500, 20.0

OPEN = """
INSERT INTO promotions_coupon_issue (public_id, campaign_id, cause, note, state, total, by)
SELECT 'iss_' || replace(gen_random_uuid()::text, '-', ''), id, $2, $3, 'running', $4, $5
FROM promotions_campaign WHERE code = $1 AND kind = 'coupon'
ON CONFLICT (cause) DO NOTHING RETURNING id, public_id
"""
KNOWN = "SELECT id, public_id FROM promotions_coupon_issue WHERE cause = $1"
NAME = """
INSERT INTO promotions_coupon_issue_member (issue_id, member_id)
SELECT $1, id FROM unnest($2::bigint[]) AS id
"""
NEXT = """
SELECT m.member_id, c.code, i.cause FROM promotions_coupon_issue_member AS m
JOIN promotions_coupon_issue AS i ON i.id = m.issue_id
JOIN promotions_campaign AS c ON c.id = i.campaign_id
WHERE m.issue_id = $1 AND m.outcome = '' AND i.state = 'running'
ORDER BY m.member_id LIMIT $2 FOR UPDATE OF m SKIP LOCKED
"""
SAY = """
UPDATE promotions_coupon_issue_member AS m SET outcome = said.outcome
FROM unnest($2::bigint[], $3::text[]) AS said (member_id, outcome)
WHERE m.issue_id = $1 AND m.member_id = said.member_id
"""
COUNT = """
UPDATE promotions_coupon_issue SET given = given + $2, refused = refused + $3 WHERE id = $1
"""
FINISH = """
UPDATE promotions_coupon_issue AS i SET state = 'done', ended_at = now()
WHERE id = $1 AND state = 'running' AND NOT EXISTS (
    SELECT FROM promotions_coupon_issue_member AS m WHERE m.issue_id = i.id AND m.outcome = '')
RETURNING id
"""
CANCEL = """
UPDATE promotions_coupon_issue SET state = 'cancelled', ended_at = now()
WHERE public_id = $1 AND state = 'running' RETURNING id
"""


@use_case
async def issue_coupons(
    *, code: str, member_ids: Iterable[int], cause: str, by: Scope | str, note: str = ""
) -> str:
    """Give each of these members a coupon, by a job; answers the issue's public id.

    The same `cause` answers the first issue and gives nobody a second coupon. Members whom quota or
    limits refuse are counted as such and hold up nobody. Raises CouponNotFound.
    """
    wanted = sorted(set(member_ids))
    actor = by if isinstance(by, str) else by.actor
    made = await sql(OPEN, code, cause[:60], note[:80], len(wanted), actor)
    if not made:
        known = await sql(KNOWN, cause[:60])
        if not known:
            raise CouponNotFound(code=code[:40])
        return str(known[0]["public_id"])
    [row] = made
    await sql(NAME, row["id"], wanted)
    await record(by, "coupon.issue", code, members=len(wanted))
    await owe("promotions.issue", key=f"issue:{row['id']}", issue_id=row["id"])
    return str(row["public_id"])


@use_case
async def cancel_issue(*, public_id: str, by: Scope) -> bool:
    """Stop an issue: what was given stays. False: it has ended. Raises IssueNotFound."""
    if not await sql("SELECT id FROM promotions_coupon_issue WHERE public_id = $1", public_id):
        raise IssueNotFound
    stopped = await sql(CANCEL, public_id)
    if stopped:
        await record(by, "coupon.issue_cancel", public_id)
    return bool(stopped)


async def work_off_issue(*, issue_id: int) -> bool:
    """Give out parts for some seconds. True: nothing of this issue waits any more."""
    until = time.monotonic() + TURN_S
    while time.monotonic() < until:
        if not await give_part(issue_id=issue_id):
            return True
    return False


@use_case
async def give_part(*, issue_id: int, size: int = PART) -> int:
    """Give the next members theirs; answers how many were looked at. Two workers take others."""
    rows = await sql(NEXT, issue_id, size)
    if not rows:
        await sql(FINISH, issue_id)
        return 0
    said = await _give([row["member_id"] for row in rows], rows[0]["code"], rows[0]["cause"])
    given = sum(outcome == "given" for outcome in said.values())
    await sql(SAY, issue_id, list(said), list(said.values()))
    await sql(COUNT, issue_id, given, len(said) - given)
    return len(rows)


async def _give(member_ids: list[int], code: str, cause: str) -> dict[int, str]:
    try:
        found = await give(await opened(code), member_ids, f"i:{cause}"[:64])
    except DomainError as refusal:  # the campaign has ended meanwhile
        return dict.fromkeys(member_ids, refusal.code)
    return {one: "given" if isinstance(out, str) else out.code for one, out in found.items()}
