"""`daogou bench orders`: how fast orders are placed, beside what this PostgreSQL does by itself."""

import asyncio
import os
import platform
from collections.abc import AsyncIterator, Callable
from typing import Any

from app.bench.orders.floor import pgbench
from app.bench.orders.noise import moment, noise
from app.bench.orders.rows import Bench, Row
from app.bench.orders.shop import shop

Tell = Callable[[str], None]
SOLD_TO = (32, 256)


def measure_orders(*, seconds: float, rounds: int, large: int, tell: Tell) -> dict[str, Any]:
    """Fill a throw-away shop and measure every row; a second of noise is told with each.

    On DATABASE_URL in a database of its own, else on an embedded PostgreSQL; both durable.
    """
    return asyncio.run(_measure(seconds, rounds, large, tell))


async def _measure(seconds: float, rounds: int, large: int, tell: Tell) -> dict[str, Any]:
    began = moment()
    rows: list[dict[str, Any]] = []
    async with shop() as opened:
        opened.open_web()
        bench = Bench(opened, seconds, rounds)
        await bench.rate()  # nobody's figure: connections, plans and caches come to life
        before = moment()
        async for row in _rows(bench, large):
            after = moment()
            rows.append(row.facts() | {"noise": noise(before, after)})
            tell(line(rows[-1]))
            before = moment()
        exact = {str(crowd): await bench.sold_exactly(200, crowd) for crowd in SOLD_TO}
        version = await opened.sql("SHOW server_version")
    return {
        "bench": "orders",
        "rows": rows,
        "sold_exactly": exact,
        "noise": noise(began, moment()),
        "floor_by": "pgbench" if pgbench() else "asyncpg",
        "postgres": version,
        "python": platform.python_version(),
        "cores": os.cpu_count(),
    }


async def _rows(bench: Bench, large: int) -> AsyncIterator[Row]:
    full = await bench.full()
    yield full
    yield await bench.hot()
    yield await bench.crowded()
    yield await bench.page()
    yield await bench.two()
    yield await bench.calm(full.ours)
    for row in await bench.beside(full.ours):
        yield row
    yield await bench.chain()
    yield await bench.grown(10_000, large)


def line(row: dict[str, Any]) -> str:
    """One row for people."""
    unit = "ms" if row["is_ms"] else "x"
    verdict = "reached" if row["is_reached"] else "NOT reached"
    numbers = f"{row['ours']:>8.1f} {row['other']:>8.1f} {row['ratio']:>7.2f} {unit:<2}"
    return (
        f"{row['figure']:<48} {numbers}"
        f"  at least {row['at_least']:g}, aim {row['aim']:g}: {verdict}; others {row['noise']:.0%}"
    )


def show(report: dict[str, Any]) -> str:
    """The table for people: ours, what it is compared with, the ratio, and the noise."""
    about = (
        f"PostgreSQL {report['postgres']}, {report['cores']} cores, floor by {report['floor_by']},"
        f" others used {report['noise']:.0%} of the machine"
    )
    sold = ", ".join(
        f"{crowd} shoppers: {'exactly' if well else 'WRONG'}"
        for crowd, well in report["sold_exactly"].items()
    )
    return "\n".join([about, *[line(row) for row in report["rows"]], f"one hot SKU sold to {sold}"])
