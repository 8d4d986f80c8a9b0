"""Orders, refunds, time and clocks: where members stand, on a real database."""

import asyncio
from datetime import timedelta

import pytest
from tortoise.transactions import in_transaction

from core import clock
from core.database import sql
from crm.tiers.errors import ClockAstray, TierUnknown
from crm.tiers.jobs import check_clock
from crm.tiers.models import Change, Credit, Standing
from crm.tiers.queries import (
    changes_of,
    members_by_tier,
    members_having,
    standing_of,
    tier_of,
    tiers_of,
)
from crm.tiers.service import (
    Basis,
    Fall,
    Why,
    count_order,
    give_tier,
    grow,
    judge,
    judge_due,
)
from tests.scenes.orders import MEMBER
from tests.scenes.tiers import buys, has_bought, has_tier, later, sends_back, some_tiers

pytestmark = pytest.mark.usefixtures("db")


async def test_a_paid_order_lifts_at_once_and_tells_so() -> None:
    await some_tiers()
    order = await buys(100_000)
    [change] = await changes_of(MEMBER)

    assert await tier_of(MEMBER) == "silver"
    assert (change.from_tier, change.to_tier, change.why) == ("standard", "silver", Why.PURCHASE)
    assert (change.cause, change.amount) == (order.order_no, 100_000)


async def test_what_was_sent_back_no_longer_counts_buy_refund_repeat() -> None:
    await some_tiers()
    for _ in range(3):
        order = await buys(100_000)
        assert await tier_of(MEMBER) == "silver"
        await sends_back(order, 100_000)
        assert await tier_of(MEMBER) == "standard"

    assert [one.why for one in await changes_of(MEMBER)] == [Why.REFUND, Why.PURCHASE] * 3
    assert (await standing_of(MEMBER)).amount == 0


async def test_refunds_cross_a_bound_by_one_fen() -> None:
    await some_tiers()
    order = await buys(100_010)
    await sends_back(order, 10)
    assert await tier_of(MEMBER) == "silver"
    await sends_back(order, 1)

    assert await tier_of(MEMBER) == "standard"
    assert (await standing_of(MEMBER)).missing == 1


async def test_news_that_comes_twice_or_in_the_wrong_order_counts_once() -> None:
    await some_tiers()
    order = await buys(100_000)
    await sends_back(order, 40_000)
    [first] = await sql("SELECT count(*) AS n, sum(paid_fen)::bigint AS fen FROM tiers_credit")
    for why in (Why.REFUND, Why.PURCHASE, Why.REFUND):
        assert await count_order(order_id=order.id, why=why) is False

    assert (first["n"], first["fen"]) == (2, 60_000)
    assert await Credit.all().count() == 2


async def test_many_listeners_at_once_count_an_order_once() -> None:
    await some_tiers()
    order = await buys(100_000)
    async with in_transaction():
        await sql("SET LOCAL session_replication_role = replica")
        await sql("DELETE FROM tiers_credit")
        await sql("DELETE FROM tiers_change")
        await sql("DELETE FROM tiers_standing")
    await asyncio.gather(*(count_order(order_id=order.id) for _ in range(8)))

    assert await Credit.all().count() == 1
    assert await Change.all().count() == 1


async def test_a_till_that_runs_ahead_does_not_buy_in_the_future() -> None:
    await some_tiers()
    order = await buys(100_000)
    ahead = clock.now() + timedelta(days=400)
    async with in_transaction():
        await sql("SET LOCAL session_replication_role = replica")
        await sql("DELETE FROM tiers_credit")
    await sql("UPDATE orders_order SET paid_at = $2 WHERE id = $1", order.id, ahead)
    await count_order(order_id=order.id)

    assert (await Credit.get(order_no=order.order_no)).counts_at <= clock.now()


async def test_growth_value_is_given_once_for_a_cause_and_never_spent() -> None:
    await some_tiers(basis=Basis.GROWTH)
    at = clock.now() - timedelta(days=1)
    assert await grow(member_id=MEMBER, growth=100_000, cause="sign_in:1", at=at)
    assert not await grow(member_id=MEMBER, growth=100_000, cause="sign_in:1", at=at)
    assert await tier_of(MEMBER) == "silver"
    await grow(member_id=MEMBER, growth=-1, cause="later")
    assert await tier_of(MEMBER) == "silver"
    await grow(member_id=MEMBER, growth=-1, cause="was wrong", at=at)

    assert await tier_of(MEMBER) == "standard"


async def test_growth_of_an_order_follows_its_refunds_without_rest() -> None:
    await some_tiers(basis=Basis.GROWTH)
    order = await buys(10_050)
    for fen in (49, 2, 9_999):
        await sends_back(order, fen)
    [row] = await sql(
        "SELECT sum(paid_fen)::bigint AS fen, sum(growth)::bigint AS g FROM tiers_credit"
    )

    assert (row["fen"], row["g"]) == (0, 0)


async def test_a_tier_ends_is_announced_before_and_falls_by_one() -> None:
    await some_tiers()
    await has_bought(MEMBER, 500_000)
    await judge([MEMBER], why=Why.PURCHASE)
    await later(MEMBER, 340)
    assert await judge_due() == 1
    standing = await Standing.get(member_id=MEMBER)
    assert (standing.tier, standing.told_until) == ("gold", standing.until)
    await later(MEMBER, 30)
    assert await judge_due() == 1

    assert await tier_of(MEMBER) == "silver"
    assert (await changes_of(MEMBER))[0].why is Why.EXPIRY
    assert await judge_due() == 0


async def test_who_qualifies_again_keeps_the_tier_and_hears_no_warning() -> None:
    await some_tiers()
    await has_bought(MEMBER, 100_000)
    await judge([MEMBER], why=Why.PURCHASE)
    await later(MEMBER, 340)
    await has_bought(MEMBER, 100_000)
    await judge_due()
    await later(MEMBER, 30)
    await judge_due()

    assert await tier_of(MEMBER) == "silver"
    assert len(await changes_of(MEMBER)) == 1


async def test_a_clock_that_goes_back_takes_no_tier_away() -> None:
    """Judged at a moment that now lies in the future: what was judged stands."""
    await some_tiers()
    await has_bought(MEMBER, 100_000)
    await judge([MEMBER], why=Why.PURCHASE)
    ahead = clock.now() + timedelta(days=3)
    await Standing.filter(member_id=MEMBER).update(judged_at=ahead)
    assert await judge([MEMBER], why=Why.EXPIRY) == {MEMBER: "silver"}

    assert (await Standing.get(member_id=MEMBER)).judged_at == ahead


async def test_a_clock_far_from_the_databases_judges_nobody() -> None:
    await check_clock(clock.now())
    for away in (timedelta(days=400), timedelta(hours=-1)):
        with pytest.raises(ClockAstray):
            await check_clock(clock.now() + away)


async def test_given_tiers_and_earned_ones_the_higher_counts() -> None:
    await has_tier(MEMBER, "gold")
    await has_bought(MEMBER, 100_000)
    await judge([MEMBER], why=Why.PURCHASE)
    standing = await standing_of(MEMBER)
    assert (standing.tier, standing.earned, standing.missing) == ("gold", "silver", 400_000)
    await has_bought(MEMBER, 1_900_000)

    assert await judge([MEMBER], why=Why.PURCHASE) == {MEMBER: "black"}


async def test_a_given_tier_ends_with_its_days() -> None:
    await some_tiers()
    until = clock.now() + timedelta(days=30)
    facts = {"member_id": MEMBER, "tier": "gold", "until": until, "cause": "c1", "by": "test"}
    assert await give_tier(**facts)  # type: ignore[arg-type]
    assert not await give_tier(**facts)  # type: ignore[arg-type]
    await later(MEMBER, 31)
    await judge_due()

    assert await tier_of(MEMBER) == "standard"
    with pytest.raises(TierUnknown):
        await give_tier(member_id=MEMBER, tier="none", until=None, cause="c2", by="test")


async def test_a_thousand_members_are_judged_by_few_statements_and_two_workers_share() -> None:
    await some_tiers(fall=Fall.BALANCE)
    for number in range(1, 301):
        await has_bought(number, 100_000, days_ago=400)
    await sql(
        "INSERT INTO tiers_standing (member_id, tier, rank, look_at) SELECT id, 'silver', 1,"
        " now() FROM generate_series(1, 300) AS id"
    )
    done = await asyncio.gather(judge_due(limit=200), judge_due(limit=200))

    assert sum(done) + await judge_due(limit=200) == 300
    assert await members_by_tier() == {"standard": 300}


async def test_tiers_of_many_are_asked_at_once_and_strangers_have_the_base_one() -> None:
    await has_tier(5, "gold")

    assert await tiers_of([5, 6, 5]) == {5: "gold", 6: "standard"}
    assert await asyncio.gather(*(tier_of(one) for one in (5, 6))) == ["gold", "standard"]
    assert await members_having("gold") == [5]
