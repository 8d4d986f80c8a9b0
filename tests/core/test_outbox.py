import asyncio
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import ClassVar

import pytest

from core import clock, jobs, outbox
from core.audit_log import AuditRow, record
from core.database import use_case
from core.events import Event, listeners, on
from core.jobs import Later, job, owe
from core.outbox import OutboxRow, publish
from tests.scene import make_due, tell_everyone

pytestmark = pytest.mark.usefixtures("db")


@dataclass(frozen=True, slots=True)
class LampLit(Event):
    name: ClassVar[str] = "tests.lamp_lit"
    lamp_id: int


@use_case
async def light(lamp_id: int) -> None:
    await publish(LampLit(lamp_id=lamp_id))


@use_case
async def owe_dusting(lamp_id: int, key: str | None = None) -> None:
    await owe("tests.dust", key=key, lamp_id=lamp_id)


@pytest.fixture
def diary() -> Iterator[str]:
    """A listener that notes each lamp in the audit log."""

    @on(LampLit)
    async def note_lamp(event: LampLit) -> None:
        await record("system", "lamp", str(event.lamp_id))

    name = f"{__name__}.note_lamp"
    yield name
    del listeners[name]


@pytest.fixture
def clumsy() -> Iterator[str]:
    """A listener that writes something and then fails."""

    @on(LampLit)
    async def drop_lamp(event: LampLit) -> None:
        await record("system", "dropped", str(event.lamp_id))
        raise ValueError("dropped it")

    name = f"{__name__}.drop_lamp"
    yield name
    del listeners[name]


@pytest.fixture
def dusted() -> Iterator[list[int]]:
    """A job that dusts; lamp 13 is broken and lamp 0 must be looked at later."""
    done: list[int] = []

    @job("tests.dust", tries=3)
    async def dust(lamp_id: int) -> None:
        if lamp_id == 13:
            raise ValueError("broken")
        if lamp_id == 0:
            raise Later(60)
        done.append(lamp_id)

    yield done
    del jobs.jobs["tests.dust"]


async def test_news_outside_a_transaction_is_refused() -> None:
    with pytest.raises(RuntimeError, match="outside a transaction"):
        await publish(LampLit(lamp_id=1))
    with pytest.raises(RuntimeError, match="outside a transaction"):
        await owe("tests.dust", lamp_id=1)


async def test_a_failing_listener_leaves_no_trace_and_waits(diary: str, clumsy: str) -> None:
    await light(7)
    await tell_everyone()

    assert [row.action for row in await AuditRow.all()] == ["lamp"]
    row = await OutboxRow.get(name=clumsy)
    assert (row.done_at, row.tries, row.error) == (None, 1, "ValueError('dropped it')")
    assert row.due_at > clock.now()


async def test_news_whose_teller_died_is_offered_again_and_the_dead_one_is_fenced_out(
    diary: str,
) -> None:
    await light(7)
    [(row_id, first)] = await outbox.claim()
    while_leased = await outbox.claim()
    await OutboxRow.filter(id=row_id).update(leased_until=clock.now() - timedelta(seconds=1))
    [(again, second)] = await outbox.claim()
    await jobs.pay(row_id, first)

    assert while_leased == []
    assert (again, first, second) == (row_id, 1, 2)
    assert not await AuditRow.exists()
    assert not await outbox.finish(row_id, first)


async def test_three_tellers_at_once_tell_it_once(diary: str) -> None:
    await light(7)
    [(row_id, lease_no)] = await outbox.claim()
    await asyncio.gather(*[jobs.pay(row_id, lease_no) for _ in range(3)])

    assert await AuditRow.all().count() == 1


async def test_the_same_open_debt_is_owed_once_and_again_after_it_is_done(
    dusted: list[int],
) -> None:
    for _ in range(3):
        await owe_dusting(5, key="lamp:5")
    await tell_everyone()
    await owe_dusting(5, key="lamp:5")
    await tell_everyone()

    assert dusted == [5, 5]


async def test_a_job_that_keeps_failing_becomes_a_dead_letter_and_can_be_replayed(
    dusted: list[int],
) -> None:
    await owe_dusting(13)
    await owe_dusting(4)
    for _ in range(3):
        await make_due()
        await tell_everyone()

    assert dusted == [4]
    [letter] = await outbox.dead_letters()
    assert (letter["name"], letter["tries"]) == ("tests.dust", 3)
    assert await outbox.pending() == 0
    assert await outbox.replay(letter["id"]) == 1
    assert await outbox.pending() == 1


async def test_looking_again_later_is_no_failure(dusted: list[int]) -> None:
    await owe_dusting(0)
    for _ in range(5):
        await make_due()
        await tell_everyone()

    row = await OutboxRow.get(name="tests.dust")
    assert (row.tries, row.dead_at, row.done_at, row.lease_no) == (0, None, None, 5)


async def test_a_job_of_another_version_waits_for_a_worker_that_knows_it() -> None:
    await owe_dusting(1)
    await tell_everyone()

    row = await OutboxRow.get(name="tests.dust")
    assert row.done_at is None
    assert "no job tests.dust" in (row.error or "")


async def test_a_schedule_has_one_owner_at_a_time() -> None:
    runs: list[int] = []

    @jobs.every("tests.sweep", seconds=60)
    async def sweep() -> None:
        runs.append(1)
        await asyncio.sleep(0.05)

    try:
        await asyncio.gather(*[jobs.run_due_schedules() for _ in range(4)])
        await jobs.run_due_schedules()
    finally:
        del jobs.schedules["tests.sweep"]

    assert runs == [1]
