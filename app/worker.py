"""arq rings the bell; what is owed stands in PostgreSQL until it is done."""

import asyncio
import json
import logging
import os
from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import UTC
from pathlib import Path
from typing import Any, TypeAlias

from arq.connections import ArqRedis, RedisSettings
from arq.worker import Worker, func
from prometheus_client import start_http_server
from redis.asyncio.retry import Retry
from redis.backoff import ExponentialBackoff
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import RedisError
from tortoise import Tortoise

from app.wiring import orm_config, wire
from core import jobs, outbox
from core.settings import Settings

Context: TypeAlias = dict[str, Any]
log = logging.getLogger(__name__)
QUEUE = "daogou:bell"
WAITING = 40  # rows in the queue beyond which no more are claimed: their leases would run out
IDLE_S = 0.2
NICE = 10  # what is paid must be booked while pages are busy too: about a tenth of a core
GOODBYE_S = 5
OWN_GROUP = Path("/proc/self/autogroup")


async def pay(ctx: Context, row_id: int, lease_no: int) -> None:
    await jobs.pay(row_id, lease_no)


async def ring(redis: ArqRedis) -> int:
    """Claim what is due and ring for each row. Answers how many."""
    if await redis.zcard(QUEUE) >= WAITING:
        return 0
    owed = await outbox.claim(WAITING)
    for row_id, lease_no in owed:
        bell = f"outbox:{row_id}:{lease_no}"
        await redis.enqueue_job("pay", row_id, lease_no, _job_id=bell, _queue_name=QUEUE)
    return len(owed)


async def _keep_doing(name: str, work: Callable[[], Awaitable[int | None]], pause_s: float) -> None:
    """Not a queued job itself: it goes on when the queue is lost (rule C2)."""
    while True:
        try:
            if not await work():
                await asyncio.sleep(pause_s)
        except (RedisError, OSError):
            log.warning("the queue is away", extra={"reason": name})
            await asyncio.sleep(1)
        except Exception:
            log.exception("the worker stumbles", extra={"reason": name})
            await asyncio.sleep(1)


def to_json(job: Context) -> bytes:  # arq's default is pickle: who writes to Redis runs code here
    return json.dumps(job, default=str).encode()


def patient(redis_url: str) -> RedisSettings:
    """A Redis that may be away for a minute; arq's own worker would die of it."""
    settings = RedisSettings.from_dsn(redis_url)
    settings.retry = Retry(ExponentialBackoff(cap=1, base=0.05), 60)
    settings.retry_on_error = [RedisConnectionError, OSError]
    settings.conn_retries = 60
    return settings


def give_way() -> None:
    """On a busy machine whoever waits at a screen goes before the work behind it, painters too.

    Where there are several cores, one is left free of it. Where Linux weighs whole sessions first
    (autogroup), a process's own niceness says nothing to another session: a worker that leads one
    lowers that as well.
    """
    os.nice(NICE)
    if hasattr(os, "sched_setaffinity"):  # not everywhere
        cores = sorted(os.sched_getaffinity(0))
        os.sched_setaffinity(0, cores[1:] or cores)
    if os.getsid(0) == os.getpid():
        with suppress(OSError):  # no such thing here
            OWN_GROUP.write_text(str(NICE))


class Leaver(Worker):
    """A worker that ends when it is told to, whether Redis is still there or not."""

    async def close(self) -> None:
        """Wait no longer for goodbyes: what is owed stands in PostgreSQL."""
        with suppress(TimeoutError, RedisError, OSError):
            await asyncio.wait_for(super().close(), GOODBYE_S)


def build(settings: Settings) -> Worker:
    """A worker over `settings.database_url` and `redis_url`; call its `run`."""
    wire(settings)
    if settings.database_url is None or settings.redis_url is None:
        raise ValueError("a worker needs a database_url and a redis_url")
    config = orm_config(settings.database_url)

    async def startup(ctx: Context) -> None:
        await Tortoise.init(config=config, _enable_global_fallback=True)
        if settings.metrics_port:
            start_http_server(settings.metrics_port, addr="127.0.0.1")
        ctx["chores"] = [
            asyncio.create_task(_keep_doing("ring", lambda: ring(ctx["redis"]), IDLE_S)),
            asyncio.create_task(_keep_doing("schedules", jobs.run_due_schedules, 1)),
        ]

    async def shutdown(ctx: Context) -> None:
        for chore in ctx["chores"]:
            chore.cancel()
        await Tortoise.close_connections()

    asyncio.set_event_loop(asyncio.new_event_loop())  # arq asks for the thread's loop
    return Leaver(
        [func(pay, name="pay", timeout=120, keep_result=0, max_tries=1)],  # the outbox retries
        queue_name=QUEUE,
        on_startup=startup,
        on_shutdown=shutdown,
        redis_settings=patient(settings.redis_url),
        job_serializer=to_json,
        job_deserializer=json.loads,
        job_completion_wait=10,
        poll_delay=0.1,
        max_jobs=10,
        timezone=UTC,
    )
