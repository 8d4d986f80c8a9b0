import asyncio
from itertools import count
from typing import Any

import pytest
from tortoise.context import TortoiseContext
from tortoise.expressions import F
from tortoise.migrations.autodetector import MigrationAutodetector

from app.wiring import TORTOISE_ORM, migrate, orm_config
from core.database import sql, use_case
from core.outbox import OutboxRow


async def a_row() -> OutboxRow:
    return await OutboxRow.create(kind="job", name="tests.nothing", payload={})


@pytest.mark.usefixtures("db")
async def test_the_loser_of_a_deadlock_runs_again() -> None:
    one, other = await a_row(), await a_row()
    runs, both_hold_one = count(1), asyncio.Barrier(2)

    @use_case
    async def try_both(first: int, second: int) -> int:
        run = next(runs)
        await OutboxRow.filter(id=first).update(tries=F("tries") + 1)
        if run <= 2:
            await both_hold_one.wait()
        await OutboxRow.filter(id=second).update(tries=F("tries") + 1)
        return run

    runs_done = await asyncio.gather(try_both(one.id, other.id), try_both(other.id, one.id))

    assert max(runs_done) == 3
    assert [row.tries for row in await OutboxRow.all()] == [2, 2]


@pytest.mark.usefixtures("db")
async def test_a_use_case_inside_another_is_undone_with_it() -> None:
    @use_case
    async def inner() -> None:
        await OutboxRow(kind="job", name="tests.nothing", payload={}).save()

    @use_case
    async def outer() -> None:
        await inner()
        raise ValueError("no")

    with pytest.raises(ValueError, match="no"):
        await outer()

    assert not await OutboxRow.exists()


async def test_two_migrations_at_once_take_turns(db_url: str) -> None:
    await asyncio.gather(*[asyncio.create_task(migrate(db_url)) for _ in range(2)])


async def test_the_models_hold_nothing_that_no_migration_knows() -> None:
    async with TortoiseContext() as context:
        await context.init(config=TORTOISE_ORM, init_connections=False)
        assert context.apps is not None
        unwritten = await MigrationAutodetector(context.apps, TORTOISE_ORM["apps"]).changes()

    assert unwritten == []


async def test_every_constraint_of_a_model_stands_in_the_database(db_url: str) -> None:
    async with TortoiseContext() as context:
        await context.init(config=orm_config(db_url))
        assert context.apps is not None
        models: list[Any] = [model for app in context.apps.values() for model in app.values()]
        wanted = {rule.name for model in models for rule in model._meta.constraints}
        rows = await sql(
            "SELECT conname AS name FROM pg_constraint UNION SELECT indexname FROM pg_indexes"
        )

    assert wanted
    assert wanted <= {row["name"] for row in rows}
