"""From a guest's request to the file and the mail: all our processes, an instant provider."""

import asyncio
import time
from dataclasses import replace
from typing import Any

import httpx2

from app.bench.invoicing.cpu import ours_s
from app.bench.invoicing.rendering import a_face
from app.bench.invoicing.stage import Stage
from core.database import sql
from invoicing import archive
from invoicing.document.renderer import pdf_of
from invoicing.queries import Format, Origin
from invoicing.service import BuyerKind, read_buyer, request_invoice
from invoicing.service.filing import KeptFile, book_files, face_of

FORM = {
    "kind": "enterprise",
    "title": "某某商贸（上海）有限公司",
    "tax_no": "11310115MA4R207G5L",
    "pressed": "send",
}
PAUSE_S, PATIENCE_S, LANES, IDLE_S = 0.05, 60.0, 4, 5.0
STORED = "SELECT count(DISTINCT invoice_id)::int AS n FROM invoicing_document WHERE format = 'pdf'"


async def scan_to_mail(stage: Stage, guests: int) -> list[float]:
    """Seconds from the tap on send until the mail lies in the mailbox, one guest after another."""
    spent = []
    async with (
        httpx2.AsyncClient(base_url=stage.house.url, trust_env=False, timeout=30) as shop,
        httpx2.AsyncClient(base_url=stage.house.world["http"], trust_env=False) as world,
    ):
        for number, code in enumerate(await stage.sell(guests)):
            mail = f"guest{number}@buyer.example.cn"
            (await shop.get(f"/i/{code}")).raise_for_status()
            began = time.perf_counter()
            answer = await shop.post(f"/i/{code}", data={**FORM, "mail": mail})
            if answer.status_code != 303:
                raise RuntimeError(f"not taken: {answer.status_code}")
            await _until_mailed(world, mail, began)
            spent.append(time.perf_counter() - began)
    return spent


async def _until_mailed(world: httpx2.AsyncClient, mail: str, began: float) -> None:
    while not (await world.get("/_sim/mail", params={"to": mail})).json():
        if time.perf_counter() - began > PATIENCE_S:
            raise RuntimeError("no mail")
        await asyncio.sleep(PAUSE_S)


async def request_to_file(stage: Stage, count: int) -> dict[str, float]:
    """So many requests at once, until the PDF of each is in the archive.

    CPU is that of all our processes and of PostgreSQL; the provider's is not ours.
    """
    codes = await stage.sell(count)
    buyer = read_buyer(
        kind=BuyerKind.ENTERPRISE, **{n: FORM[n] for n in ("title", "tax_no")}, mail=""
    )
    [before] = await sql(STORED)
    used, began = ours_s(stage.house), time.perf_counter()
    for code in codes:
        await request_invoice(codes=[code], buyer=buyer)
    while (await sql(STORED))[0]["n"] < before["n"] + count:
        if time.perf_counter() - began > PATIENCE_S + count:
            raise RuntimeError("not all have a file")
        await asyncio.sleep(PAUSE_S)
    return {
        "whole_cpu_ms": round((ours_s(stage.house) - used) * 1000 / count, 2),
        "whole_per_s": round(count / (time.perf_counter() - began), 1),
    }


async def face_to_archive(stage: Stage, count: int) -> dict[str, float]:
    """Documents of four lines, each its own, painted by our children and safe on the disk."""
    face = a_face(4)
    turns = iter(range(count))
    await asyncio.gather(*[pdf_of(face) for _ in range(LANES)])
    idle = await _idle(stage)
    used, began = ours_s(stage.house), time.perf_counter()

    async def go_on() -> None:
        for turn in turns:
            pdf = await pdf_of(replace(face, remark=f"订单号 {turn}"))
            await asyncio.to_thread(archive.keep, pdf, "pdf")

    await asyncio.gather(*[go_on() for _ in range(LANES)])
    lasted_s = time.perf_counter() - began
    return {
        "stored_cpu_ms": round((ours_s(stage.house) - used - idle * lasted_s) * 1000 / count, 2),
        "stored_per_s": round(count / lasted_s, 1),
    }


async def rows_to_file(stage: Stage) -> dict[str, float]:
    """Every invoice there is, from its rows to a painted PDF that is archived and booked.

    What our idle processes use meanwhile is measured before and not counted.
    """
    ids = [row["id"] for row in await sql("SELECT id FROM invoicing_invoice ORDER BY id")]
    await _document(ids[0])  # the painters come to life
    turns = iter(ids[1:])
    idle = await _idle(stage)
    used, began = ours_s(stage.house), time.perf_counter()

    async def go_on() -> None:
        for invoice_id in turns:
            await _document(invoice_id)

    await asyncio.gather(*[go_on() for _ in range(LANES)])
    count, lasted_s = len(ids) - 1, time.perf_counter() - began
    spent_s = ours_s(stage.house) - used - idle * lasted_s
    return {
        "document_cpu_ms": round(spent_s * 1000 / count, 2),
        "documents_per_s": round(count / lasted_s, 1),
        "idle_cores": round(idle, 2),
    }


async def _idle(stage: Stage) -> float:
    """CPU seconds a second of our processes when there is nothing to do."""
    used, began = ours_s(stage.house), time.perf_counter()
    await asyncio.sleep(IDLE_S)
    return (ours_s(stage.house) - used) / (time.perf_counter() - began)


async def _document(invoice_id: int) -> None:
    pdf = await pdf_of(await face_of(invoice_id))
    sha256 = await asyncio.to_thread(archive.keep, pdf, "pdf")
    kept = KeptFile(Format.PDF, Origin.OWN, sha256, len(pdf))
    await book_files(invoice_id, [kept], offered=frozenset())


def report_of(spent: list[float]) -> dict[str, Any]:
    ordered = sorted(spent)
    at = {"p50": len(ordered) // 2, "p95": min(len(ordered) - 1, int(len(ordered) * 0.95))}
    return {f"mail_{name}_s": round(ordered[place], 2) for name, place in at.items()}
