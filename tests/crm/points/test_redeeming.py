"""The redemption shop: no more than there is, once a wish, and back to where points came from."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest

from core import clock
from core.ledger import lots
from crm.points.errors import (
    BadAmount,
    NotEnough,
    RedemptionNotFound,
    RedemptionNotReady,
    RewardGone,
    RewardNotFound,
    RewardTakenOften,
    StoreNeeded,
)
from crm.points.models import Redemption, Reward
from crm.points.rules import Purse, RedemptionState, RewardKind
from crm.points.service import cancel_redemption, cancel_unfetched, hand_over_gift, redeem
from tests.scenes.auditing import named_in
from tests.scenes.points import BEHAVIOUR, a_coupon_campaign, a_reward, has, purse, some_points
from trade.promotions.queries import coupons_of

pytestmark = pytest.mark.usefixtures("db")
ME, STORE = 7, 3


async def takes(reward: Reward, key: str = "wish-0001", **more: Any) -> str:
    facts = {"member_id": ME, "store_id": STORE, **more}
    return (await redeem(reward_id=reward.public_id, key=key, **facts)).redemption_no


async def clean() -> bool:
    return await named_in({"points", "ledger"}) == set()


async def test_a_gift_costs_its_points_once_however_often_it_is_asked_for() -> None:
    await some_points(ME, 500)
    reward = await a_reward(points=200, stock=5)
    numbers = {await takes(reward) for _ in range(3)}

    assert len(numbers) == 1
    assert await has(ME) == 300
    assert (await Reward.get(id=reward.id)).stock == 4
    assert await clean()


async def test_twenty_members_at_once_get_no_more_gifts_than_there_are() -> None:
    reward = await a_reward(points=10, stock=3)
    for member_id in range(1, 21):
        await some_points(member_id, 10)
    said = await asyncio.gather(
        *(takes(reward, member_id=member_id) for member_id in range(1, 21)), return_exceptions=True
    )

    assert sum(isinstance(one, str) for one in said) == 3
    assert sum(isinstance(one, RewardGone) for one in said) == 17
    assert (await Reward.get(id=reward.id)).stock == 0
    assert await clean()


async def test_points_are_never_spent_below_zero_by_many_wishes_at_once() -> None:
    await some_points(ME, 100)
    reward = await a_reward(points=40)
    said = await asyncio.gather(
        *(takes(reward, key=f"wish-{at:04}") for at in range(6)), return_exceptions=True
    )

    assert sum(isinstance(one, NotEnough) for one in said) == 4
    assert await has(ME) == 20
    assert await Redemption.all().count() == 2


async def test_each_member_may_have_so_many() -> None:
    await some_points(ME, 1_000)
    reward = await a_reward(points=10, each_most=2)
    await takes(reward, pieces=2)
    with pytest.raises(RewardTakenOften):
        await takes(reward, key="wish-0002")


async def test_a_cancelled_gift_gives_its_points_back_to_the_lots_they_came_from() -> None:
    soon, late = clock.now() + timedelta(days=1), clock.now() + timedelta(days=90)
    await some_points(ME, 30, soon)
    await some_points(ME, 100, late)
    reward = await a_reward(points=50, stock=1)
    number = await takes(reward)
    for _ in range(2):
        await cancel_redemption(redemption_no=number, member_id=ME)

    assert [lot.remaining for lot in await lots(purse(ME))] == [30, 100]
    assert (await Reward.get(id=reward.id)).stock == 1
    assert await clean()


async def test_a_gift_is_handed_over_once_and_only_in_its_store() -> None:
    await some_points(ME, 100)
    number = await takes(await a_reward(points=50))
    with pytest.raises(RedemptionNotFound):
        await hand_over_gift(redemption_no=number, by="staff:1", store_ids=frozenset({STORE + 1}))
    for _ in range(2):
        await hand_over_gift(redemption_no=number, by="staff:1", store_ids=frozenset({STORE}))
    with pytest.raises(RedemptionNotReady):
        await cancel_redemption(redemption_no=number)
    with pytest.raises(RedemptionNotFound):
        await cancel_redemption(redemption_no=number, member_id=ME + 1)

    assert (await Redemption.get()).state is RedemptionState.HANDED_OVER


async def test_cancelling_and_handing_over_at_once_is_one_of_the_two() -> None:
    await some_points(ME, 100)
    number = await takes(await a_reward(points=50))
    await asyncio.gather(
        cancel_redemption(redemption_no=number),
        hand_over_gift(redemption_no=number, by="staff:1", store_ids=None),
        return_exceptions=True,
    )
    row = await Redemption.get()

    assert await has(ME) == (100 if row.state is RedemptionState.CANCELLED else 50)


async def test_a_gift_nobody_fetches_goes_back() -> None:
    await some_points(ME, 100)
    await takes(await a_reward(points=50, keep_days=3))
    early = await cancel_unfetched()
    late = await cancel_unfetched(at=clock.now() + timedelta(days=4))

    assert (early, late) == (0, 1)
    assert await has(ME) == 100


async def test_a_coupon_is_given_at_once_and_counts_against_its_quota() -> None:
    await some_points(ME, 100, kind=BEHAVIOUR)
    await a_coupon_campaign("TEA", quota=1)
    kind = RewardKind.COUPON
    reward = await a_reward(points=30, kind=kind, coupon="TEA", purse=Purse.BEHAVIOUR)
    await takes(reward, store_id=None)
    with pytest.raises(RewardGone):
        await takes(reward, key="wish-0002", store_id=None)
    [coupon] = await coupons_of(ME)

    assert coupon.code == "TEA"
    assert await has(ME, BEHAVIOUR) == 70  # the second wish cost nothing
    assert await clean()


async def test_what_cannot_be_had_is_refused() -> None:
    reward = await a_reward(points=50)
    with pytest.raises(NotEnough):
        await takes(reward)
    with pytest.raises(StoreNeeded):
        await takes(reward, store_id=None)
    with pytest.raises(BadAmount):
        await takes(reward, pieces=0)
    with pytest.raises(RewardNotFound):
        await redeem(member_id=ME, reward_id="rwd_none", key="wish-0001", store_id=STORE)
    with pytest.raises(RedemptionNotFound):
        await cancel_redemption(redemption_no="PX1")

    assert (await Reward.get(id=reward.id)).redeemed == 0
