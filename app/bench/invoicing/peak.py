"""The peak of a day: scans arrive on their own, whether or not the shop keeps up.

20,000 scans in ten minutes are 33 a second. Each opens the page and sends the form, while the same
processes issue the invoices. Afterwards nothing may be lost, and nothing be there twice.
"""

import asyncio
import json
import sys
import time
from typing import Any

from app.bench.invoicing.cpu import since, used_s
from app.bench.invoicing.stage import Stage, Tell
from app.household import ROOT
from core.database import sql

A_SECOND = 20_000 / 600
LOOK_EVERY_S = 1.0
COUNTED = """
SELECT count(*)::int AS wished, count(i.id)::int AS issued,
    count(DISTINCT d.invoice_id)::int AS files
FROM invoicing_request AS r LEFT JOIN invoicing_invoice AS i ON i.request_id = r.id
LEFT JOIN invoicing_document AS d ON d.invoice_id = i.id AND d.format = 'pdf'
WHERE r.receipt_code = ANY($1::text[])
"""


async def measure_peak(stage: Stage, *, scans: int, tell: Tell) -> dict[str, Any]:
    """So many scans at the rate of the peak, then the time until the last invoice has its file.

    CPU is told per request of the page, of the worker per invoice. Raises RuntimeError when they
    are not drained in a generous time.
    """
    codes = await stage.sell(scans)
    tell(f"{scans} receipts; guests come {A_SECOND:.0f} a second")
    before, began = used_s(stage.house), time.perf_counter()
    crowd = await _crowd(stage, codes)
    arrived_s, on_page = time.perf_counter() - began, used_s(stage.house)
    counts = await _drained(codes, patience_s=60 + scans)
    page, whole = since(before, on_page, 2 * scans), since(before, used_s(stage.house), scans)
    return {
        "scans": scans,
        "scans_s": round(arrived_s, 1),
        **{name: value for name, value in crowd.items() if name.endswith("_ms")},
        "scans_refused": crowd["refused"],
        "scans_lost": scans - counts["issued"],
        "scans_twice": counts["wished"] - scans + crowd["refused"],
        "drained_s": round(time.perf_counter() - began - arrived_s, 1),
        "request_web_cpu_ms": page["web"],
        "request_client_cpu_ms": round(1000 * crowd["cpu_s"] / (2 * scans), 2),
        **{f"scan_{name}_cpu_ms": spent for name, spent in whole.items()},
    }


async def _crowd(stage: Stage, codes: list[str]) -> dict[str, Any]:
    """The guests come and go; what they say when the last one has gone."""
    guests = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "app.bench.invoicing.guests",
        cwd=ROOT,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )
    spec = {"port": stage.house.settings["port"], "codes": codes, "a_second": A_SECOND}
    said, _ = await guests.communicate(json.dumps(spec).encode() + b"\n")
    crowd: dict[str, Any] = json.loads(said)
    return crowd


async def _drained(codes: list[str], *, patience_s: float) -> dict[str, int]:
    until = time.perf_counter() + patience_s
    counts: dict[str, int] = {}
    while time.perf_counter() < until:
        [counts] = await sql(COUNTED, codes)
        if counts["files"] >= counts["wished"]:
            return counts
        await asyncio.sleep(LOOK_EVERY_S)
    raise RuntimeError(f"not drained: {counts}")
