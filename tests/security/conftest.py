"""One full shop and an asker of each role at the door."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass

import pytest

from app.web import build
from core.database import sql
from core.settings import Settings
from tests.scenes.full_shop import FullShop, a_full_shop
from tests.security.callers import Caller, a_caller


@dataclass(frozen=True, slots=True)
class Crowd:
    """`callers` by the names of their askers."""

    shop: FullShop
    callers: dict[str, Caller]


@pytest.fixture
async def crowd(settings: Settings) -> AsyncIterator[Crowd]:
    app = build(settings)
    async with app.router.lifespan_context(app), AsyncExitStack() as stack:
        shop = await a_full_shop()
        callers = {name: await a_caller(app, asker, stack) for name, asker in shop.askers.items()}
        yield Crowd(shop, callers)


async def database() -> dict[str, str]:
    """A digest of every table but the ones that only keep what partners said."""
    tables = await sql(
        "SELECT table_name FROM information_schema.tables"
        " WHERE table_schema = 'public' AND table_type = 'BASE TABLE'"
        " AND table_name <> 'core_access_token'"
    )
    digest = "SELECT md5(coalesce(string_agg(t::text, '\n' ORDER BY t::text), '')) AS d FROM {} t"
    return {
        row["table_name"]: (await sql(digest.format(f'"{row["table_name"]}"')))[0]["d"]
        for row in tables
    }
