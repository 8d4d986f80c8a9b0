import asyncio
import shutil
import tempfile
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from uuid import uuid4

import asyncpg
import httpx2
import pytest
from tortoise.context import TortoiseContext

from app.credentials import make, shop_settings
from app.embedded import Postgres
from app.web import build
from app.wiring import migrate, orm_config, wire
from core.settings import Settings
from tests import servers

NOWHERE = "http://127.0.0.1:9"  # discards: a test that needs the outside brings a sandbox


async def run_sql(url: str, sql: str) -> None:
    connection = await asyncpg.connect(url)
    await connection.execute(sql)
    await connection.close()


@pytest.fixture(scope="session")
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(scope="session")
def secrets() -> dict[str, object]:
    """Both halves of a shop's secrets, made once a session: RSA keys take their time."""
    return make()


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """A real PostgreSQL with one migrated database, the template of every test's own."""
    home = Path(tempfile.mkdtemp(prefix="pgd-"))
    home.chmod(0o755)
    server = Postgres(home / "data", fast=True, binaries=servers.postgres_binaries())
    server.start()
    asyncio.run(run_sql(server.url(), "CREATE DATABASE template_shop"))
    asyncio.run(migrate(server.url("template_shop")))
    yield server
    server.stop()
    shutil.rmtree(home)


@pytest.fixture
async def db_url(postgres: Postgres) -> AsyncIterator[str]:
    name = f"test_{uuid4().hex}"
    clone = f"CREATE DATABASE {name} TEMPLATE template_shop STRATEGY FILE_COPY"
    await run_sql(postgres.url(), clone)
    yield postgres.url(name)
    await run_sql(postgres.url(), f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def settings(secrets: dict[str, object], db_url: str, tmp_path: Path) -> Settings:
    """The knobs of this test's shop, already said to every room."""
    given = shop_settings(secrets, world=NOWHERE, smtp_port=9)
    made = Settings(mode="test", database_url=db_url, var_dir=tmp_path, **given)
    wire(made)
    return made


@pytest.fixture
async def db(settings: Settings) -> AsyncIterator[None]:
    assert settings.database_url
    async with TortoiseContext() as context:
        await context.init(config=orm_config(settings.database_url))
        yield


@pytest.fixture
async def client(settings: Settings) -> AsyncIterator[httpx2.AsyncClient]:
    app = build(settings)
    http = httpx2.AsyncClient(transport=httpx2.ASGITransport(app=app), base_url="http://shop")
    async with app.router.lifespan_context(app), http:
        yield http
