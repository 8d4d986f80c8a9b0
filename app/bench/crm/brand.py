"""A brand only for the bench: its own database, filled, and this process wired to it."""

import contextlib
import os
import shutil
import tempfile
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import asyncpg
from tortoise.context import TortoiseContext

from app import credentials
from app.bench.crm.stage import fill
from app.embedded import Postgres, data_home
from app.wiring import migrate, orm_config, wire
from core.settings import Settings

Tell = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Brand:
    """An open brand: `url` of its database, and how many members it has. The ORM stands ready."""

    url: str
    members: int
    tell: Tell


@contextlib.asynccontextmanager
async def brand(members: int, tell: Tell) -> AsyncIterator[Brand]:
    """Open until the block ends, on DATABASE_URL in a database of its own, or embedded."""
    home = _home()
    with contextlib.ExitStack() as stack:
        stack.callback(shutil.rmtree, home, ignore_errors=True)
        server = os.environ.get("DATABASE_URL") or stack.enter_context(_embedded(home))
        name = f"daogou_bench_{os.getpid()}"
        await _run(server, f"CREATE DATABASE {name}")
        url = _named(server, name)
        try:
            await migrate(url)
            await fill(url, members, tell)
            _wire(url, home)
            async with TortoiseContext() as context:
                await context.init(config=orm_config(url))
                yield Brand(url, members, tell)
        finally:
            await _run(server, f"DROP DATABASE {name} WITH (FORCE)")


def _home() -> Path:
    home = Path(tempfile.mkdtemp(prefix="daogou-bench-"))
    home.chmod(0o755)  # PostgreSQL's own account passes through it
    return home


def _wire(url: str, home: Path) -> None:
    given = credentials.shop_settings(
        credentials.make(),
        world="http://127.0.0.1:9",
        smtp_port=9,
        mode="test",
        database_url=url,
        redis_url="redis://127.0.0.1:9",
        var_dir=str(home),
    )
    wire(Settings(**given))


@contextlib.contextmanager
def _embedded(home: Path) -> Iterator[str]:
    data = data_home(home) / "postgres"
    server = Postgres(data)
    server.start()
    try:
        yield server.url()
    finally:
        server.stop()


def _named(server: str, name: str) -> str:
    before, _, options = server.partition("?")
    return f"{before.rsplit('/', 1)[0]}/{name}{'?' + options if options else ''}"


async def _run(server: str, *statements: str) -> None:
    connection = await asyncpg.connect(server)
    try:
        for statement in statements:
            await connection.execute(statement)
    finally:
        await connection.close()
