"""arq rings the bell; what is owed stands in PostgreSQL until it is done."""

import asyncio
import json
from datetime import UTC
from typing import Any, TypeAlias

from arq import cron
from arq.connections import RedisSettings
from arq.worker import Worker, func
from redis.asyncio.retry import Retry
from redis.backoff import ExponentialBackoff
from redis.exceptions import ConnectionError as RedisConnectionError
from tortoise import Tortoise

from app.wiring import orm_config
from core import outbox

Context: TypeAlias = dict[str, Any]


async def ring(ctx: Context) -> None:
    for row_id, attempt in await outbox.claim():
        await ctx["redis"].enqueue_job("tell", row_id, _job_id=f"outbox:{row_id}:{attempt}")


async def tell(ctx: Context, row_id: int) -> None:
    await outbox.tell(row_id)


def to_json(job: Context) -> bytes:  # arq's default is pickle: who writes to Redis runs code here
    return json.dumps(job, default=str).encode()


def patient(redis_url: str) -> RedisSettings:
    """A Redis that may be away for a minute; arq's own worker would die of it."""
    settings = RedisSettings.from_dsn(redis_url)
    settings.retry = Retry(ExponentialBackoff(cap=1, base=0.05), 60)
    settings.retry_on_error = [RedisConnectionError, OSError]
    settings.conn_retries = 60
    return settings


def build(db_url: str, redis_url: str) -> Worker:
    async def startup(ctx: Context) -> None:
        await Tortoise.init(config=orm_config(db_url), _enable_global_fallback=True)

    async def shutdown(ctx: Context) -> None:
        await Tortoise.close_connections()

    asyncio.set_event_loop(asyncio.new_event_loop())  # arq asks for the thread's loop
    return Worker(
        [func(tell, timeout=30, keep_result=0, max_tries=1)],  # the outbox retries, arq does not
        cron_jobs=[cron(ring, second=set(range(0, 60, 2)), timeout=10, keep_result=0)],
        on_startup=startup,
        on_shutdown=shutdown,
        redis_settings=patient(redis_url),
        job_serializer=to_json,
        job_deserializer=json.loads,
        job_completion_wait=10,
        timezone=UTC,
    )
