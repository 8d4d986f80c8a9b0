"""A shop only for the order bench: one database, one or more web processes, a crowd."""

import asyncio
import contextlib
import json
import os
import random
import shutil
import subprocess
import sys
import tempfile
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import asyncpg

from app import credentials
from app.bench.orders.stage import HOT, MEMBERS, SKUS, STORE, fill, sku_code, token_of
from app.embedded import Postgres, data_home
from app.household import Household, write_private
from app.ports import free_port
from app.wiring import migrate

Ask = tuple[str, str, str, str | None]
KNOBS = {"max_open_orders": 1_000_000, "max_held_units": 1_000_000_000}  # the crowd never pays


@dataclass(slots=True)
class Shop:
    """`ports` are those of the web processes that are open."""

    url: str
    house: Household
    ports: list[int] = field(default_factory=list)

    def open_web(self) -> int:
        """One more web process; answers its port."""
        port = free_port()
        self.house.settings["public_url"] = f"http://127.0.0.1:{port}"
        name = f"serve{port}"
        self.house.children["serve"] = self.house.start_child(
            name, "app.bench.orders.web", str(port)
        )
        self.house.wait_until_open()
        self.ports.append(port)
        return port

    def close_web(self, port: int, *, hard: bool = False) -> None:
        child = self.house.children[f"serve{port}"]
        if hard and child.process is not None:
            child.process.kill()
        child.stop()
        self.ports.remove(port)

    async def sql(self, query: str, *values: Any) -> Any:
        connection = await asyncpg.connect(self.url)
        try:
            return await connection.fetchval(query, *values)
        finally:
            await connection.close()

    async def crowd(
        self, asks: list[Ask], *, shoppers: int, seconds: float, rate: float = 0.0
    ) -> dict[str, Any]:
        """What came of `asks`, by so many shoppers at once for so long."""
        spec = {"asks": asks, "seconds": seconds, "rate": rate}
        spec |= {"ports": self.ports, "connections": shoppers}
        return await asyncio.to_thread(_drive, spec)


def _drive(spec: dict[str, Any]) -> dict[str, Any]:
    command = [sys.executable, "-m", "app.bench.orders.driver"]
    with subprocess.Popen(  # noqa: S603  our own program
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as driver:
        assert driver.stdin is not None
        assert driver.stdout is not None
        driver.stdin.write(json.dumps(spec) + "\n")
        driver.stdin.flush()
        driver.stdout.readline()
        driver.stdin.write("begin\n")
        driver.stdin.flush()
        answer: dict[str, Any] = json.loads(driver.stdout.readline())
    return answer | {"rate": round(answer["ok"] / answer["seconds"], 1)}


def orders(count: int, *, hot: bool = False, full: bool = True) -> list[Ask]:
    """Wishes of random members: two SKUs with a coupon and points, or the one everybody wants."""
    return [_order(turn, hot=hot, full=full) for turn in range(count)]


_coupons = iter(range(1, 10**9))


def _order(turn: int, *, hot: bool, full: bool) -> Ask:
    chosen = [HOT] if hot else random.sample(range(1, SKUS + 1), 2)
    lines = [{"skuCode": sku_code(one), "quantity": 1} for one in chosen]
    body: dict[str, Any] = {"storeCode": STORE, "lines": lines, "delivery": "pickup"}
    member = turn % MEMBERS + 1
    if full and not hot:
        coupon = next(_coupons)
        member = (coupon - 1) % MEMBERS + 1
        body |= {"points": 100, "coupons": [f"cpn_bench{coupon}"]}
    return ("POST", "/api/v1/orders", token_of(member), json.dumps(body))


def pages(count: int, path: str = "/api/v1/products/") -> list[Ask]:
    numbers = [random.randint(1, SKUS // 4) for _ in range(count)]  # noqa: S311
    return [
        ("GET", f"{path}prd_bench{number}?storeCode={STORE}", token_of(1), None)
        for number in numbers
    ]


def lists(count: int) -> list[Ask]:
    return [("GET", f"/api/v1/products?limit=20&storeCode={STORE}", token_of(1), None)] * count


def _home() -> Path:
    home = Path(tempfile.mkdtemp(prefix="daogou-bench-"))
    home.chmod(0o755)  # PostgreSQL's own account passes through it
    return home


@contextlib.asynccontextmanager
async def shop() -> AsyncIterator[Shop]:
    """Open until the block ends, on DATABASE_URL in a database of its own, or embedded."""
    home = _home()
    with contextlib.ExitStack() as stack:
        stack.callback(shutil.rmtree, home, ignore_errors=True)
        server = os.environ.get("DATABASE_URL") or stack.enter_context(_embedded(home))
        url = await _database(server)
        given = credentials.shop_settings(
            credentials.make(),
            world="http://127.0.0.1:9",
            smtp_port=9,
            mode="test",
            database_url=url,
            redis_url="redis://127.0.0.1:9",
            var_dir=str(home),
            **KNOBS,
        )
        house = Household(home, given, write_private(home / "settings.json", given))
        opened = Shop(url, house)
        before = dict(os.environ)
        os.environ["DATABASE_URL"] = url  # it wins over the settings file of our processes
        try:
            yield opened
        finally:
            for port in list(opened.ports):
                opened.close_web(port)
            os.environ.clear()
            os.environ.update(before)
            await _drop(server, url)


@contextlib.contextmanager
def _embedded(home: Path) -> Iterator[str]:
    server = Postgres(data_home(home) / "postgres")
    server.start()
    try:
        yield server.url()
    finally:
        server.stop()


def _named(server: str, name: str) -> str:
    before, _, options = server.partition("?")
    return f"{before.rsplit('/', 1)[0]}/{name}{'?' + options if options else ''}"


async def _database(server: str) -> str:
    name = f"daogou_bench_{os.getpid()}"
    connection = await asyncpg.connect(server)
    try:
        await connection.execute(f"CREATE DATABASE {name}")
    finally:
        await connection.close()
    url = _named(server, name)
    await migrate(url)
    await fill(url)
    return url


async def _drop(server: str, url: str) -> None:
    connection = await asyncpg.connect(server)
    try:
        name = url.partition("?")[0].rsplit("/", 1)[1]
        await connection.execute(f"DROP DATABASE {name} WITH (FORCE)")
    finally:
        await connection.close()
