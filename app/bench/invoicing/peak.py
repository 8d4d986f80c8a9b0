"""The peak of a day: scans arrive on their own, whether or not the shop keeps up.

20,000 scans in ten minutes are 33 a second. Each opens the page and sends the form, while the same
processes issue the invoices. Afterwards nothing may be lost, and nothing be there twice.
"""

import asyncio
import statistics
import time
from dataclasses import dataclass, field
from typing import Any

import httpx2

from app.bench.invoicing.stage import Stage, Tell
from core.database import sql

A_SECOND = 20_000 / 600
FORM = {
    "kind": "enterprise",
    "title": "某某商贸（上海）有限公司",
    "tax_no": "11310115MA4R207G5L",
}
LOOK_EVERY_S = 1.0
COUNTED = """
SELECT count(*)::int AS wished, count(i.id)::int AS issued,
    count(DISTINCT d.invoice_id)::int AS files
FROM invoicing_request AS r LEFT JOIN invoicing_invoice AS i ON i.request_id = r.id
LEFT JOIN invoicing_document AS d ON d.invoice_id = i.id AND d.format = 'pdf'
WHERE r.receipt_code = ANY($1::text[])
"""


@dataclass(slots=True)
class Crowd:
    """What the guests met: seconds of each page and of each form, and everything but a yes."""

    pages: list[float] = field(default_factory=list)
    forms: list[float] = field(default_factory=list)
    refused: int = 0

    async def guest(self, shop: httpx2.AsyncClient, code: str) -> None:
        """One scan: the page, then the form."""
        seen = await self._timed(self.pages, shop.get(f"/i/{code}"))
        sent = await self._timed(self.forms, shop.post(f"/i/{code}", data=FORM))
        self.refused += (seen, sent) != (200, 303)

    async def _timed(self, spent: list[float], call: Any) -> int:
        began = time.perf_counter()
        try:
            status: int = (await call).status_code
        except httpx2.HTTPError:
            status = 0
        spent.append(time.perf_counter() - began)
        return status


async def measure_peak(stage: Stage, *, scans: int, tell: Tell) -> dict[str, Any]:
    """So many scans at the rate of the peak, then the time until the last invoice has its file.

    Raises RuntimeError when they are not drained in a generous time.
    """
    codes = await stage.sell(scans)
    tell(f"{scans} receipts; guests come {A_SECOND:.0f} a second")
    crowd, began = Crowd(), time.perf_counter()
    await _come(stage.house.url, codes, crowd)
    arrived_s = time.perf_counter() - began
    counts = await _drained(codes, patience_s=60 + scans)
    return {
        "scans": scans,
        "scans_s": round(arrived_s, 1),
        "page_p95_ms": _rank(crowd.pages, 95),
        "page_p99_ms": _rank(crowd.pages, 99),
        "form_p95_ms": _rank(crowd.forms, 95),
        "scans_refused": crowd.refused,
        "scans_lost": scans - counts["issued"],
        "scans_twice": counts["wished"] - scans + crowd.refused,
        "drained_s": round(time.perf_counter() - began - arrived_s, 1),
    }


async def _come(url: str, codes: list[str], crowd: Crowd) -> None:
    limits = httpx2.Limits(max_connections=400, max_keepalive_connections=100)
    async with (
        httpx2.AsyncClient(base_url=url, trust_env=False, timeout=30, limits=limits) as shop,
        asyncio.TaskGroup() as guests,
    ):
        began = time.perf_counter()
        for number, code in enumerate(codes):
            await asyncio.sleep(max(0.0, began + number / A_SECOND - time.perf_counter()))
            guests.create_task(crowd.guest(shop, code))


async def _drained(codes: list[str], *, patience_s: float) -> dict[str, int]:
    until = time.perf_counter() + patience_s
    counts: dict[str, int] = {}
    while time.perf_counter() < until:
        [counts] = await sql(COUNTED, codes)
        if counts["files"] >= counts["wished"]:
            return counts
        await asyncio.sleep(LOOK_EVERY_S)
    raise RuntimeError(f"not drained: {counts}")


def _rank(spent: list[float], rank: int) -> float:
    cuts = statistics.quantiles(spent, n=100, method="inclusive")
    return round(1000 * cuts[rank - 1], 1)
