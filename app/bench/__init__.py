"""`daogou bench …`: our figure and the machine's floor, from the same run."""

import asyncio
import csv
import os
import platform
import shutil
import statistics
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import asyncpg

from app.bench.crowd import Shopper, Times, let_buy
from app.bench.floor import measure_floor
from app.household import Household, Opening, open_household
from app.opening import BRAND, fill, rows_of, settings_of, world_of
from app.ports import free_port

CROWDS = (1, 8, 32)
STORE = "S003"
Tell = Callable[[str], None]


def measure_purchases(*, seconds: float, tell: Tell) -> dict[str, Any]:
    """Open a throw-away shop (on DATABASE_URL and REDIS_URL where they are set) and let crowds buy.

    A purchase is complete when the shop says paid. The floor is plain SQL on the same PostgreSQL.
    """
    home = Path(tempfile.mkdtemp(prefix="daogou-bench-"))
    home.chmod(0o755)
    try:
        return _measure(home, seconds, tell)
    finally:
        shutil.rmtree(home, ignore_errors=True)


def _measure(home: Path, seconds: float, tell: Tell) -> dict[str, Any]:
    brand = full_shelves(home / "brand")
    database_url, redis_url = os.environ.get("DATABASE_URL"), os.environ.get("REDIS_URL")

    def seed(house: Household) -> None:
        asyncio.run(fill(settings_of(house), {}, brand))

    world = world_of(brand)
    opening = Opening(home, free_port(), "test", world, seed, database_url, redis_url)
    with open_household(opening) as house:
        tell(f"a shop at {house.url}, {'yours' if database_url else 'embedded'}")
        return asyncio.run(_run(house, seconds, tell, is_own=bool(database_url)))


async def _run(house: Household, seconds: float, tell: Tell, *, is_own: bool) -> dict[str, Any]:
    url = house.settings["database_url"]
    skus = [row["sku_code"] for row in rows_of("prices") if row["store_code"] == STORE]
    shoppers = [Shopper(house, number) for number in range(max(CROWDS))]
    rows = []
    try:
        for shopper in shoppers:
            await shopper.come_in()
        for crowd in CROWDS:
            floor = await measure_floor(url, crowd, min(seconds, 5))
            rate, times = await let_buy(shoppers[:crowd], skus, STORE, seconds)
            rows.append(_row(crowd, rate, floor, times))
            tell(_line(rows[-1]))
    finally:
        for shopper in shoppers:
            await shopper.leave()
    return {
        "bench": "purchase",
        "servers": "yours" if is_own else "embedded",
        "postgres": await _version(url),
        "python": platform.python_version(),
        "cores": os.cpu_count(),
        "load": os.getloadavg()[0],
        "rows": rows,
    }


async def _version(url: str) -> str:
    connection = await asyncpg.connect(url)
    try:
        return str(await connection.fetchval("SHOW server_version"))
    finally:
        await connection.close()


def _row(crowd: int, rate: float, floor: float, times: Times) -> dict[str, Any]:
    row: dict[str, Any] = {
        "shoppers": crowd,
        "purchases_per_s": round(rate, 2),
        "floor_per_s": round(floor, 1),
        "ratio": round(rate / floor, 4) if floor else None,
    }
    for name in ("place", "prepay", "paid"):
        row[f"{name}_ms"] = _percentiles(getattr(times, name))
    return row


def _percentiles(spent: list[float]) -> dict[str, float]:
    if len(spent) < 2:
        return {name: round(1000 * sum(spent), 1) for name in ("p50", "p95", "p99")}
    cuts = statistics.quantiles(spent, n=100, method="inclusive")
    return {f"p{rank}": round(1000 * cuts[rank - 1], 1) for rank in (50, 95, 99)}


def _line(row: dict[str, Any]) -> str:
    parts = [f"{row['shoppers']:>3} shoppers  {row['purchases_per_s']:>7} purchases/s"]
    parts += [f"floor {row['floor_per_s']:>7}/s  ratio {row['ratio']}"]
    for name in ("place", "prepay", "paid"):
        p = row[f"{name}_ms"]
        parts.append(f"{name} {p['p50']}/{p['p95']}/{p['p99']} ms")
    return "  ".join(parts)


def show(report: dict[str, Any]) -> str:
    """The table for people; times are p50/p95/p99."""
    about = f"{report['servers']} PostgreSQL {report['postgres']}, {report['cores']} cores"
    return "\n".join([about, *[_line(row) for row in report["rows"]]])


def full_shelves(folder: Path) -> Path:
    """The example brand with so much stock that nothing sells out."""
    shutil.copytree(BRAND, folder)
    rows = rows_of("stock")
    with (folder / "stock.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows([row | {"quantity": "1000000", "safety": "0"} for row in rows])
    return folder
