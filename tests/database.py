"""The tests' database: migrated once, copied for each process, emptied after each test."""

import asyncio
import fcntl
import hashlib
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import asyncpg
from tortoise.apps import Apps
from tortoise.models import Model

from app.embedded import Postgres
from app.household import ROOT
from app.wiring import TORTOISE_ORM, migrate
from tests import servers

KEPT = ROOT / "var" / "tests"
MOST = 3  # migrated clusters that are kept, of 60 MB each
# Nobody vacuums between two tests: a statistic must not depend on the minute a test ran in.
STEADY = "ALTER SYSTEM SET autovacuum = off"

ALONE = """
SELECT pg_terminate_backend(pid) FROM pg_stat_activity
WHERE datname = current_database() AND pid <> pg_backend_pid()
"""
# A new file for a table and each of its indexes costs more than deleting a few rows, so only what
# has grown is truncated. The lock waits for whoever was cut off in the middle of a write.
EMPTY = """
DO $$
DECLARE used text; grown text; one text;
BEGIN
    SELECT string_agg(name, ',') FILTER (WHERE size > 0),
        string_agg(name, ',') FILTER (WHERE size > 65536)
    INTO used, grown FROM (
        SELECT oid::regclass::text AS name, pg_relation_size(oid) AS size FROM pg_class
        WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace
            AND relname <> 'tortoise_migrations'
    ) AS tables;
    IF used IS NOT NULL THEN
        EXECUTE 'LOCK TABLE ' || used || ' IN SHARE ROW EXCLUSIVE MODE';
        IF grown IS NOT NULL THEN EXECUTE 'TRUNCATE ' || grown || ' CASCADE'; END IF;
        FOREACH one IN ARRAY string_to_array(used, ',') LOOP
            EXECUTE 'DELETE FROM ' || one;
        END LOOP;
    END IF;
    PERFORM setval(format('%I', sequencename), 1, false)
        FROM pg_sequences WHERE schemaname = 'public' AND last_value IS NOT NULL;
END $$
"""


class Broom:
    """Empties one database, over a connection that stays: a new one would learn every table anew.

    It has a loop of its own, because each test has its own.
    """

    def __init__(self, url: str) -> None:
        self.url, self.loop = url, asyncio.new_event_loop()
        self.connection: asyncpg.Connection | None = None

    def sweep(self) -> None:
        """Cut off whoever is still connected and leave the tables as after the migration."""
        self.loop.run_until_complete(self._sweep())

    async def _sweep(self) -> None:
        if self.connection is None or self.connection.is_closed():
            self.connection = await asyncpg.connect(self.url)
            # the triggers of the books refuse to be emptied, and keys would say in which order
            await self.connection.execute("SET session_replication_role = replica")
        await self.connection.execute(ALONE)
        await self.connection.execute(EMPTY)

    def put_away(self) -> None:
        if self.connection is not None:
            self.loop.run_until_complete(self.connection.close())
        self.loop.close()


def lay_migrated(data: Path) -> None:
    """At `data` a cluster whose database `postgres` is migrated, ready to be started.

    It is a copy of the one that the first who needed these migrations has made and kept.
    """
    KEPT.mkdir(parents=True, exist_ok=True)
    with (KEPT / "lock").open("w") as turn:
        fcntl.flock(turn, fcntl.LOCK_EX)
        kept = KEPT / f"migrated-{_key()}"
        if not kept.exists():
            _make(kept)
        subprocess.run(["cp", "-a", str(kept), str(data)], check=True)


def _key() -> str:
    """Changes with whatever the cluster is made of."""
    digest = hashlib.sha256(repr(servers.postgres_binaries()).encode())
    for path in _sources():
        digest.update(path.read_bytes())
    return digest.hexdigest()[:16]


def _sources() -> Iterator[Path]:
    yield from (Path(__file__), ROOT / "app/embedded.py", ROOT / "requirements.lock")
    for room in TORTOISE_ORM["apps"].values():
        yield from sorted((ROOT / room["migrations"].replace(".", "/")).glob("*.py"))


def _make(kept: Path) -> None:
    home = Path(tempfile.mkdtemp(prefix="daogou-tests-"))  # where PostgreSQL's account gets in
    home.chmod(0o755)
    server = Postgres(home / "data", fast=True, binaries=servers.postgres_binaries())
    server.start()
    try:
        asyncio.run(migrate(server.url()))
        asyncio.run(_run(server.url(), STEADY))
    finally:
        server.stop()
    before = sorted(KEPT.glob("migrated-*"), key=lambda path: path.stat().st_mtime)
    for old in before[: -MOST + 1]:
        shutil.rmtree(old)
    shutil.rmtree(KEPT / "making", ignore_errors=True)  # of a run that was cut off
    # a copy in another file system appears bit by bit, a renamed folder at once
    subprocess.run(["cp", "-a", str(home / "data"), str(KEPT / "making")], check=True)
    (KEPT / "making").rename(kept)
    shutil.rmtree(home)


async def _run(url: str, statement: str) -> None:
    connection = await asyncpg.connect(url)
    await connection.execute(statement)
    await connection.close()


def learn_the_tables_once() -> None:
    """Let the ORM work out the filters of all tables once in this process, not at each opening.

    A process of the shop opens its database once. Here thousands of tests do, for 60 ms each.
    """
    learn, known = Apps._build_initial_querysets, dict[type[Model], set[str]]()

    def learn_what_is_new(apps: Apps) -> None:
        found = {model: set(model._meta.fields_map) for model in apps.get_models_iterable()}
        if any(known.get(model) != fields for model, fields in found.items()):
            learn(apps)
            known.update(found)

    Apps._build_initial_querysets = learn_what_is_new  # type: ignore[assignment,method-assign]
