"""What orders take of coupons and limited promotions: held, captured, released, given back.

Races are settled by conditional updates in the database; nothing here reads and then writes.
"""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime

from core.database import sql, use_case
from core.errors import DomainError
from core.outbox import publish
from trade.promotions.errors import CouponNotUsable, PromotionSpent, PromotionTakenOften
from trade.promotions.events import CouponUsed
from trade.promotions.rules import Use

REFUSALS: dict[str, type[DomainError]] = {
    "coupon": CouponNotUsable,
    "budget": PromotionSpent,
    "each": PromotionTakenOften,
}

HOLD = "SELECT refused_no, why, what FROM promotions_hold($1::jsonb)"

CAPTURE = """
WITH kept AS (
    UPDATE promotions_use SET state = 'captured' WHERE order_no = $1 AND state = 'held'
    RETURNING kind, ref
)
UPDATE promotions_coupon AS c SET state = 'used', used_at = now()
FROM promotions_campaign AS a
WHERE c.id IN (SELECT ref FROM kept WHERE kind = 'coupon')
    AND c.order_no = $1 AND c.state = 'held' AND a.id = c.campaign_id
RETURNING c.id, c.member_id, c.used_at, a.code
"""

RELEASE = """
WITH freed AS (
    UPDATE promotions_use SET state = 'released' WHERE order_no = $1 AND state = 'held'
    RETURNING kind, ref, fen, times
), coupon AS (
    UPDATE promotions_coupon SET state = 'issued', order_no = NULL
    WHERE id IN (SELECT ref FROM freed WHERE kind = 'coupon') AND order_no = $1 AND state = 'held'
)
UPDATE promotions_campaign AS c
SET used_fen = c.used_fen - freed.fen, used_times = c.used_times - freed.times
FROM freed WHERE freed.kind = 'deal' AND c.id = freed.ref
"""

# A used coupon is closed for good and a new one takes its place, so it cannot come back twice.
RETURN = """
WITH undone AS (
    UPDATE promotions_use SET state = 'returned' WHERE order_no = $1 AND state = 'captured'
    RETURNING kind, ref, fen, times
), closed AS (
    UPDATE promotions_coupon AS c SET state = 'returned'
    FROM promotions_promotion AS p
    WHERE c.id IN (SELECT ref FROM undone WHERE kind = 'coupon')
        AND c.order_no = $1 AND c.state = 'used' AND p.id = c.promotion_id
        AND coalesce((p.terms->>'comes_back')::boolean, true)
    RETURNING c.*
), fresh AS (
    INSERT INTO promotions_coupon (public_id, campaign_id, promotion_id, member_id, claim_key,
        state, starts_at, ends_at, returned_of_id)
    SELECT 'cpn_' || replace(gen_random_uuid()::text, '-', ''), campaign_id, promotion_id,
        member_id, 'returned:' || id, 'issued', starts_at, ends_at, id
    FROM closed ON CONFLICT DO NOTHING
)
UPDATE promotions_campaign AS c
SET used_fen = c.used_fen - undone.fen, used_times = c.used_times - undone.times
FROM undone WHERE undone.kind = 'deal' AND c.id = undone.ref
"""

RELEASED = """
SELECT order_no, member_id, store_id, expires_at, json_agg(
    json_build_object('kind', kind, 'ref', ref, 'fen', fen, 'times', times) ORDER BY kind, ref
) AS uses
FROM promotions_use WHERE order_no = $1 AND state = 'released'
GROUP BY order_no, member_id, store_id, expires_at
"""


@dataclass(frozen=True, slots=True)
class HoldUses:
    """What one order wants to hold: the `uses` of its quote, unchanged."""

    order_no: str
    member_id: int | None
    uses: tuple[Use, ...]
    expires_at: datetime
    store_id: int | None = None


@use_case
async def hold_uses(wanted: Sequence[HoldUses]) -> dict[str, DomainError]:
    """Hold coupons and limited promotions for a whole group of orders in one statement.

    Answers the refused orders with CouponNotUsable, PromotionSpent or PromotionTakenOften: they
    hold nothing, and their neighbours are not disturbed. Holding again changes nothing.
    """
    asked = [asdict(each) for each in wanted if each.uses]
    if not asked:
        return {}
    rows = await sql(HOLD, json.dumps(asked, default=str))
    return {row["refused_no"]: REFUSALS[row["why"]](ref=row["what"]) for row in rows}


@use_case
async def capture_uses(order_no: str) -> None:
    """The order is paid: what it held is used for good. Again, or for no uses: nothing happens."""
    for row in await sql(CAPTURE, order_no):
        used = (row["id"], row["code"], row["member_id"], order_no, row["used_at"])
        await publish(CouponUsed(*used))


@use_case
async def release_uses(order_no: str) -> None:
    """The order ends unpaid: what it held can be used by others. Again: nothing happens."""
    await sql(RELEASE, order_no)


@use_case
async def return_uses(order_no: str) -> None:
    """The order is refunded in full: limits are given back, and a coupon comes back as a new one.

    A coupon whose terms say `comes_back: false` stays used. Again: nothing happens.
    """
    await sql(RETURN, order_no)


@use_case
async def retake_uses(order_no: str) -> bool:
    """A closed order lives again because its money came late: hold once more what was released.

    False: a coupon or a budget is gone, nothing is held, and the money should go back.
    """
    rows = await sql(RELEASED, order_no)
    if not rows:
        return True
    [row] = rows
    uses = json.loads(row["uses"]) if isinstance(row["uses"], str) else row["uses"]
    ask = {**row, "uses": uses}
    return not await sql(HOLD, json.dumps([ask], default=str))
