import asyncio
import os
import shutil
import tempfile
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import asyncpg
import httpx2
import pytest
from hypothesis import settings as examples
from tortoise.context import TortoiseContext

from app.credentials import make, shop_settings
from app.embedded import Postgres
from app.web import build
from app.wiring import migrate, orm_config, wire
from core.settings import Settings
from tests import servers

# The same examples in every run, so that a red run means a change of ours.
# `make explore` rolls dice.
examples.register_profile("same", derandomize=True, deadline=None)
examples.register_profile("explore", max_examples=500, deadline=None)
examples.load_profile(os.environ.get("EXAMPLES", "same"))

NOWHERE = "http://127.0.0.1:9"  # discards: a test that needs the outside brings a sandbox


async def run_sql(url: str, *statements: str) -> None:
    connection = await asyncpg.connect(url)
    for statement in statements:
        await connection.execute(statement)
    await connection.close()


@pytest.fixture(scope="session")
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(scope="session")
def secrets() -> dict[str, object]:
    """Both halves of a shop's secrets, made once a session: RSA keys take their time."""
    return make()


# A clone of a database costs ten times what emptying one does: 58 tables are many files.
EMPTY = """
DO $$
DECLARE name text; used text[] := '{}'; is_used boolean;
BEGIN
    FOR name IN SELECT format('%I', tablename) FROM pg_tables
        WHERE schemaname = 'public' AND tablename <> 'tortoise_migrations'
    LOOP
        EXECUTE 'SELECT EXISTS (SELECT FROM ' || name || ')' INTO is_used;
        IF is_used THEN used := used || name; END IF;
    END LOOP;
    IF used <> '{}' THEN EXECUTE 'TRUNCATE ' || array_to_string(used, ',') || ' CASCADE'; END IF;
    PERFORM setval(format('%I', sequencename), 1, false)
        FROM pg_sequences WHERE schemaname = 'public' AND last_value IS NOT NULL;
END $$
"""
ALONE = """
SELECT pg_terminate_backend(pid) FROM pg_stat_activity
WHERE datname = current_database() AND pid <> pg_backend_pid()
"""


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """A real PostgreSQL with one migrated database for the tests of this process."""
    home = Path(tempfile.mkdtemp(prefix="pgd-"))
    home.chmod(0o755)
    server = Postgres(home / "data", fast=True, binaries=servers.postgres_binaries())
    server.start()
    asyncio.run(run_sql(server.url(), "CREATE DATABASE shop"))
    asyncio.run(migrate(server.url("shop")))
    yield server
    server.stop()
    shutil.rmtree(home)


@pytest.fixture
async def db_url(postgres: Postgres) -> AsyncIterator[str]:
    """The database, as empty as after its migration; whoever is still connected is cut off."""
    yield postgres.url("shop")
    bare = "SET session_replication_role = replica"  # the books' triggers refuse to be emptied
    await run_sql(postgres.url("shop"), ALONE, bare, EMPTY)


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
