"""`daogou bench crm`: what a million members cost, next to what was agreed."""

import asyncio
import os
import platform
from collections.abc import Awaitable, Callable
from importlib import import_module
from importlib.util import find_spec
from typing import Any

from app.bench.crm.brand import Brand, brand
from app.bench.crm.figures import Figure, line
from app.bench.orders.noise import moment, noise
from core.database import sql

Tell = Callable[[str], None]
PARTS = ("people", "segments", "exports", "points")  # in this order; each measures by itself
Measure = Callable[[Brand], Awaitable[list[Figure]]]


def measure_crm(*, members: int, parts: tuple[str, ...], tell: Tell) -> dict[str, Any]:
    """Fill a throw-away brand and measure; a noisy neighbour is told with each part.

    On DATABASE_URL in a database of its own, else on an embedded PostgreSQL; both durable.
    """
    return asyncio.run(_measure(members, parts or PARTS, tell))


async def _measure(members: int, parts: tuple[str, ...], tell: Tell) -> dict[str, Any]:
    began = moment()
    rows: list[dict[str, Any]] = []
    async with brand(members, tell) as opened:
        for part in parts:
            if find_spec(f"app.bench.crm.{part}") is None:
                continue
            before = moment()
            measure: Measure = import_module(f"app.bench.crm.{part}").measure
            figures = [figure.facts() | {"part": part} for figure in await measure(opened)]
            others = noise(before, moment())
            rows += [figure | {"others": others} for figure in figures]
            for row in rows[-len(figures) :]:
                tell(line(row))
        [found] = await sql("SELECT current_setting('server_version') AS version")
    return {
        "bench": "crm",
        "members": members,
        "rows": rows,
        "noise": noise(began, moment()),
        "postgres": found["version"],
        "python": platform.python_version(),
        "cores": os.cpu_count(),
    }


def show(report: dict[str, Any]) -> str:
    """The table for people."""
    about = (
        f"{report['members']:,} members, PostgreSQL {report['postgres']}, {report['cores']} cores,"
        f" others used {report['noise']:.0%} of the machine"
    )
    return "\n".join([about, *[line(row) for row in report["rows"]]])
