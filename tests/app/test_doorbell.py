"""Redis is a doorbell: what it forgets is found again, and nobody runs code through it (S19)."""

import json
import pickle
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from arq.connections import ArqRedis, create_pool
from arq.worker import Worker, func
from redis.asyncio import Redis
from tortoise.context import TortoiseContext

from app.embedded import Valkey
from app.wiring import orm_config
from app.worker import QUEUE, patient, pay, ring, to_json
from core import jobs
from core.database import use_case
from core.jobs import job, owe
from core.outbox import OutboxRow
from core.settings import Settings
from tests.servers import redis_server


@pytest.fixture(params=["valkey", "redis-server"])
def bell(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Valkey]:
    """Our own server and Debian's: whatever speaks Redis will do."""
    program = redis_server() if request.param == "redis-server" else None
    server = Valkey(tmp_path / "bell", program=program)
    server.start()
    yield server
    server.stop()


@pytest.fixture
async def pool(bell: Valkey) -> AsyncIterator[ArqRedis]:
    made = await create_pool(patient(bell.url), job_serializer=to_json, default_queue_name=QUEUE)
    yield made
    await made.aclose(close_connection_pool=True)


@pytest.fixture
async def db(settings: Settings) -> AsyncIterator[None]:
    assert settings.database_url
    async with TortoiseContext() as context:
        await context.init(config=orm_config(settings.database_url))
        yield


@use_case
async def owe_three() -> None:
    for number in range(3):
        await owe("tests.knock", number=number)


async def test_what_an_emptied_redis_forgot_is_rung_again(db: None, pool: ArqRedis) -> None:
    await owe_three()
    first = await ring(pool)
    await pool.flushall()
    while_leased = await ring(pool)
    await OutboxRow.filter(name="tests.knock").update(leased_until=None)
    again = await ring(pool)

    assert (first, while_leased, again) == (3, 0, 3)
    assert await pool.zcard(QUEUE) == 3


async def test_a_full_queue_is_not_fed_more(db: None, pool: ArqRedis) -> None:
    await owe_three()
    for number in range(50):
        await pool.enqueue_job("pay", number, 1, _job_id=f"old:{number}")

    assert await ring(pool) == 0


async def test_a_pickled_payload_does_not_run(
    db: None, settings: Settings, bell: Valkey, pool: ArqRedis, tmp_path: Path
) -> None:
    class Bomb:
        def __reduce__(self) -> tuple[object, tuple[str]]:
            return Path.touch, (tmp_path / "boom",)  # type: ignore[return-value]

    knocked: list[int] = []

    @job("tests.knock")
    async def knock(number: int) -> None:
        knocked.append(number)

    try:
        await owe_three()
        raw: Redis = Redis.from_url(bell.url)
        await raw.set("arq:job:bomb", pickle.dumps({"f": "pay", "a": Bomb(), "k": {}}))
        await raw.zadd(QUEUE, {"bomb": 1})
        await raw.aclose()
        await ring(pool)
        worker = Worker(
            [func(pay, name="pay", keep_result=0, max_tries=1)],
            queue_name=QUEUE,
            redis_settings=patient(bell.url),
            job_serializer=to_json,
            job_deserializer=json.loads,
            handle_signals=False,
            burst=True,
            poll_delay=0.05,
        )
        await worker.async_run()
        await worker.close()
    finally:
        del jobs.jobs["tests.knock"]

    assert sorted(knocked) == [0, 1, 2]
    assert not (tmp_path / "boom").exists()
