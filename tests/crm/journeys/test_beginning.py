"""What begins a journey, for whom, by which version, and what the report says of it."""

from datetime import timedelta

import pytest

from core import clock
from core.audience import traits
from core.database import sql
from core.privacy import Purpose
from crm.journeys.errors import CodeTaken
from crm.journeys.models import Journey, Run
from crm.journeys.queries import get_journey, report_of
from crm.journeys.service import JourneyDraft, enter, save_journey, walk
from crm.people.models import Binding, Member
from crm.segments.queries import get_segment
from crm.segments.service import refresh_segments
from tests.scene import tell_everyone
from tests.scenes.journeys import (
    COUNT,
    WAIT,
    Counting,
    a_campaign,
    a_journey,
    a_segment,
    buys,
    go_on,
    started,
    waits_are_over,
)
from tests.scenes.orders import some_rates
from tests.scenes.people import a_member, head_office
from tests.scenes.reach import a_reachable_member, agreed
from tests.scenes.stores import a_member_of_staff

pytestmark = pytest.mark.usefixtures("db")


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
