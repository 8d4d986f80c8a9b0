"""Members walk and leave: each step once, and nothing to the held out and withdrawn."""

import asyncio
from datetime import timedelta

import pytest

from core import clock
from core.database import sql
from core.deeds import Deed, Done, Outcome, register
from crm.journeys.errors import JourneyNotFound, WrongMove
from crm.journeys.models import Done as Noted
from crm.journeys.models import Run
from crm.journeys.queries import get_journey, journeys_of_member, report_of
from crm.journeys.service import act, advance, look, walk
from crm.people.service import withdraw_consent
from crm.reach.models import Message
from sandbox import faults, sms
from sandbox.world import World
from tests.scene import make_due, tell_everyone
from tests.scenes.auditing import named_in, overlooked_of
from tests.scenes.journeys import (
    COUNT,
    SMS,
    WAIT,
    Counting,
    NoParams,
    a_campaign,
    a_segment,
    buys,
    go_on,
    started,
    waits_are_over,
)
from tests.scenes.orders import some_rates
from tests.scenes.people import a_member, head_office
from tests.scenes.reach import a_reachable_member

pytestmark = pytest.mark.usefixtures("db")


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
