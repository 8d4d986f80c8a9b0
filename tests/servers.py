"""Which servers the tests run on: the ones out of the wheels, or with TEST_SERVERS=machine those

that are installed on this machine. A missing one is a failure that says what to do, never a skip.
"""

import os
import shutil
from pathlib import Path

IS_MACHINE = os.environ.get("TEST_SERVERS") == "machine"


def postgres_binaries() -> Path | None:
    """The folder of the machine's PostgreSQL; None for the wheel's."""
    if not IS_MACHINE:
        return None
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/postgres"), reverse=True)
    on_path = shutil.which("postgres")
    if on_path:
        found.append(Path(on_path).resolve())
    if not found:
        raise RuntimeError("no PostgreSQL on this machine: run `sh scripts/deps.sh`")
    return found[0].parent


def redis_server() -> Path:
    """The machine's redis-server."""
    found = shutil.which("redis-server")
    if not found:
        raise RuntimeError("no redis-server on this machine: run `sh scripts/deps.sh`")
    return Path(found)
