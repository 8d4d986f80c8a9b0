"""A box is taught a till's own words: a person marks values on one paper it told."""

import json
from collections.abc import Mapping
from datetime import date
from typing import Any

from core.audit_log import record
from core.database import sql, use_case
from core.security.scope import Scope
from core.security.vault import decrypt
from devices.box.layouts import KNOWN, Layout, NotOnPaper, learn, translated
from devices.box.paper import Job, sheets_of
from devices.box.reading import Reading, read
from devices.box.stream import tokens_of
from devices.boxes.deciding import Entry, enter
from devices.boxes.errors import EntryUnfit, MarkUnfit, PaperNotFound, PaperTaken
from devices.boxes.rules import PaperKind
from devices.boxes.wire import fen_of, moment_of, unpacked

MARKED = """
SELECT p.box_id, p.store_id, c.id AS copy_id, c.cipher, b.layout
FROM boxes_paper AS p JOIN boxes_copy AS c ON c.paper_id = p.id JOIN boxes_box AS b
    ON b.id = p.box_id
WHERE p.id = $1 AND c.cipher IS NOT NULL FOR UPDATE OF b
"""
TEACH = """
UPDATE boxes_box SET layout = $2::jsonb, layout_no = layout_no + 1 WHERE id = $1
"""
WAITING = """
SELECT p.id, p.box_id, p.store_id, p.received_at, c.id AS copy_id, c.cipher
FROM boxes_paper AS p JOIN boxes_copy AS c ON c.paper_id = p.id
WHERE p.box_id = $1 AND p.state = 'doubtful' AND c.cipher IS NOT NULL
ORDER BY p.id LIMIT 200 FOR UPDATE OF p
"""


@use_case
async def teach(scope: Scope, paper_id: int, marks: Mapping[str, str]) -> int:
    """Learn the words before the marked values of a paper; the box gets them with its next beat.

    Doubtful papers of that box that are certain with the new words count at once: answers how
    many. Raises PaperNotFound (also when its bytes are gone), MarkUnfit.
    """
    rows = await sql(MARKED, paper_id)
    if not rows or not scope.sees_store(rows[0]["store_id"]):
        raise PaperNotFound(paper=paper_id)
    row = rows[0]
    wanted = {name: value.strip() for name, value in marks.items() if value.strip()}
    jobs = _jobs(row)
    try:
        learnt = learn(jobs[0].lines if jobs else [], wanted)
    except NotOnPaper:
        raise MarkUnfit from None
    if not learnt:
        raise MarkUnfit
    layout = json.loads(row["layout"]) | learnt
    await sql(TEACH, row["box_id"], json.dumps(layout))
    await record(scope, "box.teach", f"box:{row['box_id']}", words=",".join(sorted(learnt)))
    return await _read_again(row["box_id"], layout, by=scope.actor)


async def _read_again(box_id: int, layout: Layout, *, by: str) -> int:
    done = 0
    for row in await sql(WAITING, box_id):
        jobs = _jobs(row)
        entry = _entry(read(translated(jobs[0], layout), today=_day(row))) if jobs else None
        if entry is None:
            continue
        try:
            await enter(row, entry, by=by)
        except (PaperTaken, EntryUnfit):
            continue
        done += 1
    return done


def _entry(reading: Reading) -> Entry | None:
    """What a certain reading says, in our values."""
    due = fen_of(str(reading.totals.due)) if reading.is_certain else None
    if not due or reading.at is None:
        return None
    kind = PaperKind.REFUND if reading.kind == "refund" else PaperKind.SALE
    lines = [
        (goods.name[:100], f"{goods.qty:f}"[:20], int(goods.amount * 100))
        for goods in reading.goods
    ]
    number, origin = reading.order_no or "", reading.original_no or ""
    return Entry(kind, number, moment_of(reading.at), abs(due), origin, tuple(lines))


def _day(row: dict[str, Any]) -> date:
    found: date = row["received_at"].date()
    return found


def _jobs(row: dict[str, Any]) -> list[Job]:
    raw = unpacked(decrypt(row["cipher"], bound_to=f"boxes.copy:{row['copy_id']}"))
    return sheets_of(tokens_of(raw))


MARKS = tuple(KNOWN)
