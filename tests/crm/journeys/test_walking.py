"""Members begin, walk and leave: each step once, and nothing to the held out and withdrawn."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest

from core import clock
from core.audience import traits
from core.database import sql
from core.deeds import Deed, Done, Outcome, register
from core.privacy import Purpose
from core.settings import Settings
from crm.journeys.errors import CodeTaken, JourneyNotFound, WrongMove
from crm.journeys.models import Done as Noted
from crm.journeys.models import Journey, Run
from crm.journeys.queries import get_journey, journeys_of_member, report_of
from crm.journeys.service import JourneyDraft, act, advance, enter, look, save_journey, walk
from crm.people.models import Binding, Member
from crm.people.service import withdraw_consent
from crm.reach.models import Message
from crm.segments.queries import get_segment
from crm.segments.service import refresh_segments
from sandbox import faults, sms
from sandbox.world import World
from tests.scene import make_due, tell_everyone
from tests.scenes.auditing import named_in, overlooked_of
from tests.scenes.journeys import (
    SMS,
    Counting,
    NoParams,
    a_campaign,
    a_journey,
    a_segment,
    buys,
    go_on,
    started,
)
from tests.scenes.orders import some_rates
from tests.scenes.people import a_member, head_office
from tests.scenes.reach import a_reachable_member, a_template, a_world, agreed
from tests.scenes.stores import a_member_of_staff

pytestmark = pytest.mark.usefixtures("db")
COUNT: dict[str, Any] = {"kind": "do", "deed": "test.count"}
WAIT = {"kind": "wait", "days": 3}


@pytest.fixture
async def world(settings: Settings, secrets: dict[str, Any], db: None) -> AsyncIterator[World]:
    async with a_world(settings, secrets) as world:
        await a_template()
        yield world


@pytest.fixture
async def counting(db: None) -> AsyncIterator[Counting]:
    with Counting() as counting:
        yield counting


async def waits_are_over() -> None:
    await Run.all().update(due_at=clock.now() - timedelta(seconds=1), leased_until=None)


async def test_a_campaign_reaches_its_segment_once(world: World) -> None:
    members = [await a_reachable_member() for _ in range(3)]
    await a_segment()
    public_id = await started(a_campaign(SMS))
    for _ in range(2):
        await go_on()

    assert len(sms.messages(world)) == 3
    journey = await get_journey(public_id)
    assert journey.counts == {"done": 3}
    [mine] = await journeys_of_member(members[0].id)
    assert [(what, refused) for _, what, _, refused in mine.done] == [("reach.sms", False)]
    assert await named_in({"journeys", "reach"}) == set()


async def test_the_held_out_receive_nothing_and_are_counted(world: World) -> None:
    for _ in range(12):
        _ = await a_reachable_member()
    await a_segment()
    public_id = await started(a_campaign(SMS, holdout_bp=5_000))
    await go_on()
    runs = await Run.all()
    held = {run.member_id for run in runs if run.is_holdout}
    told = {row.member_id for row in await Message.all()}
    report = await report_of(await get_journey(public_id))

    assert 0 < len(held) < 12
    assert told == {run.member_id for run in runs} - held
    assert len(sms.messages(world)) == len(told)
    assert not await Noted.filter(run__is_holdout=True).exists()
    assert (report.held.people, report.treated.people) == (len(held), len(told))


async def test_a_withdrawal_stops_a_running_campaign_for_that_member(world: World) -> None:
    leaving, staying = await a_reachable_member(), await a_reachable_member()
    await a_segment()
    await started(a_campaign(WAIT, SMS))
    await go_on()
    await withdraw_consent(member_id=leaving.id, purpose="marketing")
    await tell_everyone()
    left = await Run.get(member_id=leaving.id)
    await waits_are_over()
    await go_on()

    assert (left.state, left.why) == ("exited", "no_consent")
    assert [row.member_id for row in await Message.all()] == [staying.id]
    assert len(sms.messages(world)) == 1


async def test_a_withdrawal_before_the_news_of_it_is_heard_counts_too(world: World) -> None:
    member = await a_reachable_member()
    await a_segment()
    await started(a_campaign(SMS))
    await look()
    await walk()
    await withdraw_consent(member_id=member.id, purpose="marketing")
    await tell_everyone()

    assert sms.messages(world) == []
    assert (await Message.get()).state == "suppressed"


async def test_a_worker_that_dies_in_the_middle_of_a_step_repeats_nothing(db: None) -> None:
    """Its connection is cut inside the deed, as PostgreSQL sees a killed process."""
    member, tries = await a_member(), list[str]()

    async def dying(member_id: int, params: NoParams, cause: str) -> Outcome:
        tries.append(cause)
        await sql(
            "INSERT INTO people_follow_up (product_id, guide_id, due_on, member_id)"
            " VALUES (1, 1, now(), $1)",
            member_id,
        )
        if len(tries) == 1:
            await sql("SELECT pg_terminate_backend(pg_backend_pid())")
        return Done()

    register(Deed("test.dying", "试", "try", NoParams, dying))
    await a_segment()
    await started(a_campaign({"kind": "do", "deed": "test.dying"}))
    await look()
    with pytest.raises(Exception, match=r"terminat|closed|connection"):
        await walk()
    between = await Run.get()
    await Run.all().update(leased_until=None)
    await walk()
    await walk()

    assert (between.state, between.step_no, between.tries) == ("going", 0, 1)
    assert tries == [tries[0]] * 2  # the same cause, so that a deed may know it again
    assert len(await sql("SELECT id FROM people_follow_up WHERE member_id = $1", member.id)) == 1
    assert (await Run.get()).state == "done"
    assert await named_in({"journeys"}) == set()


async def test_a_worker_that_dies_while_sending_tells_nobody_twice(world: World) -> None:
    _ = await a_reachable_member()
    await a_segment()
    await started(a_campaign(SMS))
    faults.order(world, {"match": "/sms/send", "kind": "reset", "when": "after"})
    await go_on()
    await make_due()
    await go_on()

    assert len(sms.messages(world)) == 1
    assert (await Message.get()).state == "sent"


async def test_two_workers_at_once_take_each_step_once(counting: Counting) -> None:
    _ = await a_member()
    await a_segment()
    await started(a_campaign(COUNT, COUNT))
    await look()
    run = await Run.get()
    await asyncio.gather(*(advance(run_id=run.id) for _ in range(4)), walk(), walk())

    assert len(counting.causes) == len(set(counting.causes)) == 2


async def test_who_fails_again_and_again_is_parked_and_holds_up_nobody(counting: Counting) -> None:
    async def broken(member_id: int, params: NoParams, cause: str) -> Outcome:
        raise ZeroDivisionError

    register(Deed("test.broken", "坏", "broken", NoParams, broken))
    _ = await a_member()
    await a_segment()
    await started(a_campaign({"kind": "do", "deed": "test.broken"}))
    await look()
    for _ in range(5):
        with pytest.raises(ZeroDivisionError):
            await walk()
        await Run.all().update(leased_until=clock.now() - timedelta(seconds=1))
    await walk()

    assert ((await Run.get()).state, (await Run.get()).why) == ("failed", "tries")


async def test_waits_branches_goal_and_exit(counting: Counting) -> None:
    await some_rates()
    buyer, phoneless = await a_member(), await a_member()
    branch = {
        "kind": "if",
        "condition": {"trait": "orders.count", "is": "at_least", "value": 1},
        "then": None,
        "otherwise": "s3",
    }
    await a_segment()
    exits = {"trait": "people.has_phone", "is": "yes"}
    await started(a_campaign(WAIT, branch, COUNT, exit=exits))
    await go_on()
    none_yet = list(counting.causes)
    await buys(buyer)
    await waits_are_over()
    await go_on()

    assert none_yet == []
    assert (await Run.get(member_id=buyer.id)).state == "goal"
    assert counting.members == [phoneless.id]


async def test_a_happening_begins_it_once_for_each_time(counting: Counting) -> None:
    await some_rates()
    member = await a_member()
    bought = {"kind": "happened", "happening": "orders.paid"}
    goal = {"happening": "journeys.began", "days": 1, "measure": "rate"}
    await started(a_journey(COUNT, trigger=bought, again_after_days=0, goal=goal))
    await buys(member)
    for _ in range(2):
        await go_on()
    await buys(member)
    await go_on()

    assert len(await Run.all()) == 2


async def test_segments_days_and_birthdays_begin_it(counting: Counting) -> None:
    today = clock.shop_day(clock.now())
    born = await a_member()
    day = today + timedelta(days=3)
    await Member.filter(id=born.id).update(birth_month=day.month, birth_day=day.day)
    longer = await a_member()
    ago = clock.now() - timedelta(days=30)
    await Member.filter(id=longer.id).update(joined_at=ago)
    await a_segment("phones", {"trait": "people.has_phone", "is": "yes"})
    birthday = {"kind": "birthday", "days_before": 3}
    month = {"kind": "day", "trait": "people.joined", "days": 30}
    entered = {"kind": "entered", "segment": "phones"}
    for code, trigger in (("birthday", birthday), ("month", month), ("entered", entered)):
        await started(a_journey(COUNT, trigger=trigger), code)
    reached = await a_reachable_member()
    await refresh_segments([(await get_segment("phones")).id])
    await tell_everyone()
    for _ in range(2):
        await go_on()

    by_code = {row.code: row.id for row in await Journey.all()}
    runs = {(run.journey_id, run.member_id) for run in await Run.all()}
    assert runs == {
        (by_code["birthday"], born.id),
        (by_code["month"], longer.id),
        (by_code["entered"], reached.id),
    }


async def test_a_pause_holds_everything_and_a_cancel_ends_it(world: World) -> None:
    _ = await a_reachable_member()
    await a_segment()
    public_id = await started(a_campaign(SMS))
    await look()
    await walk()
    await act(scope=head_office(), public_id=public_id, action="pause")
    await go_on()
    held = list(sms.messages(world))
    await act(scope=head_office(), public_id=public_id, action="resume")
    await act(scope=head_office(), public_id=public_id, action="cancel")
    await make_due()
    await go_on()

    assert (held, sms.messages(world)) == ([], [])
    assert ((await Message.get()).state, (await Message.get()).why) == ("suppressed", "cancelled")
    with pytest.raises(WrongMove):
        await act(scope=head_office(), public_id=public_id, action="start")
    with pytest.raises(JourneyNotFound):
        await act(scope=head_office(), public_id="jrn_none", action="start")


async def test_only_members_of_the_named_stores_begin_a_regional_campaign(
    counting: Counting,
) -> None:
    guide = await a_member_of_staff()
    inside, _ = await a_member(guide=guide), await a_member()
    await a_segment()
    bound = await Binding.get(member_id=inside.id)
    await started(a_campaign(COUNT, stores=[bound.store_id]))
    await go_on()

    assert counting.members == [inside.id]


async def test_a_change_is_a_version_and_who_began_keeps_theirs(counting: Counting) -> None:
    first = await a_member()
    entered = {"kind": "entered", "segment": "all"}
    await a_segment()
    public_id = await started(a_journey(WAIT, COUNT, trigger=entered))
    journey = await Journey.get()
    at = clock.now()
    await enter(journey_id=journey.id, member_ids=[first.id], key="entered:1", at=at)
    changed = JourneyDraft("test", "更名", "repeat", a_journey(WAIT, trigger=entered), public_id)
    await save_journey(scope=head_office(), draft=changed)
    second = await a_member()
    await enter(journey_id=journey.id, member_ids=[second.id], key="entered:2", at=at)
    await walk()
    await waits_are_over()
    await walk()

    assert counting.members == [first.id]
    again = JourneyDraft("test", "又一个", "repeat", a_journey(WAIT, trigger=entered))
    with pytest.raises(CodeTaken):
        await save_journey(scope=head_office(), draft=again)


async def test_the_report_compares_what_both_groups_bought(counting: Counting) -> None:
    await some_rates()
    members = [await a_member() for _ in range(10)]
    await a_segment()
    goal = {"happening": "orders.paid", "measure": "spend", "of": "amount", "days": 14}
    public_id = await started(a_campaign(WAIT, COUNT, holdout_bp=5_000, goal=goal))
    await go_on()
    by_id = {member.id: member for member in members}
    treated = await Run.filter(is_holdout=False).order_by("id")
    held = await Run.filter(is_holdout=True)
    for run in treated[:2]:
        await buys(by_id[run.member_id])
    report = await report_of(await get_journey(public_id))

    assert (report.treated.people, report.treated.reached) == (len(treated), 2)
    assert (report.treated.total_fen, report.held.total_fen) == (2 * 39_900, 0)
    assert report.rate.difference == pytest.approx(2 / len(treated))
    assert report.declared.difference == pytest.approx(2 * 39_900 / len(treated))
    assert report.held.people == len(held)


async def test_stages_of_life_follow_consents_and_orders(db: None) -> None:
    await some_rates()
    visitor, member, once, twice = [await a_member() for _ in range(4)]
    for one in (member, once, twice):
        await agreed(one, Purpose.MEMBERSHIP)
    for one in (once, twice, twice):
        await buys(one)
    rows = await sql(traits["lifecycle.stage"].sql)

    assert {row["member_id"]: row["value"] for row in rows} == {
        visitor.id: "visitor",
        member.id: "member",
        once.id: "active",
        twice.id: "repeat",
    }


async def test_the_auditor_names_what_was_done_to_the_held_out(counting: Counting) -> None:
    _ = await a_member()
    await a_segment()
    await started(a_campaign(COUNT))
    await go_on()
    before = await named_in({"journeys"})
    missed = await overlooked_of(
        {
            "journeys.holdouts": ["UPDATE journeys_run SET is_holdout = true"],
            "journeys.steps": ["DELETE FROM journeys_done"],
            "journeys.ends": ["UPDATE journeys_run SET ended_at = NULL"],
        },
        {"journeys"},
    )

    assert (before, missed) == (set(), [])
