"""Coupons for many members at once, and out of printed codes."""

import asyncio
from collections import Counter

import pytest

from tests.scene import tell_everyone
from tests.scenes.auditing import named_in
from tests.scenes.coupons import a_campaign
from tests.scenes.people import head_office
from trade.promotions.errors import (
    BadPromotion,
    CodeUnknown,
    CouponNotFound,
    CouponsAllGone,
    IssueNotFound,
)
from trade.promotions.models import Campaign, Coupon, CouponCode, CouponIssue
from trade.promotions.queries import (
    IssueState,
    code_batches,
    codes_of,
    issues,
)
from trade.promotions.service import (
    cancel_issue,
    claim_coupon,
    end_promotion,
    give_part,
    issue_coupons,
    make_codes,
    redeem_code,
)

pytestmark = pytest.mark.usefixtures("db")
ME, FRIEND, THIRD, HQ = 7, 8, 9, head_office()


async def test_coupons_for_many_are_given_once_and_the_quota_holds() -> None:
    await a_campaign(quota=700, claims_each=1)
    await claim_coupon(member_id=5, code="ten")
    members = [*range(1, 801), 5, 5]
    issue = await issue_coupons(code="ten", member_ids=members, cause="segment:1", by=HQ)
    assert await issue_coupons(code="ten", member_ids=members, cause="segment:1", by=HQ) == issue
    await tell_everyone()
    [view] = await issues(code="ten")

    assert (view.state, view.total, view.given, view.refused) == (IssueState.DONE, 800, 699, 101)
    assert view.refusals == {
        "promotions.coupon_claimed_often": 1,
        "promotions.coupons_all_gone": 100,
    }
    assert await Coupon.all().count() == (await Campaign.get(code="ten")).claimed == 700
    assert await named_in({"promotions"}) == set()


async def test_two_workers_and_a_crash_give_nobody_a_second_coupon() -> None:
    await a_campaign()
    await issue_coupons(code="ten", member_ids=range(1, 301), cause="c", by="test")
    [row] = await CouponIssue.all()
    await asyncio.gather(*(give_part(issue_id=row.id, size=40) for _ in range(6)))
    while await give_part(issue_id=row.id, size=40):
        pass

    assert await Coupon.all().count() == 300
    assert (await CouponIssue.get(id=row.id)).given == 300


async def test_a_cancelled_issue_stops_and_what_was_given_stays() -> None:
    await a_campaign()
    issue = await issue_coupons(code="ten", member_ids=range(1, 101), cause="c", by=HQ)
    [row] = await CouponIssue.all()
    await give_part(issue_id=row.id, size=30)
    assert await cancel_issue(public_id=issue, by=HQ)
    assert not await cancel_issue(public_id=issue, by=HQ)
    await tell_everyone()

    assert await Coupon.all().count() == 30
    assert (await issues())[0].state is IssueState.CANCELLED
    with pytest.raises(IssueNotFound):
        await cancel_issue(public_id="iss_none", by=HQ)
    with pytest.raises(CouponNotFound):
        await issue_coupons(code="none", member_ids=[1], cause="d", by=HQ)


async def test_an_issue_whose_campaign_ended_says_so_and_ends() -> None:
    await a_campaign()
    await issue_coupons(code="ten", member_ids=[1, 2], cause="c", by=HQ)
    await end_promotion("ten")
    await tell_everyone()
    [view] = await issues()

    assert (view.state, view.refusals) == (IssueState.DONE, {"promotions.coupon_not_found": 2})


async def test_a_printed_code_is_good_for_one_member() -> None:
    await a_campaign()
    batch = await make_codes(code="ten", count=50, cause="flyer", by=HQ)
    assert await make_codes(code="ten", count=50, cause="flyer", by=HQ) == batch
    printed = [one.code for one in await codes_of(batch)]
    tries = [redeem_code(member_id=number, code=printed[0]) for number in range(1, 21)]
    answers = await asyncio.gather(*tries, return_exceptions=True)
    winner = (await CouponCode.get(code=printed[0])).member_id
    assert winner is not None

    assert Counter(type(one) for one in answers) == {str: 1, CodeUnknown: 19}
    again = await redeem_code(member_id=winner, code=f" {printed[0].lower()} ")
    assert again in answers
    assert len(set(printed)) == 50
    assert (await code_batches(code="ten"))[0].taken == 1
    assert await named_in({"promotions"}) == set()


async def test_a_code_stays_good_where_the_campaign_refuses() -> None:
    await a_campaign(quota=1)
    [first, second] = [
        one.code for one in await codes_of(await make_codes(code="ten", count=2, cause="f", by=HQ))
    ]
    await redeem_code(member_id=ME, code=first)
    with pytest.raises(CouponsAllGone):
        await redeem_code(member_id=FRIEND, code=second)
    await a_campaign(quota=2)
    assert await redeem_code(member_id=THIRD, code=second)
    for count in (0, 100_001):
        with pytest.raises(BadPromotion):
            await make_codes(code="ten", count=count, cause="g", by=HQ)
    with pytest.raises(CouponNotFound):
        await make_codes(code="none", count=1, cause="h", by=HQ)
