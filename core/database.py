"""One use case is one transaction. PostgreSQL names the loser of a race; the loser runs again."""

import asyncio
from collections.abc import Awaitable, Callable
from functools import wraps
from typing import Any, ParamSpec, TypeVar

import asyncpg
from tortoise.backends.base.client import TransactionalDBClient
from tortoise.backends.base.config_generator import expand_db_url
from tortoise.connection import get_connection
from tortoise.transactions import in_transaction

P = ParamSpec("P")
R = TypeVar("R")

LOST_RACES = (  # Tortoise lets asyncpg's own exceptions through
    asyncpg.DeadlockDetectedError,
    asyncpg.SerializationError,
    asyncpg.LockNotAvailableError,
)
PAUSES_S = (0.02, 0.2)


async def _keep_as_it_is(_: Any) -> None:
    """asyncpg would send RESET ALL after every use. We set nothing for a session, so nothing needs
    it, and a request saves a round trip for each of its questions; a transaction left open is
    rolled back all the same."""


def pooled(db_url: str, most: int) -> dict[str, Any]:
    """The connection of `db_url` as Tortoise takes it: a pool of up to `most`.

    Prepared statements live as long as their connection. Our statements are short: compiling one
    (JIT) would cost more than running it.
    """
    config: dict[str, Any] = expand_db_url(db_url.replace("postgresql://", "postgres://", 1))
    config["credentials"] |= {
        "minsize": 1,
        "maxsize": int(config["credentials"].get("maxsize", most)),
        "reset": _keep_as_it_is,
        "statement_cache_size": 500,
        "server_settings": {"jit": "off", "plan_cache_mode": "force_generic_plan"},
    }
    return config


def is_in_transaction() -> bool:
    return isinstance(get_connection("default"), TransactionalDBClient)


async def sql(query: str, *values: Any) -> list[dict[str, Any]]:
    """Run hand-written SQL on the connection, or transaction, of the moment; answer its rows."""
    rows: list[dict[str, Any]] = await get_connection("default").execute_query_dict(
        query, list(values)
    )
    return rows


def use_case(work: Callable[P, Awaitable[R]]) -> Callable[P, Awaitable[R]]:
    """Run `work` in one transaction, again after a lost race, three times in all.

    Called inside another use case it is a savepoint of it, and the outermost one runs again.
    """

    @wraps(work)
    async def run(*args: P.args, **kwargs: P.kwargs) -> R:
        for pause_s in () if is_in_transaction() else PAUSES_S:
            try:
                async with in_transaction():
                    return await work(*args, **kwargs)
            except LOST_RACES:
                await asyncio.sleep(pause_s)
        async with in_transaction():
            return await work(*args, **kwargs)

    return run
