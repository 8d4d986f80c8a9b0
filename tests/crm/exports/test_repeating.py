"""Scheduled exports: each time once, with all the checks of an export; they end by themselves."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core import clock
from core.errors import DomainError
from core.security.scope import Role
from crm.exports.errors import BadExpiry, BadRhythm, ReasonNeeded, ScheduleUnknown
from crm.exports.models import Export, Schedule
from crm.exports.queries import Rhythm, schedules_for
from crm.exports.rules import next_run
from crm.exports.service import Repeat, end_schedule, repeat_export, run_due_schedules
from tests.scene import tell_everyone
from tests.scenes.exports import a_clerk, an_order, file_for, members_with_phones, scope_for
from tests.scenes.stores import a_member_of_staff

TODAY = clock.shop_day(clock.now())


def weekly(**more: object) -> Repeat:
    facts: dict[str, object] = {
        "name": "每周名单",
        "rhythm": Rhythm(7, 8),
        "ends_on": TODAY + timedelta(days=90),
    }
    return Repeat(**{**facts, **more})  # type: ignore[arg-type]


async def make_due() -> None:
    await Schedule.all().update(next_at=clock.now() - timedelta(minutes=1))


@pytest.mark.usefixtures("db")
async def test_a_schedule_makes_an_export_each_time_once() -> None:
    await members_with_phones(1)
    clerk = await a_clerk()
    await repeat_export(scope=clerk, order=an_order(), repeat=weekly())
    assert await run_due_schedules() == 0
    await make_due()
    assert (await run_due_schedules(), await run_due_schedules()) == (1, 0)
    await tell_everyone()

    row = await Export.get()
    assert (row.state, row.schedule_id) == ("ready", (await Schedule.get()).id)
    assert await file_for(clerk, row.public_id)
    [schedule] = await schedules_for(clerk)
    assert schedule.next_at > clock.now()


@pytest.mark.usefixtures("db")
async def test_a_schedule_ends_with_its_day_its_account_or_by_hand() -> None:
    staff = await a_member_of_staff(Role.MARKETER)
    clerk, other = await scope_for(staff), await a_clerk()
    first, second = [
        await repeat_export(scope=clerk, order=an_order(), repeat=weekly()) for _ in range(2)
    ]
    with pytest.raises(ScheduleUnknown):
        await end_schedule(scope=other, public_id=first)
    await end_schedule(scope=clerk, public_id=first)
    await Schedule.filter(public_id=second).update(ends_on=TODAY - timedelta(days=1))
    await make_due()
    await run_due_schedules()
    third = await repeat_export(scope=clerk, order=an_order(), repeat=weekly())
    staff.is_active = False
    await staff.save()
    await make_due()
    await run_due_schedules()

    rows = {row.public_id: row for row in await Schedule.all()}
    assert all(row.ended_at for row in rows.values())
    assert (rows[second].why_ended[:2], rows[third].why_ended[:4]) == ("到期", "账号已停")
    assert await Export.all().count() == 0


@pytest.mark.usefixtures("db")
@pytest.mark.parametrize(
    ("wrong", "refusal"),
    [
        ({"rhythm": Rhythm(0, 8)}, BadRhythm),
        ({"rhythm": Rhythm(32, 8)}, BadRhythm),
        ({"rhythm": Rhythm(1, 24)}, BadRhythm),
        ({"ends_on": TODAY}, BadExpiry),
        ({"ends_on": TODAY + timedelta(days=367)}, BadExpiry),
    ],
)
async def test_a_rhythm_or_an_end_that_cannot_be_is_refused(
    wrong: dict[str, object], refusal: type[DomainError]
) -> None:
    with pytest.raises(refusal):
        await repeat_export(scope=await a_clerk(), order=an_order(), repeat=weekly(**wrong))
    with pytest.raises(ReasonNeeded):
        await repeat_export(scope=await a_clerk(), order=an_order(reason=""), repeat=weekly())


moments = st.datetimes(datetime(2026, 1, 1), datetime(2027, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001


@given(moments, st.integers(1, 31), st.integers(0, 23))
def test_the_next_run_is_at_the_hour_and_never_further_than_the_rhythm(
    after: datetime, days: int, hour: int
) -> None:
    found = next_run(Rhythm(days, hour), after)

    assert found.astimezone(clock.SHOP_ZONE).hour == hour
    assert timedelta(0) < found - after <= timedelta(days=days)
