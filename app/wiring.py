"""The one place that knows every room: which tables exist and who listens to whom."""

from typing import Any

import asyncpg
from tortoise import Tortoise
from tortoise.migrations.api import migrate as apply_migrations

import crm.listeners  # noqa: F401  registers listeners

ROOMS = {"core": "core.outbox", "catalog": "trade.catalog.models", "crm": "crm.models"}
MIGRATION_LOCK = 727_001


def orm_config(db_url: str) -> dict[str, Any]:
    apps = {
        room: {"models": [module], "migrations": f"{module.rpartition('.')[0]}.migrations"}
        for room, module in ROOMS.items()
    }
    return {"connections": {"default": db_url}, "apps": apps, "use_tz": True, "timezone": "UTC"}


TORTOISE_ORM = orm_config("postgres://")  # for `tortoise makemigrations`, which never connects


async def migrate(db_url: str) -> None:
    """Bring a database up to date. Two at once take turns; doing it again changes nothing."""
    turn = await asyncpg.connect(db_url)
    try:
        await turn.execute("SELECT pg_advisory_lock($1)", MIGRATION_LOCK)
        await apply_migrations(config=orm_config(db_url))
    finally:
        await Tortoise.close_connections()
        await turn.close()
