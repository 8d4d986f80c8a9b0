"""Coupons from claiming to expiry, on a real database."""

import asyncio
from datetime import date, timedelta

import pytest

from core import clock
from core.database import sql
from tests.scenes.catalog import a_sku
from tests.scenes.stores import a_store
from trade.promotions.errors import CouponClaimedOften, CouponNotFound, CouponsAllGone
from trade.promotions.models import Campaign, Coupon
from trade.promotions.queries import Shopper, coupon_offers, coupons_fitting, coupons_of
from trade.promotions.service import (
    DealKind,
    HoldUses,
    PromotionDraft,
    QuoteLine,
    QuoteRequest,
    UseKind,
    capture_uses,
    claim_coupon,
    end_promotion,
    expire_coupons,
    give_coupon,
    hold_uses,
    put_promotions,
    quote_cart,
)

pytestmark = pytest.mark.usefixtures("db")
MEMBER = 7
TODAY = clock.shop_day(clock.now())


async def a_coupon_campaign(code: str = "ten", **more: object) -> None:
    facts = {"name": "立减十元", "terms": {"off_fen": 1_000}, "valid_from": date(2026, 1, 1)}
    draft = PromotionDraft(code, DealKind.COUPON, **{**facts, **more})  # type: ignore[arg-type]
    await put_promotions([draft])


async def asking(*coupons: str, store_id: int | None = None, **more: object) -> QuoteRequest:
    sku = await a_sku(list_price_fen=10_000)
    place = store_id or (await a_store()).id
    facts = {"member_id": MEMBER, **more}
    return QuoteRequest(place, [QuoteLine(sku.id, 1)], coupons=coupons, **facts)  # type: ignore[arg-type]


async def test_many_claimers_of_few_coupons_take_exactly_the_quota() -> None:
    await a_coupon_campaign(quota=5)
    claims = [claim_coupon(member_id=number, code="ten") for number in range(1, 17)]
    answers = await asyncio.gather(*claims, return_exceptions=True)

    refused = [answer for answer in answers if isinstance(answer, Exception)]
    assert [type(one) for one in refused] == [CouponsAllGone] * 11
    assert (await Campaign.get(code="ten")).claimed == await Coupon.all().count() == 5


async def test_one_member_at_many_phones_claims_no_more_than_allowed() -> None:
    await a_coupon_campaign(claims_each=2)
    claims = [claim_coupon(member_id=MEMBER, code="ten") for _ in range(6)]
    answers = await asyncio.gather(*claims, return_exceptions=True)

    refused = [type(answer) for answer in answers if isinstance(answer, Exception)]
    assert refused == [CouponClaimedOften] * 4
    assert await Coupon.filter(member_id=MEMBER).count() == 2


async def test_the_same_cause_gives_the_same_coupon() -> None:
    await a_coupon_campaign(claims_each=1)
    first = await give_coupon(member_id=MEMBER, code="ten", cause="journey:1")

    assert await give_coupon(member_id=MEMBER, code="ten", cause="journey:1") == first
    with pytest.raises(CouponClaimedOften):
        await give_coupon(member_id=MEMBER, code="ten", cause="journey:2")


async def test_what_is_not_given_out_cannot_be_claimed() -> None:
    await a_coupon_campaign("over", valid_to=TODAY - timedelta(days=1))
    await a_coupon_campaign("soon", valid_from=TODAY + timedelta(days=1))
    await a_coupon_campaign("staff", terms={"off_fen": 1_000, "claimable": False})
    await a_coupon_campaign("ended")
    await end_promotion("ended")
    for code in ("over", "soon", "staff", "ended", "none-such"):
        with pytest.raises(CouponNotFound):
            await claim_coupon(member_id=MEMBER, code=code)
    assert (await give_coupon(member_id=MEMBER, code="staff", cause="a person")).startswith("cpn_")


async def test_a_coupon_is_good_to_the_end_of_its_last_shop_day() -> None:
    await a_coupon_campaign("fixed", valid_to=TODAY + timedelta(days=3))
    await a_coupon_campaign("week", valid_days=7)
    for code in ("fixed", "week"):
        await claim_coupon(member_id=MEMBER, code=code)
    ends = {view.code: view.ends_at for view in await coupons_of(MEMBER)}
    last = {code: clock.shop_day(at - timedelta(seconds=1)) for code, at in ends.items()}

    assert last == {"fixed": TODAY + timedelta(days=3), "week": TODAY + timedelta(days=7)}


async def test_a_coupon_takes_off_and_says_what_the_order_has_to_hold() -> None:
    await a_coupon_campaign()
    coupon = await claim_coupon(member_id=MEMBER, code="ten")
    quote = await quote_cart(await asking(coupon, coupon))
    row = await Coupon.get(public_id=coupon)

    assert (quote.payable_fen, quote.discount_fen) == (9_000, 1_000)
    assert [(use.kind, use.ref, use.fen) for use in quote.uses] == [(UseKind.COUPON, row.id, 1_000)]


async def test_a_coupon_that_does_not_count_is_told_and_the_quote_stands() -> None:
    here, there = await a_store(), await a_store()
    await a_coupon_campaign("there", scope={"places": [f"store:{there.id}"]})
    await a_coupon_campaign("live", scope={"channels": ["live"]})
    await a_coupon_campaign("gold", scope={"tiers": ["gold"]})
    await a_coupon_campaign("big", terms={"threshold_fen": 20_000, "off_fen": 1_000})
    await a_coupon_campaign("sold")
    mine = [
        await claim_coupon(member_id=MEMBER, code=code)
        for code in ("there", "live", "gold", "big", "sold")
    ]
    strangers = await claim_coupon(member_id=8, code="sold")
    await sql(
        "UPDATE promotions_coupon SET starts_at = now(), ends_at = now() WHERE public_id = $1",
        mine[-1],
    )
    quote = await quote_cart(
        await asking(*mine, strangers, "none-such", "' OR 1=1 --", store_id=here.id)
    )

    assert quote.payable_fen == 10_000
    assert sorted(reason.zh for reason in quote.reasons) == sorted(
        [
            "立减十元：本店不可用",
            "立减十元：不适用于本次购买",
            "立减十元：不适用于本次购买",
            "立减十元：再买 100.00 元可减 10.00 元",
            "立减十元：已过期",
            *["没有这张优惠券，或不属于您"] * 3,
        ]
    )


async def test_a_coupon_held_by_an_order_is_told_so_in_the_next_cart() -> None:
    await a_coupon_campaign()
    coupon = await claim_coupon(member_id=MEMBER, code="ten")
    request = await asking(coupon)
    quote = await quote_cart(request)
    later = clock.now() + timedelta(minutes=15)
    await hold_uses([HoldUses("O1", MEMBER, quote.uses, later)])

    assert [one.zh for one in (await quote_cart(request)).reasons] == [
        "立减十元：正在另一订单中使用"
    ]
    await capture_uses("O1")
    assert [one.zh for one in (await quote_cart(request)).reasons] == ["立减十元：已使用"]


async def test_a_public_code_counts_without_claiming_and_within_its_limit() -> None:
    terms = {"off_fen": 1_000, "by_code": True}
    await a_coupon_campaign("WELCOME", terms=terms, times_each=1)
    request = await asking("WELCOME")
    quote = await quote_cart(request)
    later = clock.now() + timedelta(minutes=15)

    assert quote.payable_fen == 9_000
    assert await hold_uses([HoldUses("O1", MEMBER, quote.uses, later)]) == {}
    assert (await quote_cart(request)).payable_fen == 10_000
    with pytest.raises(CouponNotFound):
        await claim_coupon(member_id=MEMBER, code="WELCOME")


async def test_coupons_that_fit_come_first_and_others_say_why_not() -> None:
    await a_coupon_campaign("ten")
    await a_coupon_campaign("twenty", terms={"off_fen": 2_000})
    await a_coupon_campaign("big", terms={"threshold_fen": 20_000, "off_fen": 9_000})
    for code in ("big", "ten", "twenty"):
        await claim_coupon(member_id=MEMBER, code=code)
    found = await coupons_fitting(await asking())

    assert [(one.coupon.code, one.saves_fen) for one in found] == [
        ("twenty", 2_000),
        ("ten", 1_000),
        ("big", 0),
    ]
    assert found[-1].en == "big: 100.00 yuan more and 90.00 yuan come off."


async def test_offers_say_what_is_left_and_whether_this_member_may() -> None:
    store = await a_store()
    await a_coupon_campaign("few", quota=2, claims_each=1)
    await a_coupon_campaign("gold", scope={"tiers": ["gold"]})
    await claim_coupon(member_id=MEMBER, code="few")
    mine = await coupon_offers(store.id, MEMBER)
    theirs = await coupon_offers(store.id, 8, Shopper("gold"))

    assert [(one.code, one.can_claim, one.left) for one in mine] == [("few", False, 1)]
    assert {one.code: one.can_claim for one in theirs} == {"few": True, "gold": True}


async def test_coupons_whose_time_is_over_expire() -> None:
    await a_coupon_campaign()
    await claim_coupon(member_id=MEMBER, code="ten")
    await sql(
        "UPDATE promotions_coupon SET starts_at = now() - interval '1 day',"
        " ends_at = now() - interval '1 s'"
    )

    assert [view.state for view in await coupons_of(MEMBER)] == ["expired"]
    assert [await expire_coupons(), await expire_coupons()] == [1, 0]
    assert (await Coupon.all().first()).state == "expired"  # type: ignore[union-attr]
