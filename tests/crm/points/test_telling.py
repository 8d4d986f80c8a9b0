"""What points tell others: facts for conditions, a deed for journeys, birthdays, ends that near."""

from datetime import date, timedelta

import pytest

from core import clock
from core.audience import happenings, traits
from core.database import sql
from core.deeds import Done, Refused, deeds
from crm.people.models import Member
from crm.points.deeds import PointsParams
from crm.points.models import Earning, Reminder
from crm.points.rules import On, Purse
from crm.points.service import check_in, remind_of_expiry, reward, reward_birthdays
from tests.scenes.people import a_member
from tests.scenes.points import (
    BEHAVIOUR,
    a_coupon_campaign,
    a_paid_order,
    a_program,
    has,
    pays_back,
    purse,
    some_points,
    spends,
)
from trade.promotions.queries import coupons_of

pytestmark = pytest.mark.usefixtures("db")
SOON = timedelta(days=10)


async def value_of(name: str, member_id: int) -> object:
    query = f"SELECT value FROM ({traits[name].sql}) AS facts WHERE member_id = $1"  # noqa: S608
    rows = await sql(query, member_id)
    return rows[0]["value"] if rows else None


async def test_conditions_can_ask_for_balances_ends_and_debts() -> None:
    member, owing = await a_member(), await a_member()
    await some_points(member.id, 100, clock.now() + SOON)
    await some_points(member.id, 50)
    await some_points(member.id, 7, kind=BEHAVIOUR)
    await check_in(member_id=member.id)
    order = await a_paid_order(owing)
    await spends(owing.id, 300)
    await pays_back(order, order.payable_fen)

    assert await value_of("points.balance", member.id) == 150
    assert await value_of("points.behaviour_balance", member.id) == 7
    assert await value_of("points.expiring_in_30_days", member.id) == 100
    assert await value_of("points.streak", member.id) == 1
    assert await value_of("points.pending", member.id) is None
    assert (await value_of("points.owes", owing.id), await value_of("points.owes", member.id)) == (
        True,
        None,
    )
    assert [row["for_what"] for row in await sql(happenings["points.earned"].sql)] == ["order"]
    assert await sql(happenings["points.redeemed"].sql) == []


async def test_a_journey_gives_points_once_for_its_cause() -> None:
    member, deed = await a_member(), deeds["points.give"]
    said = [
        await deed.do(member.id, PointsParams(points=30, days=7), "journey:1:2") for _ in range(2)
    ]

    assert said == [Done("points:30"), Done("points:30")]
    assert await has(member.id) == 30
    assert not isinstance(said[0], Refused)


async def test_a_birthday_gives_once_a_year_and_the_29th_of_february_is_the_28th() -> None:
    born, leap = await a_member(), await a_member()
    await Member.filter(id=born.id).update(birth_month=2, birth_day=28)
    await Member.filter(id=leap.id).update(birth_month=2, birth_day=29)
    await a_program("birthday", On.BIRTHDAY, flat=88)
    given = [await reward_birthdays(date(2027, 2, 28)) for _ in range(2)]
    next_year = await reward_birthdays(date(2028, 2, 28))

    assert (given, next_year) == ([176, 0], 88)
    assert (await has(born.id), await has(leap.id)) == (176, 88)


async def test_in_the_month_of_birth_an_order_counts_double() -> None:
    member = await a_member()
    await Member.filter(id=member.id).update(birth_month=clock.shop_day(clock.now()).month)
    await a_program(as_promised=True, times=[{"bp": 20_000, "in_birth_month": True}])
    await a_paid_order(member, fen=10_000)

    assert await has(member.id) == 200


async def test_an_end_that_nears_is_told_once() -> None:
    member = await a_member()
    await some_points(member.id, 100, clock.now() + SOON)
    await some_points(member.id, 100, clock.now() + timedelta(days=90))
    told = [await remind_of_expiry() for _ in range(2)]
    [row] = await Reminder.all()

    assert told == [1, 0]
    assert (row.member_id, row.points) == (member.id, 100)


async def test_an_activity_gives_a_coupon_beside_points_and_points_when_coupons_are_gone() -> None:
    first, second = await a_member(), await a_member()
    await a_coupon_campaign("TEA", quota=1)
    await a_program("review", On.REVIEW, purse=Purse.BEHAVIOUR, flat=5, coupon="TEA")
    for member in (first, second):
        await reward(member_id=member.id, on=On.REVIEW, key=str(member.id), at=clock.now())

    assert [coupon.code for coupon in await coupons_of(first.id)] == ["TEA"]
    assert await coupons_of(second.id) == []
    assert (await has(first.id, BEHAVIOUR), await has(second.id, BEHAVIOUR)) == (5, 5)
    assert [bool(row.coupon) for row in await Earning.all().order_by("id")] == [True, False]
    assert purse(first.id).owner == f"member:{first.id}"
