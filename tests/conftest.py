import os
import shutil
import tempfile
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import httpx2
import pytest
from hypothesis import settings as examples
from tortoise.context import TortoiseContext

from app.credentials import make, shop_settings
from app.embedded import Postgres
from app.web import build
from app.wiring import orm_config, wire
from core.settings import Settings
from tests import database, servers

# The same examples in every run, so that a red run means a change of ours.
# `make explore` rolls dice.
examples.register_profile("same", derandomize=True, deadline=None)
examples.register_profile("explore", max_examples=500, deadline=None)
examples.load_profile(os.environ.get("EXAMPLES", "same"))

NOWHERE = "http://127.0.0.1:9"  # discards: a test that needs the outside brings a sandbox


database.learn_the_tables_once()


@pytest.fixture(scope="session")
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(scope="session")
def secrets() -> dict[str, object]:
    """Both halves of a shop's secrets, made once a session: RSA keys take their time."""
    return make()


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """A real PostgreSQL of this process, its database migrated."""
    home = Path(tempfile.mkdtemp(prefix="pgd-"))
    home.chmod(0o755)
    database.lay_migrated(home / "data")
    server = Postgres(home / "data", fast=True, binaries=servers.postgres_binaries())
    server.start()
    yield server
    server.stop()
    shutil.rmtree(home)


@pytest.fixture(scope="session")
def broom(postgres: Postgres) -> Iterator[database.Broom]:
    broom = database.Broom(postgres.url())
    yield broom
    broom.put_away()


@pytest.fixture
def db_url(postgres: Postgres, broom: database.Broom) -> Iterator[str]:
    """The database, as empty as after its migration; whoever is still connected is cut off."""
    yield postgres.url()
    broom.sweep()


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
