"""Ask the database of a household that runs in processes of its own."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

from tortoise import Tortoise

from app.household import Household
from app.opening import settings_of
from app.wiring import orm_config, wire
from core.database import sql


def ask_database(query: str) -> Callable[[], Awaitable[Any]]:
    return lambda: sql(query)


def run(house: Household, work: Callable[[], Awaitable[Any]], *, bare: bool = False) -> Any:
    """What `work` answers, with the household's database open; `bare`: it opens its own."""

    async def inside() -> Any:
        if bare:
            return await work()
        settings = settings_of(house)
        wire(settings)
        assert settings.database_url
        await Tortoise.init(config=orm_config(settings.database_url), _enable_global_fallback=True)
        try:
            return await work()
        finally:
            await Tortoise.close_connections()

    return asyncio.run(inside())
