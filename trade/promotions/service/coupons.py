"""Giving coupons (优惠券) out: claimed by a member, or given by a rule or a person."""

from datetime import datetime, time, timedelta
from typing import Any

from core import clock
from core.database import sql, use_case
from core.ids import new_id
from core.outbox import publish
from trade.promotions.errors import CouponClaimedOften, CouponNotFound, CouponsAllGone
from trade.promotions.events import CouponClaimed

# Whoever gives out coupons of a campaign waits for the others: the count below is then the truth.
OPEN = """
SELECT c.id AS campaign_id, c.claimed, p.* FROM promotions_campaign AS c
JOIN LATERAL (
    SELECT id AS promotion_id, quota, claims_each, valid_days, valid_from, valid_to, starts_at,
        ends_at, terms->>'claimable' AS claimable, terms->>'by_code' AS by_code
    FROM promotions_promotion WHERE campaign_id = c.id ORDER BY version DESC LIMIT 1
) AS p ON true
WHERE c.code = $1 AND c.kind = 'coupon' FOR UPDATE OF c
"""

KNOWN = """
SELECT public_id, (claim_key = $3) AS is_same FROM promotions_coupon
WHERE campaign_id = $1 AND member_id = $2 AND returned_of_id IS NULL
"""

GIVE = """
WITH counted AS (
    UPDATE promotions_campaign SET claimed = claimed + 1 WHERE id = $2 RETURNING id
)
INSERT INTO promotions_coupon
    (public_id, campaign_id, promotion_id, member_id, claim_key, state, starts_at, ends_at)
SELECT $1, id, $3, $4, $5, 'issued', $6, $7 FROM counted RETURNING id
"""

EXPIRE = """
UPDATE promotions_coupon SET state = 'expired' WHERE id IN (
    SELECT id FROM promotions_coupon WHERE state = 'issued' AND ends_at <= now()
    ORDER BY ends_at LIMIT $1 FOR UPDATE SKIP LOCKED
) RETURNING id
"""


@use_case
async def claim_coupon(*, member_id: int, code: str) -> str:
    """Give a member one coupon of a public campaign, and answer its public id.

    However many claim at once, no more than the quota is given out, and to each no more than
    allowed. Raises CouponNotFound, CouponsAllGone, CouponClaimedOften.
    """
    row = await _open(code)
    if row["claimable"] == "false" or row["by_code"] == "true":
        raise CouponNotFound(code=code)
    return await _give(row, code, member_id, "")


@use_case
async def give_coupon(*, member_id: int, code: str, cause: str) -> str:
    """Give a member a coupon for a reason, as `journey:31:7`; the same `cause` gives the same one.

    Raises CouponNotFound, CouponsAllGone, CouponClaimedOften.
    """
    return await _give(await _open(code), code, member_id, cause[:64])


@use_case
async def expire_coupons(*, limit: int = 1_000) -> int:
    """Mark coupons whose time is over; answers how many. They did not count before either."""
    return len(await sql(EXPIRE, limit))


async def _open(code: str) -> dict[str, Any]:
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
    return row


async def _give(row: dict[str, Any], code: str, member_id: int, cause: str) -> str:
    held = await sql(KNOWN, row["campaign_id"], member_id, cause)
    same = [one["public_id"] for one in held if cause and one["is_same"]]
    if same:
        return str(same[0])
    if row["claims_each"] is not None and len(held) >= row["claims_each"]:
        raise CouponClaimedOften(code=code)
    if row["quota"] is not None and row["claimed"] >= row["quota"]:
        raise CouponsAllGone(code=code)
    now = clock.now()
    public_id, ends_at = new_id("cpn"), _ends_at(row, now)
    what = (public_id, row["campaign_id"], row["promotion_id"], member_id)
    [given] = await sql(GIVE, *what, cause or f"claim:{len(held) + 1}", now, ends_at)
    await publish(CouponClaimed(given["id"], code, member_id, ends_at, now))
    return public_id


def _ends_at(row: dict[str, Any], now: datetime) -> datetime:
    """Good to the end of a shop day: so many days after today, or the campaign's last one."""
    last = row["valid_to"]
    if row["valid_days"] is not None:
        last = clock.shop_day(now) + timedelta(days=row["valid_days"])
    if last is None:
        return datetime(2099, 1, 1, tzinfo=clock.SHOP_ZONE)
    midnight = datetime.combine(last + timedelta(days=1), time(), clock.SHOP_ZONE)
    return min(midnight, row["ends_at"]) if row["ends_at"] and not row["valid_days"] else midnight
