"""Coupons on their way to friends, to claimers and from guides; and who bears them."""

import asyncio
from collections import Counter
from datetime import timedelta

import pytest

from core import clock
from core.database import sql
from core.deeds import Done, Refused, deeds
from tests.scene import tell_everyone
from tests.scenes.auditing import named_in, overlooked_of
from tests.scenes.catalog import a_sku
from tests.scenes.coupons import a_campaign, used_in_an_order
from tests.scenes.people import head_office
from tests.scenes.stores import a_store
from trade.promotions.errors import (
    BadPromotion,
    CouponClaimedOften,
    CouponNotForYou,
    CouponNotFound,
    CouponNotGiftable,
    CouponsAllGone,
    GiftGone,
    GiftNotFound,
    GiftOwn,
)
from trade.promotions.models import Campaign, Coupon, CouponGift
from trade.promotions.queries import (
    Shopper,
    codes_of,
    coupon_costs,
    coupon_numbers,
    coupons_of,
    coupons_of_guides,
    find_template,
)
from trade.promotions.service import (
    QuoteLine,
    QuoteRequest,
    claim_coupon,
    end_gifts,
    expire_coupons,
    gift_coupon,
    give_as_guide,
    give_coupon,
    issue_coupons,
    make_codes,
    quote_cart,
    redeem_code,
    return_uses,
    take_gift,
    take_gift_back,
)

pytestmark = pytest.mark.usefixtures("db")
ME, FRIEND, THIRD, HQ = 7, 8, 9, head_office()


async def states_of(member_id: int) -> list[str]:
    return [str(one.state) for one in await coupons_of(member_id)]


async def test_two_hundred_claims_at_once_give_out_exactly_the_quota() -> None:
    await a_campaign(quota=60, claims_each=1)
    claims = [claim_coupon(member_id=1 + number % 150, code="ten") for number in range(200)]
    answers = await asyncio.gather(*claims, return_exceptions=True)
    told = Counter(type(one) for one in answers)

    assert told[str] == 60
    assert told[CouponsAllGone] + told[CouponClaimedOften] == 140
    assert (await Campaign.get(code="ten")).claimed == await Coupon.all().count() == 60
    assert len(set(await Coupon.all().values_list("member_id", flat=True))) == 60
    assert await named_in({"promotions"}) == set()


async def test_a_gift_goes_to_a_friend_once_and_cannot_be_used_on_its_way() -> None:
    await a_campaign(claims_each=1)
    coupon = await claim_coupon(member_id=ME, code="ten")
    token = await gift_coupon(member_id=ME, coupon_id=coupon)
    assert await gift_coupon(member_id=ME, coupon_id=coupon) == token
    sku, store = await a_sku(list_price_fen=10_000), await a_store()
    request = QuoteRequest(store.id, [QuoteLine(sku.id, 1)], member_id=ME, coupons=(coupon,))
    assert (await quote_cart(request)).payable_fen == 10_000

    got = await take_gift(member_id=FRIEND, token=token)
    assert await take_gift(member_id=FRIEND, token=token) == got
    assert (await states_of(ME), await states_of(FRIEND)) == (["passed"], ["issued"])
    with pytest.raises(CouponNotGiftable):
        await gift_coupon(member_id=FRIEND, coupon_id=got)
    with pytest.raises(CouponClaimedOften):
        await claim_coupon(member_id=ME, code="ten")
    assert await claim_coupon(member_id=FRIEND, code="ten") != got
    assert await named_in({"promotions"}) == set()


async def test_many_friends_bring_one_token_and_one_has_the_coupon() -> None:
    await a_campaign()
    token = await gift_coupon(member_id=ME, coupon_id=await claim_coupon(member_id=ME, code="ten"))
    takers = [take_gift(member_id=number, token=token) for number in range(20, 40)]
    answers = await asyncio.gather(*takers, return_exceptions=True)

    assert Counter(type(one) for one in answers) == {str: 1, GiftGone: 19}
    assert await Coupon.filter(state="issued").count() == 1


async def test_taking_and_taking_back_at_once_leave_one_owner() -> None:
    await a_campaign()
    for number in range(6):
        coupon = await claim_coupon(member_id=ME, code="ten")
        token = await gift_coupon(member_id=ME, coupon_id=coupon)
        await asyncio.gather(
            take_gift(member_id=FRIEND, token=token),
            take_gift_back(member_id=ME, coupon_id=coupon),
            return_exceptions=True,
        )
        assert await Coupon.filter(state="issued").count() == number + 1
    assert await named_in({"promotions"}) == set()


async def test_a_gift_that_cannot_be_is_refused_by_name() -> None:
    await a_campaign()
    await a_campaign("mine", terms={"off_fen": 1_000})
    fixed, coupon = [await claim_coupon(member_id=ME, code=code) for code in ("mine", "ten")]
    token = await gift_coupon(member_id=ME, coupon_id=coupon)
    with pytest.raises(GiftOwn):
        await take_gift(member_id=ME, token=token)
    with pytest.raises(GiftNotFound):
        await take_gift(member_id=FRIEND, token="gft_none")
    for stranger, name in ((ME, fixed), (THIRD, coupon), (ME, "cpn_none")):
        with pytest.raises(CouponNotGiftable):
            await gift_coupon(member_id=stranger, coupon_id=name)
    await take_gift_back(member_id=ME, coupon_id=coupon)

    for act in (take_gift(member_id=FRIEND, token=token),):
        with pytest.raises(GiftGone):
            await act
    with pytest.raises(GiftGone):
        await take_gift_back(member_id=ME, coupon_id=coupon)


async def test_a_gift_nobody_took_comes_back_and_then_may_expire() -> None:
    await a_campaign()
    coupon = await claim_coupon(member_id=ME, code="ten")
    token = await gift_coupon(member_id=ME, coupon_id=coupon)
    past = clock.now() - timedelta(seconds=1)
    await CouponGift.all().update(expires_at=past)
    with pytest.raises(GiftGone):
        await take_gift(member_id=FRIEND, token=token)
    assert await end_gifts() == 1
    assert await states_of(ME) == ["issued"]
    await sql("UPDATE promotions_coupon SET starts_at = $1, ends_at = $1", past)

    assert await expire_coupons() == 1
    with pytest.raises(CouponNotGiftable):
        await gift_coupon(member_id=ME, coupon_id=coupon)


async def test_a_friends_coupon_that_comes_back_after_a_refund_is_the_friends() -> None:
    await a_campaign()
    coupon = await claim_coupon(member_id=ME, code="ten")
    got = await take_gift(member_id=FRIEND, token=await gift_coupon(member_id=ME, coupon_id=coupon))
    await used_in_an_order(got, FRIEND, "O1", (await a_store()).id)
    for _ in range(2):
        await return_uses("O1")

    assert await states_of(FRIEND) == ["issued", "returned"]
    assert await named_in({"promotions"}) == set()


async def test_claims_ask_for_the_tier_and_guides_give_what_is_meant_for_them() -> None:
    await a_campaign("gold", scope={"tiers": ["gold"]})
    await a_campaign("vip", scope={"segments": ["vip"]})
    await a_campaign("plain", terms={"off_fen": 1_000})
    for code in ("gold", "vip"):
        with pytest.raises(CouponNotForYou):
            await claim_coupon(member_id=ME, code=code, shopper=Shopper("silver", ME))
    await claim_coupon(member_id=ME, code="gold", shopper=Shopper("gold", ME))
    vip = Shopper("", ME, frozenset({"vip"}))
    await claim_coupon(member_id=ME, code="vip", shopper=vip)
    assert [code for code, _ in await coupons_of_guides()] == ["gold", "vip"]
    given = await give_as_guide(member_id=FRIEND, code="gold", cause="3:k")

    assert await give_as_guide(member_id=FRIEND, code="gold", cause="3:k") == given
    with pytest.raises(CouponNotFound):
        await give_as_guide(member_id=FRIEND, code="plain", cause="3:l")


async def test_a_journey_gives_a_coupon_once_for_its_cause_and_hears_why_not() -> None:
    await a_campaign(quota=1)
    deed = deeds["coupons.give"]
    params = deed.params(code="ten")
    first = await deed.do(ME, params, "journey:1:7")

    assert isinstance(first, Done)
    assert await deed.do(ME, params, "journey:1:7") == first
    assert await deed.do(FRIEND, params, "journey:1:8") == Refused("promotions.coupons_all_gone")
    assert await deed.do(FRIEND, deed.params(code="none"), "x") == Refused(
        "promotions.coupon_not_found"
    )


async def test_who_bears_a_coupon_is_a_fact_of_its_own_terms() -> None:
    store, other = await a_store(), await a_store()
    await a_campaign("shared", borne_bp=3_333)
    await a_campaign("ours")
    for number, (code, where) in enumerate(
        [("shared", store), ("shared", store), ("ours", store), ("shared", other)]
    ):
        coupon = await give_coupon(member_id=ME, code=code, cause=f"c{number}")
        await used_in_an_order(coupon, ME, f"O{number}", where.id)
    await a_campaign("shared", borne_bp=9_000)
    now = clock.now()
    here, there = await coupon_costs(now - timedelta(days=1), now + timedelta(days=1))

    assert (here.orders, here.fen, here.franchisee_fen, here.brand_fen) == (3, 3_000, 667, 2_333)
    assert (there.fen, there.franchisee_fen) == (1_000, 333)
    assert await coupon_costs(now - timedelta(days=1), now, store_ids=[]) == []
    with pytest.raises(BadPromotion):
        await a_campaign("wrong", borne_bp=10_001)


async def test_numbers_of_a_coupon_by_day_and_by_state() -> None:
    await a_campaign()
    mine = [await give_coupon(member_id=ME, code="ten", cause=f"c{n}") for n in range(4)]
    await used_in_an_order(mine[0], ME, "O1", (await a_store()).id)
    await take_gift(member_id=FRIEND, token=await gift_coupon(member_id=ME, coupon_id=mine[1]))
    numbers = await coupon_numbers("ten", days=7)
    template = await find_template("ten")

    assert (numbers.given, numbers.in_hand, numbers.used, numbers.passed) == (4, 3, 1, 1)
    assert (numbers.saved_fen, numbers.orders, len(numbers.days)) == (1_000, 1, 7)
    assert (numbers.days[-1].given, numbers.days[-1].used) == (4, 1)
    assert template is not None
    assert (template.terms["giftable"], await find_template("none")) == (True, None)


CORRUPTIONS = {
    "promotions.gifts": [
        "UPDATE promotions_coupon SET state = 'issued' WHERE state = 'gifted'",
        "UPDATE promotions_coupon SET member_id = 99 WHERE claim_key LIKE 'gift:%'",
        "DELETE FROM promotions_coupon WHERE claim_key LIKE 'gift:%'",
        "UPDATE promotions_coupon_gift SET state = 'back', to_id = NULL WHERE state = 'taken'",
    ],
    "promotions.issues": [
        "UPDATE promotions_coupon_issue SET given = given - 1",
        "UPDATE promotions_coupon_issue_member SET outcome = ''",
    ],
    "promotions.codes": ["DELETE FROM promotions_coupon WHERE claim_key LIKE 'code:%'"],
}


async def test_each_corruption_is_found_and_named() -> None:
    await a_campaign()
    first, second = [await give_coupon(member_id=ME, code="ten", cause=c) for c in "ab"]
    await gift_coupon(member_id=ME, coupon_id=first)
    await take_gift(member_id=FRIEND, token=await gift_coupon(member_id=ME, coupon_id=second))
    await issue_coupons(code="ten", member_ids=[1, 2, 3], cause="c", by=HQ)
    batch = await make_codes(code="ten", count=1, cause="f", by=HQ)
    await redeem_code(member_id=THIRD, code=(await codes_of(batch))[0].code)
    await tell_everyone()

    assert await named_in({"promotions"}) == set()
    assert await overlooked_of(CORRUPTIONS, {"promotions"}) == []
