"""Giving coupons (优惠券) out: claimed by a member, or given by a rule or a person."""

import json
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any

from core import clock
from core.database import sql, use_case
from core.outbox import publish_all
from trade.promotions.errors import (
    CouponClaimedOften,
    CouponNotForYou,
    CouponNotFound,
    CouponsAllGone,
)
from trade.promotions.events import CouponClaimed
from trade.promotions.queries.showing import NOBODY, Shopper
from trade.promotions.rules import Scope, scope_of

# Whoever gives out coupons of a campaign waits for the others: the count below is then the truth.
OPEN = """
SELECT c.id AS campaign_id, c.claimed, p.* FROM promotions_campaign AS c
JOIN LATERAL (
    SELECT id AS promotion_id, quota, claims_each, valid_days, valid_from, valid_to, starts_at,
        ends_at, scope, terms->>'claimable' AS claimable, terms->>'by_code' AS by_code,
        coalesce((terms->>'by_guide')::boolean, false) AS by_guide
    FROM promotions_promotion WHERE campaign_id = c.id ORDER BY version DESC LIMIT 1
) AS p ON true
WHERE c.code = $1 AND c.kind = 'coupon' FOR UPDATE OF c
"""

# One statement for any number of members. A coupon that came back, or came from a friend, was
# counted when it was first given out.
GIVE = """
WITH asked AS (SELECT DISTINCT id AS member_id FROM unnest($2::bigint[]) AS id),
known AS (
    SELECT member_id, count(*) AS mine, bool_or(claim_key = $3) AS is_same,
        min(public_id) FILTER (WHERE claim_key = $3) AS same
    FROM promotions_coupon JOIN asked USING (member_id)
    WHERE campaign_id = $1 AND returned_of_id IS NULL GROUP BY member_id
), judged AS (
    SELECT member_id, coalesce(is_same, false) AS is_same, same, coalesce(mine, 0) AS mine,
        coalesce(mine >= $4::int, false) AS is_often
    FROM asked LEFT JOIN known USING (member_id)
), fit AS (
    SELECT member_id, mine, row_number() OVER (ORDER BY member_id) AS place
    FROM judged WHERE NOT is_same AND NOT is_often
), given AS (
    INSERT INTO promotions_coupon
        (public_id, campaign_id, promotion_id, member_id, claim_key, state, starts_at, ends_at)
    SELECT 'cpn_' || replace(gen_random_uuid()::text, '-', ''), $1, $6, member_id,
        CASE WHEN $3 = '' THEN 'claim:' || mine + 1 ELSE $3 END, 'issued', $7, $8
    FROM fit WHERE $5::bigint IS NULL OR place <= $5
    RETURNING id, public_id, member_id
), counted AS (
    UPDATE promotions_campaign SET claimed = claimed + (SELECT count(*) FROM given)
    WHERE id = $1 AND EXISTS (SELECT FROM given)
)
SELECT j.member_id, g.id AS new_id, coalesce(g.public_id, j.same) AS public_id, j.is_often
FROM judged AS j LEFT JOIN given AS g USING (member_id) ORDER BY j.member_id
"""

EXPIRE = """
UPDATE promotions_coupon SET state = 'expired' WHERE id IN (
    SELECT id FROM promotions_coupon WHERE state = 'issued' AND ends_at <= now()
    ORDER BY ends_at LIMIT $1 FOR UPDATE SKIP LOCKED
) RETURNING id
"""


@dataclass(frozen=True, slots=True)
class Opened:
    """A campaign that gives out now; its row is locked until the transaction ends."""

    code: str
    campaign_id: int
    promotion_id: int
    left: int | None
    claims_each: int | None
    ends_at: datetime
    is_public: bool
    by_guide: bool
    scope: Scope


@use_case
async def claim_coupon(*, member_id: int, code: str, shopper: Shopper = NOBODY) -> str:
    """Give a member one coupon of a public campaign, and answer its public id.

    However many claim at once, no more than the quota is given out, and to each no more than
    allowed. `shopper` says the tier and segments of the member, where the caller knows them.
    Raises CouponNotFound, CouponNotForYou, CouponsAllGone, CouponClaimedOften.
    """
    campaign = await opened(code)
    if not campaign.is_public:
        raise CouponNotFound(code=code)
    if shopper is not NOBODY:
        _check_scope(campaign, shopper)
    return await _give_one(campaign, member_id, "")


@use_case
async def give_coupon(*, member_id: int, code: str, cause: str) -> str:
    """Give a member a coupon for a reason, as `journey:31:7`; the same `cause` gives the same one.

    Raises CouponNotFound, CouponsAllGone, CouponClaimedOften.
    """
    return await _give_one(await opened(code), member_id, cause[:64])


@use_case
async def give_as_guide(*, member_id: int, code: str, cause: str) -> str:
    """As `give_coupon`, of the campaigns that guides may give. Raises CouponNotFound for others."""
    campaign = await opened(code)
    if not campaign.by_guide:
        raise CouponNotFound(code=code)
    return await _give_one(campaign, member_id, f"guide:{cause}"[:64])


@use_case
async def expire_coupons(*, limit: int = 1_000) -> int:
    """Mark coupons whose time is over; answers how many. They did not count before either."""
    return len(await sql(EXPIRE, limit))


async def opened(code: str) -> Opened:
    """Lock a campaign that gives out coupons now. Raises CouponNotFound."""
    now = clock.now()
    today = clock.shop_day(now)
    rows = await sql(OPEN, code)
    if not rows or today < rows[0]["valid_from"]:
        raise CouponNotFound(code=code)
    [row] = rows
    is_over = row["valid_to"] is not None and row["valid_to"] < today
    if is_over or (row["ends_at"] and row["ends_at"] <= now):
        raise CouponNotFound(code=code)
    if row["starts_at"] and now < row["starts_at"]:
        raise CouponNotFound(code=code)
    return Opened(
        code=code,
        campaign_id=row["campaign_id"],
        promotion_id=row["promotion_id"],
        left=None if row["quota"] is None else max(row["quota"] - row["claimed"], 0),
        claims_each=row["claims_each"],
        ends_at=_ends_at(row, now),
        is_public=row["claimable"] != "false" and row["by_code"] != "true",
        by_guide=row["by_guide"],
        scope=scope_of(json_of(row["scope"])),
    )


async def give(
    campaign: Opened, member_ids: Collection[int], cause: str
) -> dict[int, str | type[CouponsAllGone] | type[CouponClaimedOften]]:
    """By member the coupon's public id, or what refuses it; `campaign` was locked by `opened`."""
    now = clock.now()
    what = (campaign.campaign_id, sorted(member_ids), cause, campaign.claims_each, campaign.left)
    rows = await sql(GIVE, *what, campaign.promotion_id, now, campaign.ends_at)
    news = [
        CouponClaimed(row["new_id"], campaign.code, row["member_id"], campaign.ends_at, now)
        for row in rows
        if row["new_id"]
    ]
    await publish_all(news)
    return {
        row["member_id"]: row["public_id"]
        or (CouponClaimedOften if row["is_often"] else CouponsAllGone)
        for row in rows
    }


async def _give_one(campaign: Opened, member_id: int, cause: str) -> str:
    outcome = (await give(campaign, [member_id], cause))[member_id]
    if isinstance(outcome, str):
        return outcome
    raise outcome(code=campaign.code)


def _check_scope(campaign: Opened, shopper: Shopper) -> None:
    scope = campaign.scope
    is_tier = not scope.tiers or shopper.tier in scope.tiers
    if not is_tier or (scope.segments and scope.segments.isdisjoint(shopper.segments)):
        raise CouponNotForYou(code=campaign.code)


def _ends_at(row: dict[str, Any], now: datetime) -> datetime:
    """Good to the end of a shop day: so many days after today, or the campaign's last one."""
    last = row["valid_to"]
    if row["valid_days"] is not None:
        last = clock.shop_day(now) + timedelta(days=row["valid_days"])
    if last is None:
        return datetime(2099, 1, 1, tzinfo=clock.SHOP_ZONE)
    midnight = datetime.combine(last + timedelta(days=1), time(), clock.SHOP_ZONE)
    return min(midnight, row["ends_at"]) if row["ends_at"] and not row["valid_days"] else midnight


def json_of(value: Any) -> Any:
    """A JSON column, as text or read already."""
    return json.loads(value) if isinstance(value, str) else value
