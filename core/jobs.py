"""Work outside the request: debts paid from the outbox, and schedules with one owner.

The queue library is hidden here and in `app.worker`; a job is a row of the outbox until it is done.
"""

import asyncio
import json
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from contextvars import Context
from dataclasses import dataclass
from typing import Any

from tortoise.transactions import in_transaction

from core import outbox
from core.database import is_in_transaction, sql
from core.events import listeners
from core.outbox import HURRY, OWE_JOB, OWE_JOBS, OutboxRow, shape_of

log = logging.getLogger(__name__)

Work = Callable[..., Awaitable[None]]


class Later(Exception):
    """Raised by a job that must look again: it is put off and that is no failure."""

    def __init__(self, delay_s: float) -> None:
        super().__init__(f"look again in {delay_s} s")
        self.delay_s = delay_s


@dataclass(frozen=True, slots=True)
class Job:
    work: Work
    timeout_s: float
    tries: int


@dataclass(frozen=True, slots=True)
class Recurring:
    work: Work
    seconds: float


jobs: dict[str, Job] = {}
schedules: dict[str, Recurring] = {}


def job(name: str, *, timeout_s: float = 30, tries: int = 12) -> Callable[[Work], Work]:
    """Register a job. It runs outside a transaction, may dial out, and may run twice."""

    def register(work: Work) -> Work:
        jobs[name] = Job(work, timeout_s, tries)
        return work

    return register


def every(name: str, *, seconds: float) -> Callable[[Work], Work]:
    """Register recurring work. Whatever the number of workers, one runs it at a time."""

    def register(work: Work) -> Work:
        schedules[name] = Recurring(work, seconds)
        return work

    return register


async def owe(name: str, *, key: str | None = None, delay_s: float = 0, **facts: Any) -> None:
    """Write that job `name` is owed `facts` (small JSON values), in the transaction of the moment.

    While a debt of the same name and key is open, owing it again changes nothing.
    Raises RuntimeError outside a transaction.
    """
    if not is_in_transaction():
        raise RuntimeError(f"{name} was owed outside a transaction")
    await sql(OWE_JOB, name, key, json.dumps(facts), delay_s)


async def owe_each(name: str, facts: Mapping[str, Mapping[str, Any]]) -> None:
    """Owe job `name` once for each key with its facts, in one statement; else as `owe`."""
    if not is_in_transaction():
        raise RuntimeError(f"{name} was owed outside a transaction")
    await sql(OWE_JOBS, name, list(facts), [json.dumps(each) for each in facts.values()])


async def hurry(name: str, *, key: str) -> None:
    """A debt that was put off is due now. Nothing owed: nothing happens."""
    await sql(HURRY, name, key)


async def pay(row_id: int, lease_no: int) -> None:
    """Work off one claimed debt. A failure waits and is tried again, until its last try."""
    row = await OutboxRow.get_or_none(id=row_id, lease_no=lease_no, done_at=None, dead_at=None)
    if row is None:
        return  # done, or in another worker's hands
    known = jobs.get(row.name)
    try:
        if row.kind == "news":
            await _tell(row_id, lease_no)
        elif known is None:
            raise LookupError(f"no job {row.name} in this version")
        else:
            await _run(known, row)
    except Later as later:
        await outbox.put_off(row_id, lease_no, later.delay_s)
    except Exception as error:
        log.exception("a debt failed", extra={"outbox_row": row_id, "debt": row.name})
        tries = known.tries if known else outbox.NEWS_TRIES
        if await outbox.postpone(row_id, lease_no, why=repr(error), tries=tries):
            log.error("a debt is dead", extra={"outbox_row": row_id, "debt": row.name})


async def _tell(row_id: int, lease_no: int) -> None:
    """Tell one listener. Its effects and the tick commit together, or neither does."""
    async with in_transaction():
        owed = OutboxRow.filter(id=row_id, lease_no=lease_no, done_at=None)
        row = await owed.select_for_update(skip_locked=True).first()
        if row is None:
            return
        event_type, listener = listeners[row.name]
        await listener(shape_of(event_type).validate_python(row.payload))
        await outbox.finish(row_id, lease_no)


async def _run(job: Job, row: OutboxRow) -> None:
    async with _kept_lease(row.id, row.lease_no):
        async with asyncio.timeout(job.timeout_s):
            await job.work(**row.payload)
    if not await outbox.finish(row.id, row.lease_no):
        log.warning("a job ended after its lease", extra={"outbox_row": row.id})


@asynccontextmanager
async def _kept_lease(row_id: int, lease_no: int) -> AsyncIterator[None]:
    async def keep() -> None:
        while await outbox.renew(row_id, lease_no):  # noqa: ASYNC110  a lease is time
            await asyncio.sleep(outbox.LEASE_S / 3)

    keeper = asyncio.create_task(keep(), context=Context())
    try:
        yield
    finally:
        keeper.cancel()


TAKE_TURN = """
INSERT INTO core_schedule AS s (name, due_at, leased_until)
VALUES ($1, now() + $2 * interval '1 second', now() + interval '60 seconds')
ON CONFLICT (name) DO UPDATE SET due_at = excluded.due_at, leased_until = excluded.leased_until
WHERE s.due_at <= now() AND (s.leased_until IS NULL OR s.leased_until < now())
RETURNING s.name
"""


async def run_due_schedules() -> None:
    """Run what is due and nobody has taken. A failure is logged; the next turn comes anyway."""
    for name, recurring in schedules.items():
        if not await sql(TAKE_TURN, name, recurring.seconds):
            continue
        try:
            async with asyncio.timeout(50):
                await recurring.work()
        except Exception:
            log.exception("a schedule failed", extra={"schedule": name})
        await sql("UPDATE core_schedule SET leased_until = NULL WHERE name = $1", name)
