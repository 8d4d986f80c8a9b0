"""Paid membership: bought by an order, renewed, refunded; and what it brings."""

import asyncio
from datetime import date, timedelta

import pytest

from core import clock
from crm.people.models import Member
from crm.tiers.errors import BadPlan, NoMembership, PlanNotFound, TermNotFound, TierUnknown
from crm.tiers.jobs import give_gifts
from crm.tiers.models import Benefit, Term
from crm.tiers.queries import (
    Why,
    benefits,
    benefits_of,
    changes_of,
    plans_of,
    terms_of,
    tier_of,
)
from crm.tiers.service import (
    BenefitDraft,
    BenefitKind,
    PlanDraft,
    announce_ends,
    end_term,
    give_birthday_gift,
    give_monthly_gift,
    judge,
    open_bought_terms,
    put_benefits,
    put_plan,
    sell_plan,
    want_renewal,
)
from tests.scene import tell_everyone
from tests.scenes.orders import MEMBER, Shelf, a_payment, a_shelf, an_order, money_for
from tests.scenes.people import a_member, head_office
from tests.scenes.stores import a_member_of_staff, a_store
from tests.scenes.tiers import buys, has_bought, later, sends_back, some_tiers
from trade.orders.queries import OrderView
from trade.payments.service import settle
from trade.promotions.queries import coupons_of
from trade.promotions.service import (
    DealKind,
    PromotionDraft,
    QuoteLine,
    QuoteRequest,
    put_promotions,
    quote_cart,
)

pytestmark = pytest.mark.usefixtures("db")
HQ, LONG_AGO = head_office(), date(2026, 1, 1)


async def a_plan(*, tier: str = "gold", days: int = 30, **more: object) -> Shelf:
    """A membership for 99 yuan, on a shelf; it gives gold for 30 days."""
    await some_tiers()
    shelf = await a_shelf(list_price_fen=9_900, units=50)
    facts = {"code": "plus", "zh": "悦享会员", "en": "Plus", **more}
    await put_plan(PlanDraft(sku_id=shelf.sku_id, tier=tier, days=days, **facts), by=HQ)  # type: ignore[arg-type]
    return shelf


async def bought(*shelves: Shelf, quantity: int = 1) -> OrderView:
    order = await an_order(*shelves, quantity=quantity)
    await settle(await money_for(await a_payment(order)))
    await tell_everyone()
    return order


async def a_coupon(code: str) -> None:
    await put_promotions(
        [
            PromotionDraft(
                code, DealKind.COUPON, "礼券", {"off_fen": 1_000, "claimable": False}, LONG_AGO
            )
        ]
    )


async def test_who_buys_a_membership_has_its_tier_at_once_and_for_its_days() -> None:
    await bought(await a_plan())
    [term] = await terms_of(MEMBER)
    assert term.ends_at is not None

    assert (await tier_of(MEMBER), term.plan) == ("gold", "plus")
    assert term.ends_at - term.starts_at == timedelta(days=30)
    assert await plans_of([MEMBER, 8]) == {MEMBER: {"plus"}}
    await later(MEMBER, 30)
    assert await judge([MEMBER], why=Why.EXPIRY) == {MEMBER: "standard"}
    assert await plans_of([MEMBER]) == {}


async def test_news_told_twice_opens_one_term_and_renewing_early_loses_no_day() -> None:
    shelf = await a_plan()
    order = await bought(shelf, quantity=2)
    await asyncio.gather(*(open_bought_terms(order_id=order.id) for _ in range(5)))
    await bought(shelf)
    terms = sorted(await terms_of(MEMBER), key=lambda term: term.starts_at)

    assert len(terms) == 3
    assert [a.ends_at for a in terms[:-1]] == [b.starts_at for b in terms[1:]]


async def test_a_refunded_membership_ends_and_what_follows_it_moves_up() -> None:
    shelf = await a_plan()
    first, second = await bought(shelf), await bought(shelf)
    await sends_back(first, 9_900)
    [alive] = [term for term in await terms_of(MEMBER) if term.ended_at is None]

    assert await tier_of(MEMBER) == "gold"
    assert alive.starts_at <= clock.now() < alive.starts_at + timedelta(minutes=1)
    await sends_back(second, 1)
    assert await tier_of(MEMBER) == "standard"
    assert (await changes_of(MEMBER))[0].why is Why.REFUND


async def test_goods_sent_back_from_the_same_order_end_no_membership() -> None:
    shelf = await a_plan()
    goods = await a_shelf(list_price_fen=30_000, store_id=shelf.store_id)
    order = await bought(shelf, goods)
    await sends_back(order, 30_000)
    assert await tier_of(MEMBER) == "gold"
    await sends_back(order, 1)

    assert await tier_of(MEMBER) == "standard"


async def test_a_membership_whose_refund_was_told_first_is_not_left_open() -> None:
    order = await bought(await a_plan())
    await sends_back(order, 9_900)
    await open_bought_terms(order_id=order.id)

    assert [term.ended_at is None for term in await terms_of(MEMBER)] == [False]


async def test_the_end_is_announced_once_with_the_wish_to_go_on() -> None:
    shelf = await a_plan()
    with pytest.raises(NoMembership):
        await want_renewal(member_id=MEMBER, plan="plus", is_wanted=True)
    await bought(shelf)
    await want_renewal(member_id=MEMBER, plan="plus", is_wanted=True)
    assert await announce_ends() == 0
    await later(MEMBER, 24)

    assert (await terms_of(MEMBER))[0].wants_renewal
    assert [await announce_ends(), await announce_ends()] == [1, 0]


async def test_who_has_renewed_hears_no_warning() -> None:
    shelf = await a_plan()
    await bought(shelf, quantity=2)
    await later(MEMBER, 24)

    assert await announce_ends() == 0


async def test_a_membership_sold_by_hand_counts_once_for_its_cause() -> None:
    await a_plan()
    assert await sell_plan(member_id=8, plan="plus", cause="till:1", by=HQ)
    assert not await sell_plan(member_id=8, plan="plus", cause="till:1", by=HQ)
    [term] = await terms_of(8)
    assert await end_term(public_id=term.public_id, why="误开", by=HQ)
    assert not await end_term(public_id=term.public_id, why="误开", by=HQ)

    assert await tier_of(8) == "standard"
    with pytest.raises(PlanNotFound):
        await sell_plan(member_id=8, plan="none", cause="x", by=HQ)
    with pytest.raises(TermNotFound):
        await end_term(public_id="trm_none", why="", by=HQ)


async def test_a_membership_that_cannot_be_is_refused() -> None:
    shelf = await a_plan()
    for change in (
        {"days": 0},
        {"zh": ""},
        {"code": ""},
        {"code": "other", "sku_id": shelf.sku_id},
    ):
        facts = {"code": "plus", "zh": "悦", "en": "P", "sku_id": 5, "tier": "gold", "days": 1}
        with pytest.raises(BadPlan):
            await put_plan(PlanDraft(**{**facts, **change}), by=HQ)  # type: ignore[arg-type]
    with pytest.raises(TierUnknown):
        await put_plan(PlanDraft("x", "悦", "P", 5, "none", 1), by=HQ)


async def test_gifts_come_once_however_often_a_tier_is_reached() -> None:
    await some_tiers()
    await a_coupon("hello")
    await put_benefits(
        [BenefitDraft(BenefitKind.WELCOME, {"coupon": "hello"})], tier="silver", by=HQ
    )
    order = await buys(100_000)
    await sends_back(order, 100_000)
    await buys(100_000)

    assert await tier_of(MEMBER) == "silver"
    assert len(await coupons_of(MEMBER)) == 1


async def test_birthday_and_monthly_gifts_once_a_year_and_a_month() -> None:
    await a_plan()
    await a_coupon("cake")
    await a_coupon("monthly")
    await put_benefits([BenefitDraft(BenefitKind.BIRTHDAY, {"coupon": "cake"})], tier="gold", by=HQ)
    await put_benefits(
        [BenefitDraft(BenefitKind.MONTHLY, {"coupon": "monthly"})], plan="plus", by=HQ
    )
    for year in (2026, 2026, 2027):
        await give_birthday_gift(member_id=8, tier="gold", year=year)
    for month in ("2026-11", "2026-11", "2026-12"):
        await give_monthly_gift(member_id=8, plan="plus", month=month)

    codes = sorted(one.code for one in await coupons_of(8))
    assert codes == ["cake", "cake", "monthly", "monthly"]


async def test_a_gift_that_has_run_out_does_not_hold_up_the_tier() -> None:
    await some_tiers()
    await put_benefits(
        [BenefitDraft(BenefitKind.WELCOME, {"coupon": "gone"})], tier="silver", by=HQ
    )
    await has_bought(MEMBER, 100_000)

    assert await judge([MEMBER], why=Why.PURCHASE) == {MEMBER: "silver"}
    assert await coupons_of(MEMBER) == []


async def test_benefits_reach_the_price_and_the_freight_of_a_cart() -> None:
    await some_tiers()
    shelf = await a_shelf(list_price_fen=10_000)
    line = [QuoteLine(shelf.sku_id, 1)]
    request = QuoteRequest(shelf.store_id, line, "gold", delivery="express", delivery_fee_fen=800)
    price = BenefitDraft(BenefitKind.PRICE, {"rate_bp": 9_000})
    freight = BenefitDraft(BenefitKind.FREIGHT, {"free_from_fen": 0, "fee_fen": 0})
    assert await put_benefits([price, freight], tier="gold", by=HQ) == 2
    assert await put_benefits([price, freight], tier="gold", by=HQ) == 0
    assert (await quote_cart(request)).payable_fen == 9_000
    assert await put_benefits([], tier="gold", by=HQ) == 2

    assert (await quote_cart(request)).payable_fen == 10_800
    assert await Benefit.filter(ended_at=None).count() == 0


async def test_a_member_has_the_benefits_of_tier_and_memberships_together() -> None:
    shelf = await a_plan(tier="silver")
    service = BenefitDraft(BenefitKind.SERVICE, zh="专属导购", en="A guide of one's own")
    await put_benefits([service], plan="plus", by=HQ)
    await put_benefits([BenefitDraft(BenefitKind.SERVICE, zh="生日双倍")], tier="silver", by=HQ)
    await put_benefits([BenefitDraft(BenefitKind.SERVICE, zh="机场接送")], tier="gold", by=HQ)
    await bought(shelf)

    found = await benefits_of(MEMBER, await tier_of(MEMBER))
    assert [one.zh for one in found] == ["专属导购", "生日双倍"]
    assert len(await benefits()) == 3
    with pytest.raises(TierUnknown):
        await put_benefits([], tier="none", by=HQ)
    with pytest.raises(PlanNotFound):
        await put_benefits([], plan="none", by=HQ)


async def test_benefits_of_a_place_are_for_members_who_are_at_home_there() -> None:
    """Local to a franchisee or a region: others of the same tier do not get them."""
    store = await a_store(region="华东")
    guide = await a_member_of_staff(store=store)
    here, elsewhere = await a_member(guide=guide), await a_member()
    await some_tiers()
    await a_coupon("local")
    local = BenefitDraft(BenefitKind.BIRTHDAY, {"coupon": "local"}, place="region:华东")
    await put_benefits([local], tier="silver", by=HQ)
    for member in (here, elsewhere):
        await give_birthday_gift(member_id=member.id, tier="silver", year=2026)

    assert [len(await coupons_of(one.id)) for one in (here, elsewhere)] == [1, 0]
    assert await Term.all().count() == 0


async def test_gifts_of_the_day_are_owed_once_and_find_birthdays_and_memberships() -> None:
    await a_plan(tier="silver")
    for code in ("cake", "monthly"):
        await a_coupon(code)
    gift = BenefitDraft(BenefitKind.BIRTHDAY, {"coupon": "cake"})
    for tier in ("standard", "silver"):
        await put_benefits([gift], tier=tier, by=HQ)
    monthly = BenefitDraft(BenefitKind.MONTHLY, {"coupon": "monthly"})
    await put_benefits([monthly], plan="plus", by=HQ)
    leap, plain = await a_member(), await a_member()
    await Member.filter(id=leap.id).update(birth_month=2, birth_day=29)
    await sell_plan(member_id=plain.id, plan="plus", cause="x", by=HQ)
    for day in ("2027-02-28", "2027-02-28", "2027-03-01", "2028-02-29"):
        await give_gifts(day)

    assert [one.code for one in await coupons_of(leap.id)] == ["cake", "cake"]
    assert sorted(one.code for one in await coupons_of(plain.id)) == ["monthly"] * 3
