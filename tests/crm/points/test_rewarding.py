"""Points for other deeds: once each, within their limits, in a purse of their own."""

import asyncio
from datetime import timedelta

import pytest

from core import clock
from core.database import sql, use_case
from core.ledger import lots
from core.outbox import publish
from crm.points.errors import BadAmount
from crm.points.models import CheckIn, Earning
from crm.points.rules import On, Purse, State
from crm.points.service import check_in, give_due, give_points, reward
from tests.scene import tell_everyone
from tests.scenes.auditing import named_in
from tests.scenes.people import a_member
from tests.scenes.points import BEHAVIOUR, POINTS, a_paid_order, a_program, has, purse
from trade.catalog.events import ProductFavourited

pytestmark = pytest.mark.usefixtures("db")


async def clean() -> bool:
    return await named_in({"points", "ledger"}) == set()


async def test_the_two_kinds_of_points_are_kept_apart() -> None:
    member = await a_member()
    await a_program("share", On.SHARE, purse=Purse.BEHAVIOUR, flat=5)
    await reward(member_id=member.id, on=On.SHARE, key="s1", at=clock.now())
    await a_paid_order(member, fen=10_000)

    assert (await has(member.id), await has(member.id, BEHAVIOUR)) == (100, 5)
    assert await clean()


async def test_a_share_told_twice_is_thanked_for_once_and_so_many_times_a_day() -> None:
    member, now = await a_member(), clock.now()
    limits = {"times_a_day": 3}
    await a_program("share", On.SHARE, purse=Purse.BEHAVIOUR, flat=5, limits=limits)
    for key in ("a", "a", "b", "c", "d", "e"):
        await reward(member_id=member.id, on=On.SHARE, key=key, at=now)
    today = await has(member.id, BEHAVIOUR)
    await reward(member_id=member.id, on=On.SHARE, key="f", at=now + timedelta(days=1))

    assert today == 15
    assert await has(member.id, BEHAVIOUR) == 15  # tomorrow's is not usable before tomorrow
    assert await Earning.filter(state=State.PENDING).count() == 1


async def test_shares_at_once_do_not_pass_the_limit_of_a_day() -> None:
    member, now = await a_member(), clock.now()
    await a_program("share", On.SHARE, flat=7, limits={"points_a_day": 20})
    await asyncio.gather(
        *(reward(member_id=member.id, on=On.SHARE, key=f"k{at}", at=now) for at in range(10))
    )

    assert await has(member.id) == 20
    assert await clean()


async def test_signing_in_counts_once_a_day_and_days_in_a_row_give_more() -> None:
    member = await a_member()
    yesterday = clock.shop_day(clock.now()) - timedelta(days=1)
    await CheckIn(member_id=member.id, day=yesterday, streak=6, at=clock.now()).save()
    await a_program("sign", On.SIGN_IN, purse=Purse.BEHAVIOUR, flat=2, streak={7: 20})
    first, again = await check_in(member_id=member.id), await check_in(member_id=member.id)

    assert (first.streak, first.points, first.is_new) == (7, 22, True)
    assert (again.streak, again.points, again.is_new) == (7, 0, False)
    assert await has(member.id, BEHAVIOUR) == 22


async def test_a_day_left_out_begins_the_count_anew() -> None:
    member = await a_member()
    before = clock.shop_day(clock.now()) - timedelta(days=2)
    await CheckIn(member_id=member.id, day=before, streak=6, at=clock.now()).save()

    assert (await check_in(member_id=member.id)).streak == 1


async def test_ten_sign_ins_at_once_are_one() -> None:
    member = await a_member()
    await a_program("sign", On.SIGN_IN, flat=2)
    said = await asyncio.gather(*(check_in(member_id=member.id) for _ in range(10)))

    assert sum(one.is_new for one in said) == 1
    assert await has(member.id) == 2


async def test_news_of_a_favourite_give_points_once_per_product() -> None:
    member = await a_member()
    await a_program("favourite", On.FAVOURITE, purse=Purse.BEHAVIOUR, flat=1)

    @use_case
    async def tell() -> None:
        await publish(ProductFavourited(member.id, 31, clock.now()))

    for _ in range(2):
        await tell()
    await tell_everyone()

    assert await has(member.id, BEHAVIOUR) == 1


async def test_a_program_that_is_off_or_over_gives_nothing() -> None:
    member, now = await a_member(), clock.now()
    today = clock.shop_day(now)
    await a_program("off", On.REVIEW, flat=9, is_on=False)
    await a_program("over", On.REVIEW, flat=9, valid_to=today - timedelta(days=1))
    await a_program("soon", On.REVIEW, flat=9, valid_from=today + timedelta(days=1))

    assert await reward(member_id=member.id, on=On.REVIEW, key="r", at=now) == 0


async def test_given_points_can_be_used_for_so_many_days() -> None:
    member = await a_member()
    given = [await give_points(member_id=member.id, points=88, cause="j:1", days=7) for _ in "ab"]
    [lot] = await lots(purse(member.id))

    assert given == [88, 0]
    assert lot.remaining == 88
    assert lot.expires_at is not None
    assert 7 <= (lot.expires_at - clock.now()).total_seconds() / 86_400 <= 8


@pytest.mark.parametrize("points", [0, -1, 1_000_001])
async def test_only_a_sensible_number_of_points_is_given(points: int) -> None:
    with pytest.raises(BadAmount):
        await give_points(member_id=1, points=points, cause="x")


async def test_an_activity_that_waits_gives_later() -> None:
    member = await a_member()
    await a_program("review", On.REVIEW, flat=30, pending={"days": 3})
    await reward(member_id=member.id, on=On.REVIEW, key="r1", at=clock.now())
    before = await has(member.id)
    await sql("UPDATE points_earning SET available_at = now() - interval '1 second'")
    await give_due()

    assert (before, await has(member.id, POINTS)) == (0, 30)
    assert await clean()
