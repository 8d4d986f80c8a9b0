"""Coupons and limited promotions under real concurrency: conditional updates decide."""

import asyncio
from datetime import UTC, date, datetime, timedelta
from itertools import count

import pytest

from core import clock
from core.errors import DomainError
from trade.promotions.errors import CouponNotUsable, PromotionSpent, PromotionTakenOften
from trade.promotions.models import Campaign, Coupon, Promotion
from trade.promotions.rules import CouponState, DealKind, Use, UseKind
from trade.promotions.service import (
    HoldUses,
    PromotionDraft,
    capture_uses,
    hold_uses,
    put_promotions,
    release_uses,
    retake_uses,
    return_uses,
)

pytestmark = pytest.mark.usefixtures("db")
serial = count(1)
MEMBER = 7
TERMS: dict[DealKind, dict[str, object]] = {
    DealKind.COUPON: {"off_fen": 1_000},
    DealKind.GIFT: {"sku_id": 1, "pieces": 1},
    DealKind.FULL_REDUCTION: {"steps": [{"threshold_fen": 300, "off_fen": 300}]},
    DealKind.TIMED_PRICE: {"rate_bp": 5_000},
}
LONG_AGO, FOREVER = datetime(2020, 1, 1, tzinfo=UTC), datetime(2099, 1, 1, tzinfo=UTC)


async def a_campaign(kind: DealKind = DealKind.COUPON, **limits: object) -> Campaign:
    code = f"c{next(serial)}"
    facts = {"name": "立减十元", "terms": TERMS[kind], "valid_from": date(2026, 1, 1)}
    await put_promotions([PromotionDraft(code, kind, **{**facts, **limits})])  # type: ignore[arg-type]
    return await Campaign.get(code=code)


async def a_coupon(member_id: int = MEMBER, ends_at: datetime = FOREVER) -> Coupon:
    campaign = await a_campaign()
    promotion = await Promotion.get(campaign_id=campaign.id)
    return await Coupon.create(
        campaign_id=campaign.id,
        promotion_id=promotion.id,
        member_id=member_id,
        claim_key=str(next(serial)),
        starts_at=LONG_AGO,
        ends_at=ends_at,
    )


def asking(order_no: str, *uses: Use, member_id: int | None = MEMBER) -> HoldUses:
    return HoldUses(order_no, member_id, uses, clock.now() + timedelta(minutes=15))


def coupon_use(coupon: Coupon) -> Use:
    return Use(UseKind.COUPON, coupon.id, 1_000, 1)


def deal_use(campaign: Campaign, fen: int = 100, times: int = 1) -> Use:
    return Use(UseKind.DEAL, campaign.id, fen, times)


def kinds(refused: dict[str, DomainError]) -> dict[str, type[DomainError]]:
    return {order_no: type(refusal) for order_no, refusal in refused.items()}


async def used(campaign: Campaign) -> tuple[int, int]:
    row = await Campaign.get(id=campaign.id)
    return row.used_fen, row.used_times


async def test_one_coupon_in_five_concurrent_orders_is_used_once() -> None:
    coupon = await a_coupon()
    answers = await asyncio.gather(
        *(hold_uses([asking(f"O{number}", coupon_use(coupon))]) for number in range(5))
    )
    refused = [refusal for answer in answers for refusal in answer.values()]

    assert [type(refusal) for refusal in refused] == [CouponNotUsable] * 4
    assert (await Coupon.get(id=coupon.id)).state is CouponState.HELD


async def test_a_refused_order_takes_nothing_and_disturbs_no_neighbour() -> None:
    coupon, campaign = await a_coupon(), await a_campaign(DealKind.GIFT, budget_times=5)
    refused = await hold_uses(
        [
            asking("O1", coupon_use(coupon), deal_use(campaign)),
            asking("O2", deal_use(campaign), coupon_use(coupon)),
            asking("O3", deal_use(campaign)),
        ]
    )

    assert kinds(refused) == {"O2": CouponNotUsable}
    assert await used(campaign) == (200, 2)


async def test_a_budget_is_never_exceeded_by_many_at_once() -> None:
    campaign = await a_campaign(DealKind.FULL_REDUCTION, budget_fen=1_000)
    answers = await asyncio.gather(
        *(hold_uses([asking(f"O{number}", deal_use(campaign, 300))]) for number in range(12))
    )
    refused = [refusal for answer in answers for refusal in answer.values()]

    assert [type(refusal) for refusal in refused] == [PromotionSpent] * 9
    assert await used(campaign) == (900, 3)


async def test_a_member_takes_no_more_than_each_may_and_a_stranger_nothing() -> None:
    campaign = await a_campaign(DealKind.TIMED_PRICE, times_each=2)
    first = await hold_uses([asking("O1", deal_use(campaign, times=2))])
    second = await hold_uses(
        [
            asking("O2", deal_use(campaign)),
            asking("O3", deal_use(campaign), member_id=8),
            asking("O4", deal_use(campaign), member_id=None),
        ]
    )

    assert first == {}
    assert kinds(second) == {"O2": PromotionTakenOften, "O4": PromotionTakenOften}
    await release_uses("O1")
    assert await hold_uses([asking("O2", deal_use(campaign))]) == {}


async def test_every_step_may_be_repeated() -> None:
    coupon, campaign = await a_coupon(), await a_campaign(DealKind.GIFT, budget_times=1)
    ask = asking("O1", coupon_use(coupon), deal_use(campaign))
    for _ in range(2):
        assert await hold_uses([ask]) == {}
    for _ in range(2):
        await capture_uses("O1")
    await release_uses("O1")

    assert (await Coupon.get(id=coupon.id)).state is CouponState.USED
    assert await used(campaign) == (100, 1)
    for _ in range(2):
        await return_uses("O1")
    old, new = await Coupon.all().order_by("id")
    assert (old.state, new.state, new.returned_of_id) == ("returned", "issued", old.id)
    assert await used(campaign) == (0, 0)


async def test_a_coupon_that_stays_used_does_not_come_back() -> None:
    coupon = await a_coupon()
    await Promotion.filter(id=coupon.promotion_id).update(terms={"comes_back": False})
    await hold_uses([asking("O1", coupon_use(coupon))])
    await capture_uses("O1")
    await return_uses("O1")

    assert [(each.state, each.order_no) for each in await Coupon.all()] == [("used", "O1")]


async def test_a_closed_order_gives_its_coupon_free_and_may_take_it_again() -> None:
    coupon = await a_coupon()
    await hold_uses([asking("O1", coupon_use(coupon))])
    await release_uses("O1")
    assert (await Coupon.get(id=coupon.id)).order_no is None

    assert await retake_uses("O1")
    await release_uses("O1")
    await hold_uses([asking("O2", coupon_use(coupon))])
    assert not await retake_uses("O1")
    assert (await Coupon.get(id=coupon.id)).order_no == "O2"
    assert await retake_uses("an order without uses")


async def test_a_strangers_or_expired_coupon_is_refused() -> None:
    expired = await a_coupon(ends_at=clock.now() - timedelta(seconds=1))
    strangers = await a_coupon(member_id=8)
    refused = await hold_uses(
        [asking("O1", coupon_use(expired)), asking("O2", coupon_use(strangers))]
    )

    assert kinds(refused) == {"O1": CouponNotUsable, "O2": CouponNotUsable}
