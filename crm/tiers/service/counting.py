"""What counts towards a tier: money really paid less what was refunded, and growth value.

Points and coupons spent are not money paid; freight and the price of a paid membership are.
"""

from datetime import datetime

from core import clock
from core.database import sql, use_case
from crm.tiers.reading import ladders
from crm.tiers.rules import Why, ladder_at
from crm.tiers.service.judging import judge
from trade.orders.queries import OrderView, order_of
from trade.payments.queries import RefundState, refunds_of

COUNT = """
INSERT INTO tiers_credit (member_id, cause, order_no, paid_fen, growth, counts_at)
VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (cause) DO NOTHING RETURNING id
"""
GROWN = """
SELECT coalesce(sum(paid_fen), 0)::bigint AS paid_fen, coalesce(sum(growth), 0)::bigint AS growth,
    min(counts_at) AS counts_at, min(member_id) AS member_id
FROM tiers_credit WHERE order_no = $1
"""
TAKE_TURNS = "SELECT pg_advisory_xact_lock(hashtextextended('tiers.count', $1::bigint))"


@use_case
async def count_order(*, order_id: int, why: Why = Why.PURCHASE) -> bool:
    """Count a paid order and whatever of it was refunded, and judge its member anew.

    Told again, or told of the refund before the payment, it counts the same: each payment and each
    refund once. False: nothing of it is new, or it has no member.
    """
    await sql(TAKE_TURNS, order_id)
    order = await order_of(order_id)
    if order.member_id is None or order.paid_at is None:
        return False
    news = await _count_paid(order)
    for refund in await refunds_of(order_id):
        if refund.state is RefundState.SETTLED and refund.is_of_sale:
            news += await _count_refund(order, refund.refund_no, refund.amount_fen)
    if news:
        await judge([news[0]], why=why, cause=order.order_no)
    return bool(news)


@use_case
async def grow(*, member_id: int, growth: int, cause: str, at: datetime | None = None) -> bool:
    """Add growth value (成长值) for a deed, or take it away below zero; once for each `cause`.

    It is never spent: what can be spent are points. What was wrong is undone by as much below zero
    at the same moment; below zero at a later one ends no tier that was reached.
    """
    moment = min(at or clock.now(), clock.now())
    if not await sql(COUNT, member_id, f"deed:{cause}"[:80], "", 0, growth, moment):
        return False
    await judge([member_id], why=Why.GROWTH, cause=cause)
    return True


async def _count_paid(order: OrderView) -> list[int]:
    """A till whose clock is ahead does not buy in the future."""
    assert order.member_id is not None
    assert order.paid_at is not None
    at = min(order.paid_at, clock.now())
    growth = await _growth(order.paid_fen, at)
    values = (order.member_id, f"paid:{order.order_no}", order.order_no, order.paid_fen, growth, at)
    return [order.member_id] if await sql(COUNT, *values) else []


async def _count_refund(order: OrderView, refund_no: str, amount_fen: int) -> list[int]:
    """What is left of the growth is what the money left would have given: whole yuan count."""
    [so_far] = await sql(GROWN, order.order_no)
    at = so_far["counts_at"]
    left = await _growth(so_far["paid_fen"] - amount_fen, at)
    member_id = so_far["member_id"]  # after a merge it is the other one
    values = (f"refund:{refund_no}", order.order_no, -amount_fen, left - so_far["growth"], at)
    return [member_id] if await sql(COUNT, member_id, *values) else []


async def _growth(paid_fen: int, at: datetime) -> int:
    return max(paid_fen, 0) // 100 * ladder_at(await ladders(), at).growth_per_yuan
