"""A coupon for a friend (转赠): put on its way, taken by whoever brings the token first, or back.

The gift's row is the gate of every race; a coupon goes to a friend once and not further.
"""

from datetime import timedelta

from core import clock
from core.database import sql, use_case
from core.outbox import publish
from trade.promotions.errors import CouponNotGiftable, GiftGone, GiftNotFound, GiftOwn
from trade.promotions.events import CouponPassed

GIFT_FOR = timedelta(hours=24)

# Its terms allow it, and it neither came from a friend nor back from an order.
WRAP = """
UPDATE promotions_coupon AS c SET state = 'gifted'
FROM promotions_promotion AS p
WHERE c.public_id = $1 AND c.member_id = $2 AND c.state = 'issued' AND c.ends_at > now()
    AND p.id = c.promotion_id AND coalesce((p.terms->>'giftable')::boolean, false)
    AND c.returned_of_id IS NULL
RETURNING c.id, c.ends_at
"""
OPEN = """
INSERT INTO promotions_coupon_gift (token, coupon_id, from_id, state, expires_at)
VALUES ('gft_' || replace(gen_random_uuid()::text, '-', ''), $1, $2, 'open', $3)
RETURNING token
"""
OPENED = """
SELECT g.token FROM promotions_coupon_gift AS g JOIN promotions_coupon AS c ON c.id = g.coupon_id
WHERE c.public_id = $1 AND g.from_id = $2 AND g.state = 'open'
"""
TAKE = """
UPDATE promotions_coupon_gift SET state = 'taken', to_id = $2, ended_at = now()
WHERE token = $1 AND state = 'open' AND expires_at > now() AND from_id <> $2
RETURNING id, coupon_id, from_id
"""
HAND_ON = """
WITH passed AS (
    UPDATE promotions_coupon SET state = 'passed' WHERE id = $1 AND state = 'gifted' RETURNING *
)
INSERT INTO promotions_coupon (public_id, campaign_id, promotion_id, member_id, claim_key, state,
    starts_at, ends_at, returned_of_id)
SELECT 'cpn_' || replace(gen_random_uuid()::text, '-', ''), campaign_id, promotion_id, $2, $3,
    'issued', starts_at, ends_at, id
FROM passed RETURNING id, public_id
"""
WHO = """
SELECT g.state, g.from_id, g.to_id, n.public_id FROM promotions_coupon_gift AS g
LEFT JOIN promotions_coupon AS n ON n.returned_of_id = g.coupon_id WHERE g.token = $1
"""
BACK = """
WITH back AS (
    UPDATE promotions_coupon_gift AS g SET state = 'back', ended_at = now()
    FROM promotions_coupon AS c
    WHERE c.public_id = $1 AND c.id = g.coupon_id AND g.from_id = $2 AND g.state = 'open'
    RETURNING g.coupon_id
)
UPDATE promotions_coupon SET state = 'issued'
WHERE id IN (SELECT coupon_id FROM back) AND state = 'gifted' RETURNING id
"""
OVER = """
WITH over AS (
    UPDATE promotions_coupon_gift SET state = 'expired', ended_at = now() WHERE id IN (
        SELECT id FROM promotions_coupon_gift WHERE state = 'open' AND expires_at <= now()
        ORDER BY expires_at LIMIT $1 FOR UPDATE SKIP LOCKED
    ) RETURNING coupon_id
)
UPDATE promotions_coupon SET state = 'issued'
WHERE id IN (SELECT coupon_id FROM over) AND state = 'gifted' RETURNING id
"""


@use_case
async def gift_coupon(*, member_id: int, coupon_id: str) -> str:
    """Put a coupon on its way to a friend and answer the token of the share card, good for a day.

    While it is on its way it cannot be used. Again: the same token. Raises CouponNotGiftable.
    """
    wrapped = await sql(WRAP, coupon_id, member_id)
    if not wrapped:
        opened = await sql(OPENED, coupon_id, member_id)
        if opened:
            return str(opened[0]["token"])
        raise CouponNotGiftable
    [row] = wrapped
    until = min(clock.now() + GIFT_FOR, row["ends_at"])
    [gift] = await sql(OPEN, row["id"], member_id, until)
    return str(gift["token"])


@use_case
async def take_gift(*, member_id: int, token: str) -> str:
    """Take the coupon a friend has sent and answer its public id; again: the same one.

    However many bring the token, one of them has it. It counts as the giver's claim, not the
    taker's. Raises GiftNotFound, GiftOwn, GiftGone.
    """
    taken = await sql(TAKE, token, member_id)
    if not taken:
        return await _taken_before(member_id, token)
    [gift] = taken
    [coupon] = await sql(HAND_ON, gift["coupon_id"], member_id, f"gift:{gift['id']}")
    await publish(CouponPassed(coupon["id"], gift["from_id"], member_id, clock.now()))
    return str(coupon["public_id"])


@use_case
async def take_gift_back(*, member_id: int, coupon_id: str) -> None:
    """Take a coupon back that nobody has taken yet. Raises GiftGone when somebody has."""
    if not await sql(BACK, coupon_id, member_id):
        raise GiftGone


@use_case
async def end_gifts(*, limit: int = 1_000) -> int:
    """Give coupons back whose friends did not come in time; answers how many."""
    return len(await sql(OVER, limit))


async def _taken_before(member_id: int, token: str) -> str:
    known = await sql(WHO, token)
    if not known:
        raise GiftNotFound
    [row] = known
    if row["to_id"] == member_id and row["public_id"]:
        return str(row["public_id"])
    raise GiftOwn if row["from_id"] == member_id and row["state"] == "open" else GiftGone
