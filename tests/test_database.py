import asyncio
from itertools import count

import pytest
from tortoise.connection import get_connection
from tortoise.context import TortoiseContext
from tortoise.expressions import F
from tortoise.migrations.autodetector import MigrationAutodetector

from app.wiring import TORTOISE_ORM, migrate, orm_config
from core.database import use_case
from tests.scene import a_product
from trade.catalog.models import Product


@pytest.mark.usefixtures("db")
async def test_the_loser_of_a_deadlock_runs_again() -> None:
    scarf, hat = await a_product(price_fen=100), await a_product(price_fen=100)
    runs, both_hold_one = count(1), asyncio.Barrier(2)

    @use_case
    async def raise_prices(first: int, second: int) -> int:
        run = next(runs)
        await Product.filter(id=first).update(price_fen=F("price_fen") + 1)
        if run <= 2:
            await both_hold_one.wait()
        await Product.filter(id=second).update(price_fen=F("price_fen") + 1)
        return run

    runs_done = await asyncio.gather(raise_prices(scarf.id, hat.id), raise_prices(hat.id, scarf.id))

    assert max(runs_done) == 3
    assert [product.price_fen for product in await Product.all()] == [102, 102]


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
        models = [model for app in context.apps.values() for model in app.values()]
        wanted = {rule.name for model in models for rule in model._meta.constraints}
        rows = await get_connection("default").execute_query_dict(
            "SELECT conname AS name FROM pg_constraint UNION SELECT indexname FROM pg_indexes"
        )

    assert wanted
    assert wanted <= {row["name"] for row in rows}
