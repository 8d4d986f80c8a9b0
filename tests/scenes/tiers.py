"""Set the scene: tiers, and members who have bought for so much."""

from datetime import datetime, timedelta
from itertools import count
from typing import Any

from tortoise.transactions import in_transaction

from core import clock
from core.database import sql
from core.security.scope import Role, Scope
from crm.tiers.queries import terms_of
from crm.tiers.service import (
    Ladder,
    PlanDraft,
    Rung,
    give_tier,
    put_ladder,
    put_plan,
    sell_plan,
)
from tests.scene import tell_everyone
from tests.scenes.orders import a_payment, a_shelf, an_order, money_for
from trade.orders.queries import OrderView
from trade.payments.service import RefundTo, refund, settle
from trade.promotions.service import (
    DealKind,
    PromotionDraft,
    gift_coupon,
    give_coupon,
    issue_coupons,
    make_codes,
    put_promotions,
)

serial = count(1)
STANDING_BACK = """
UPDATE tiers_standing SET since = since - $2::interval, until = until - $2::interval,
    told_until = told_until - $2::interval, judged_at = judged_at - $2::interval,
    look_at = look_at - $2::interval WHERE member_id = $1
"""
TERMS_BACK = """
UPDATE tiers_term SET starts_at = starts_at - $2::interval, ends_at = ends_at - $2::interval
WHERE member_id = $1
"""
RUNGS = (
    Rung("standard", 0, "普通会员", "Member"),
    Rung("silver", 100_000, "银卡", "Silver"),
    Rung("gold", 500_000, "金卡", "Gold"),
    Rung("black", 2_000_000, "黑卡", "Black"),
)
OFFICE = Scope(Role.HEAD_OFFICE, staff_id=9_999)
LONG_AGO = datetime(2020, 1, 1, tzinfo=clock.SHOP_ZONE)


async def some_tiers(**more: Any) -> int:
    """Silver from 1,000 yuan in a year on, gold from 5,000, black from 20,000; held for a year."""
    return await put_ladder(Ladder(RUNGS, **more), by="test", since=LONG_AGO)


async def has_tier(member_id: int, tier: str) -> None:
    """A member whom somebody has given a tier."""
    await some_tiers()
    cause = f"scene:{next(serial)}"
    await give_tier(member_id=member_id, tier=tier, until=None, cause=cause, by="test")


async def has_bought(member_id: int, paid_fen: int, *, days_ago: int = 0) -> str:
    """What an order that was paid some days ago left to be counted; answers its number."""
    order_no = f"T{next(serial):08}"
    at = clock.now() - timedelta(days=days_ago)
    values = (member_id, f"paid:{order_no}", order_no, paid_fen, paid_fen // 100, at)
    await sql(
        "INSERT INTO tiers_credit (member_id, cause, order_no, paid_fen, growth, counts_at)"
        " VALUES ($1, $2, $3, $4, $5, $6)",
        *values,
    )
    return order_no


async def has_sent_back(member_id: int, order_no: str, fen: int) -> None:
    """A refund of such an order."""
    await sql(
        "INSERT INTO tiers_credit (member_id, cause, order_no, paid_fen, growth, counts_at)"
        " SELECT $1, $2, $3, -$4::bigint, -($4::bigint / 100), counts_at FROM tiers_credit"
        " WHERE cause = 'paid:' || $3",
        member_id,
        f"refund:R{next(serial):08}",
        order_no,
        fen,
    )


async def buys(fen: int, **more: Any) -> OrderView:
    """An order of one thing, paid, and everybody has heard of it."""
    shelf = await a_shelf(list_price_fen=fen)
    order = await an_order(shelf, **more)
    await settle(await money_for(await a_payment(order)))
    await tell_everyone()
    return order


async def sends_back(order: OrderView, fen: int) -> None:
    """So much of an order goes back, as store credit: it settles at once."""
    key = f"back-{next(serial)}"
    await refund(order_id=order.id, amount_fen=fen, reason="不合适", key=key, to=RefundTo.CREDIT)
    await tell_everyone()


async def later(member_id: int, days: int) -> None:
    """As if so many days had passed: everything lies so much further back."""
    lag = timedelta(days=days)
    await sql(STANDING_BACK, member_id, lag)
    await sql(TERMS_BACK, member_id, lag)
    async with in_transaction():
        await sql("SET LOCAL session_replication_role = replica")
        await sql(
            "UPDATE tiers_credit SET counts_at = counts_at - $2::interval WHERE member_id = $1",
            member_id,
            timedelta(days=days),
        )


async def some_cards(member_id: int) -> dict[str, str]:
    """A coupon that may be given on, one on its way, and a paid membership, by their names."""
    terms = {"off_fen": 1_000, "giftable": True}
    first = clock.shop_day(LONG_AGO)
    await put_promotions([PromotionDraft("card", DealKind.COUPON, "礼券", terms, first)])
    await some_tiers()
    plan = PlanDraft("plus", "悦享会员", "Plus", 1, "gold", 30)
    await put_plan(plan, by="test")
    await sell_plan(member_id=member_id, plan="plus", cause=f"scene:{next(serial)}", by=OFFICE)
    names = [
        await give_coupon(member_id=member_id, code="card", cause=f"scene:{next(serial)}")
        for _ in range(2)
    ]
    await gift_coupon(member_id=member_id, coupon_id=names[1])
    [term] = await terms_of(member_id)
    by: dict[str, Any] = {"cause": f"scene:{next(serial)}", "by": OFFICE}
    batch = await make_codes(code="card", count=3, **by)
    issue = await issue_coupons(code="card", member_ids=[member_id], **by)
    return {
        "coupon": names[0],
        "gifted": names[1],
        "plan": "plus",
        "term": term.public_id,
        "tier": "gold",
        "coupon_code": "card",
        "coupon_batch": batch,
        "coupon_issue": issue,
    }
