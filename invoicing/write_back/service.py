"""Versions are written down once, numbered in one order, and put into files."""

import asyncio
import hashlib
import json
from pathlib import Path
from tempfile import NamedTemporaryFile

from core import clock
from core.clock import SHOP_ZONE
from core.database import sql, use_case
from core.outbox import publish
from core.settings import current
from invoicing.queries.blues import BlueView, find_blue
from invoicing.reds.queries import red_face_of
from invoicing.write_back.events import InvoiceVersionWritten
from invoicing.write_back.models import Version, WrittenFile
from invoicing.write_back.rules import Colour, VersionState, blue_facts, red_facts
from trade.stores.queries import get_store

INSERT = """
INSERT INTO write_back_version
    (colour, source_id, state, subject, store_id, tax_entity_id, facts)
VALUES ($1, $2, $3, $4, $5, $6, $7::jsonb)
ON CONFLICT (colour, source_id, state) DO NOTHING RETURNING id
"""
NUMBER = """
WITH last AS (SELECT coalesce(max(number), 0) AS top FROM write_back_version), waiting AS (
    SELECT id, row_number() OVER (ORDER BY id) AS place FROM write_back_version
    WHERE number IS NULL
)
UPDATE write_back_version AS v SET number = last.top + waiting.place
FROM waiting, last WHERE v.id = waiting.id RETURNING v.id
"""
TURN = "SELECT pg_advisory_xact_lock(727002)"
TAKE = """
UPDATE write_back_version SET file_id = $1
WHERE number BETWEEN $2 AND $3 AND file_id IS NULL RETURNING id
"""
OPEN = """
SELECT min(number) AS first, max(number) AS last, count(*)::int AS versions
FROM (SELECT number FROM write_back_version
      WHERE file_id IS NULL AND number IS NOT NULL ORDER BY number LIMIT $1) AS next
"""
MOST_A_FILE = 10_000


async def tell_issued(invoice_id: int) -> None:
    """A blue invoice was issued. Again: nothing changes."""
    if blue := await find_blue(invoice_id):
        await _tell(Colour.BLUE, blue.id, VersionState.ISSUED, blue)


async def tell_red(red_id: int, invoice_id: int) -> None:
    """A red letter was issued; where it took the last, the blue one's end is a version too.

    Again: nothing changes.
    """
    blue = await find_blue(invoice_id)
    if blue is None:
        return
    await _tell(Colour.RED, red_id, VersionState.ISSUED, blue)
    if blue.red_incl_fen >= blue.incl_fen:
        await _tell(Colour.BLUE, blue.id, VersionState.REVERSED, blue)


@use_case
async def _tell(colour: Colour, source_id: int, state: VersionState, blue: BlueView) -> None:
    store = await get_store(blue.store_id)
    if colour is Colour.RED:
        red = await red_face_of(source_id)
        facts, subject = red_facts(red, blue, store.code), red.public_id
    else:
        facts, subject = blue_facts(blue, store.code), blue.public_id
    row = await sql(
        INSERT,
        *(colour, source_id, state, subject, blue.store_id, blue.tax_entity_id),
        json.dumps({**facts, "state": state}, ensure_ascii=False),
    )
    if row:
        event = InvoiceVersionWritten(version_id=row[0]["id"], subject=subject, at=clock.now())
        await publish(event)


@use_case
async def number_versions() -> int:
    """Give what was committed its numbers, in one order. Answers how many."""
    await sql(TURN)
    return len(await sql(NUMBER))


@use_case
async def close_file() -> int | None:
    """The versions that are in no file yet become one. Answers its id; None: there are none."""
    await sql(TURN)
    [found] = await sql(OPEN, MOST_A_FILE)
    if not found["versions"]:
        return None
    day = clock.now().astimezone(SHOP_ZONE)
    made = await WrittenFile.create(
        name=f"invoices-{day:%Y%m%d}-{found['first']:09d}.jsonl",
        first_number=found["first"],
        last_number=found["last"],
        versions=found["versions"],
    )
    await sql(TAKE, made.id, found["first"], found["last"])
    return made.id


async def lines_of_file(file_id: int) -> bytes:
    """The bytes of a file: one version a line, in order; the same each time."""
    rows = await Version.filter(file_id=file_id).order_by("number")
    texts = [
        json.dumps({"version": row.number, **row.facts}, ensure_ascii=False, sort_keys=True)
        for row in rows
    ]
    return "".join(f"{text}\n" for text in texts).encode()


async def write_file(file_id: int, folder: Path) -> None:
    """Put a file where the ERP fetches it: whole or not at all. Again: the same bytes."""
    row, data = await WrittenFile.get(id=file_id), await lines_of_file(file_id)
    await asyncio.to_thread(_place, folder / row.name, data)
    await WrittenFile.filter(id=file_id).update(
        sha256=hashlib.sha256(data).hexdigest(), written_at=clock.now()
    )


def _place(path: Path, data: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with NamedTemporaryFile(dir=path.parent, delete=False) as file:
        file.write(data)
        file.flush()
    Path(file.name).chmod(0o640)
    Path(file.name).replace(path)


async def unwritten_files() -> list[int]:
    """Files that were closed and are not on disk yet, the oldest first."""
    return [row.id for row in await WrittenFile.filter(written_at=None).order_by("id")]


def folder() -> Path | None:
    """Where files for the ERP go; None: none are wanted."""
    return current().erp_folder
