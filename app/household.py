"""Everything a shop needs on one machine, started in order and stopped in the reverse one."""

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from app import credentials
from app.embedded import Postgres, Valkey, data_home, follow_parent

ROOT = Path(__file__).resolve().parents[1]


@dataclass(slots=True)
class Child:
    """One process of ours, and how to start it again."""

    name: str
    command: list[str]
    env: dict[str, str]
    log: Path
    process: subprocess.Popen[bytes] | None = None
    restarts: int = 0

    def start(self) -> None:
        self.log.parent.mkdir(parents=True, exist_ok=True)
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(  # noqa: S603  our own program
                self.command,
                env={**os.environ, **self.env},
                cwd=ROOT,
                stdout=subprocess.PIPE if self.name == "sandbox" else log,
                stderr=log,
                preexec_fn=follow_parent,  # noqa: PLW1509  only calls that are safe after a fork
            )

    def stop(self, seconds: float = 15) -> None:
        """SIGTERM, and after `seconds` SIGKILL. Stopping it again changes nothing."""
        if self.process is None:
            return
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(seconds)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait(5)
        if self.process.stdout is not None:
            self.process.stdout.close()


@dataclass(slots=True)
class Household:
    """A shop that is open: where it is reached and which processes make it."""

    home: Path
    settings: dict[str, Any]
    settings_file: Path
    world: dict[str, Any] = field(default_factory=dict)  # what the sandbox said when it was ready
    children: dict[str, Child] = field(default_factory=dict)

    @property
    def url(self) -> str:
        return str(self.settings["public_url"])

    def start_child(self, name: str, *command: str) -> Child:
        env = {"DAOGOU_SETTINGS_FILE": str(self.settings_file), "PYTHONUNBUFFERED": "1"}
        log = self.home / "log" / f"{name}.log"
        child = Child(name, [sys.executable, "-m", *command], env, log)
        child.start()
        self.children[name] = child
        return child

    def wait_until_open(self, seconds: float = 30) -> None:
        """Raises RuntimeError when the web process does not answer in time."""
        web, end = self.children["serve"], time.monotonic() + seconds
        while not _answers(f"{self.url}/readyz"):
            if web.process is None or web.process.poll() is not None or time.monotonic() > end:
                raise RuntimeError(f"the shop did not open: see {web.log}")
            time.sleep(0.05)

    def revive(self, pause: Callable[[float], object] = time.sleep) -> None:
        """Start again whoever died, after a pause that grows with each death.

        `pause` may be cut short by whoever wants the shop closed.
        """
        for child in self.children.values():
            if child.process is not None and child.process.poll() is not None:
                pause(min(30, 0.5 * 2**child.restarts))
                child.restarts += 1
                child.start()


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=2) as answer:  # noqa: S310  our own address
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError):
        return False


@contextlib.contextmanager
def data_servers(
    home: Path, *, database_url: str | None = None, redis_url: str | None = None, fast: bool = False
) -> Iterator[tuple[str, str]]:
    """The URLs of a database and a doorbell: the given ones, or our own while this lasts."""
    with contextlib.ExitStack() as stack:
        place = data_home(home)
        if database_url is None:
            postgres = Postgres(place / "postgres", fast=fast)
            postgres.start()
            stack.callback(postgres.stop)
            database_url = postgres.url()
        if redis_url is None:
            valkey = Valkey(place / "valkey")
            valkey.start()
            stack.callback(valkey.stop)
            redis_url = valkey.url
        yield database_url, redis_url


def write_private(path: Path, content: dict[str, Any]) -> Path:
    """A JSON file that only we can read."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.unlink(missing_ok=True)
    path.touch(mode=0o600)
    path.write_text(json.dumps(content, indent=1, ensure_ascii=False))
    return path


def start_world(house: Household, config: dict[str, Any]) -> dict[str, Any]:
    """Start the sandbox and wait for the line in which it says where it listens."""
    path = write_private(house.home / "sandbox.json", config)
    child = house.start_child("sandbox", "sandbox", "--config", str(path))
    assert child.process is not None
    assert child.process.stdout is not None
    line = child.process.stdout.readline()
    if not line:
        raise RuntimeError(f"the sandbox did not start: see {child.log}")
    said: dict[str, Any] = json.loads(line)
    house.world = said
    return said


@dataclass(frozen=True, slots=True)
class Opening:
    """How a shop is opened. `world` adds to the sandbox's configuration, `more` to Settings."""

    home: Path
    port: int
    mode: str
    world: dict[str, Any]
    seed: Callable[["Household"], None]
    database_url: str | None = None
    redis_url: str | None = None
    fast: bool = False
    more: dict[str, Any] = field(default_factory=dict)
    secrets: dict[str, Any] | None = None


@contextlib.contextmanager
def open_household(opening: Opening) -> Iterator[Household]:
    """A whole shop with its outside world, until the block ends.

    In this order: data servers, sandbox, `seed` (migrating and filling), worker, web.
    """
    home = opening.home.resolve()
    home.mkdir(parents=True, exist_ok=True)
    made = opening.secrets or credentials.load_or_make(data_home(home) / "secrets.json")
    given = {"database_url": opening.database_url, "redis_url": opening.redis_url}
    with data_servers(home, **given, fast=opening.fast) as (database_url, redis_url):
        shop_url = f"http://127.0.0.1:{opening.port}"
        house = Household(home, {"public_url": shop_url}, home / "settings.json")
        try:
            config = credentials.world_config(
                made, shop_url=shop_url, mode=opening.mode, **opening.world
            )
            said = start_world(house, config)
            house.settings = credentials.shop_settings(
                made,
                world=said["http"],
                smtp_port=said["smtp_port"],
                mode=opening.mode,
                database_url=database_url,
                redis_url=redis_url,
                var_dir=str(home),
                public_url=shop_url,
                port=opening.port,
                **opening.more,
            )
            write_private(house.settings_file, house.settings)
            opening.seed(house)
            house.start_child("worker", "app", "worker")
            house.start_child("serve", "app", "serve")
            house.wait_until_open()
            yield house
        finally:
            for name in ("serve", "worker", "sandbox"):
                if name in house.children:
                    house.children[name].stop()
