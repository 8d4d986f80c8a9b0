"""What can be asked about boxes and their papers. Nothing here writes."""

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from core import clock
from core.database import sql
from core.security.scope import Scope
from core.security.vault import decrypt
from devices.box.masking import masked
from devices.box.paper import sheets_of
from devices.box.pictures import picture_of, png_of
from devices.box.stream import tokens_of
from devices.boxes.errors import BoxNotFound, PaperNotFound
from devices.boxes.rules import BoxState, Health, PaperKind, PaperState, alarms_of
from devices.boxes.wire import Line, unpacked

MOST_PAPERS = 100


@dataclass(frozen=True, slots=True)
class BoxView:
    """One box, and what is wrong with it: names of `alarms_of`, the worst first."""

    id: int
    public_id: str
    store_id: int
    name: str
    state: BoxState
    version: str
    last_seen_at: datetime | None
    waiting: int
    today: int
    doubtful: int
    conflicts: int
    certificate_ends_at: datetime | None
    invite_ends_at: datetime | None
    layout: dict[str, str]
    alarms: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PaperView:
    """One paper. `text` and `has_picture` as long as its copy is kept."""

    id: int
    box_id: int
    store_id: int
    box_name: str
    kind: PaperKind
    state: PaperState
    order_no: str
    due_fen: int | None
    sold_at: datetime | None
    lines: tuple[Line, ...]
    origin_no: str
    doubts: tuple[str, ...]
    code: str
    received_at: datetime
    rival_fen: int | None
    text: tuple[str, ...] = ()
    has_picture: bool = False


BOXES = """
SELECT b.*, coalesce(p.today, 0) AS today, coalesce(p.doubtful, 0) AS doubtful,
    coalesce(p.conflicts, 0) AS conflicts,
    (SELECT max(ends_at) FROM boxes_certificate WHERE box_id = b.id AND ended_at IS NULL) AS ends_at
FROM boxes_box AS b LEFT JOIN LATERAL (
    SELECT count(*) FILTER (WHERE state IN ('read', 'typed') AND received_at >= $3) AS today,
        count(*) FILTER (WHERE state = 'doubtful') AS doubtful,
        count(*) FILTER (WHERE state = 'conflict') AS conflicts
    FROM boxes_paper WHERE box_id = b.id
        AND (received_at >= $3 OR state IN ('doubtful', 'conflict'))) AS p ON true
WHERE ($1 OR b.store_id = ANY($2)) AND ($4::bigint IS NULL OR b.id = $4)
ORDER BY b.ended_at IS NOT NULL, b.store_id, b.id LIMIT 1000
"""


async def boxes_for(scope: Scope) -> list[BoxView]:
    """The boxes of the asker's stores; those that ended stand last."""
    return await _boxes(scope, None)


async def box_for(scope: Scope, box_id: int) -> BoxView:
    """Raises BoxNotFound, for a box of another's store too."""
    found = await _boxes(scope, box_id)
    if not found:
        raise BoxNotFound(box=box_id)
    return found[0]


async def _boxes(scope: Scope, box_id: int | None) -> list[BoxView]:
    now = clock.now()
    begin = now.astimezone(clock.SHOP_ZONE).replace(hour=0, minute=0, second=0, microsecond=0)
    stores = sorted(scope.store_ids)
    rows = await sql(BOXES, scope.sees_all_stores, stores, begin, box_id)
    return [_box(row, now) for row in rows]


def _box(row: dict[str, Any], now: datetime) -> BoxView:
    health = Health(
        row["last_seen_at"],
        row["clock_skew_s"],
        row["waiting"],
        row["has_printer"],
        row["ends_at"],
        row["doubtful"],
        row["conflicts"],
    )
    is_active = row["state"] == BoxState.ACTIVE
    return BoxView(
        id=row["id"],
        public_id=row["public_id"],
        store_id=row["store_id"],
        name=row["name"],
        state=BoxState(row["state"]),
        version=row["version"],
        last_seen_at=row["last_seen_at"],
        waiting=row["waiting"],
        today=row["today"],
        doubtful=row["doubtful"],
        conflicts=row["conflicts"],
        certificate_ends_at=row["ends_at"],
        invite_ends_at=row["invite_ends_at"] if row["invite_key_digest"] == "" else None,
        layout=json.loads(row["layout"]),
        alarms=tuple(alarms_of(health, now)) if is_active else (),
    )


PAPERS = """
SELECT p.*, b.name AS box_name, r.due_fen AS rival_fen
FROM boxes_paper AS p JOIN boxes_box AS b ON b.id = p.box_id
LEFT JOIN boxes_paper AS r ON r.id = p.rival_id
"""
WAITING = f"""
{PAPERS} WHERE ($1 OR p.store_id = ANY($2)) AND p.state IN ('doubtful', 'conflict')
ORDER BY p.id LIMIT {MOST_PAPERS}
"""
RECENT = f"{PAPERS} WHERE p.box_id = $1 ORDER BY p.id DESC LIMIT 50"
ONE = f"{PAPERS} WHERE p.id = $1 AND ($2 OR p.store_id = ANY($3))"
COPY = "SELECT id, cipher, text FROM boxes_copy WHERE paper_id = $1"


async def waiting_papers(scope: Scope) -> list[PaperView]:
    """What a person must type in or decide, the oldest first."""
    rows = await sql(WAITING, scope.sees_all_stores, sorted(scope.store_ids))
    return [_paper(row) for row in rows]


async def recent_papers(scope: Scope, box_id: int) -> list[PaperView]:
    """The newest papers of a box. Raises BoxNotFound."""
    await box_for(scope, box_id)
    return [_paper(row) for row in await sql(RECENT, box_id)]


async def paper_for(scope: Scope, paper_id: int) -> PaperView:
    """One paper with what is kept of it. Raises PaperNotFound."""
    rows = await sql(ONE, paper_id, scope.sees_all_stores, sorted(scope.store_ids))
    if not rows:
        raise PaperNotFound(paper=paper_id)
    text, raw = await _copy(paper_id)
    picture = picture_of(raw) if raw else None
    has_picture = picture is not None and picture.is_tall
    return _paper(rows[0], text=tuple(text), has_picture=has_picture)


async def picture_for(scope: Scope, paper_id: int) -> bytes:
    """The pictures of a paper, as PNG. Raises PaperNotFound where there is none."""
    await paper_for(scope, paper_id)
    _, raw = await _copy(paper_id)
    picture = picture_of(raw) if raw else None
    if picture is None:
        raise PaperNotFound(paper=paper_id)
    return png_of(picture)


async def _copy(paper_id: int) -> tuple[list[str], bytes | None]:
    """The masked lines, from the bytes where the box sent none, and the bytes."""
    rows = await sql(COPY, paper_id)
    if not rows:
        return [], None
    cipher, text = rows[0]["cipher"], json.loads(rows[0]["text"])
    raw = unpacked(decrypt(cipher, bound_to=f"boxes.copy:{rows[0]['id']}")) if cipher else None
    if not text and raw:
        text = masked(line.text for job in sheets_of(tokens_of(raw)) for line in job.lines)
    return text, raw


def _paper(
    row: dict[str, Any], *, text: tuple[str, ...] = (), has_picture: bool = False
) -> PaperView:
    lines = json.loads(row["lines"])
    return PaperView(
        id=row["id"],
        box_id=row["box_id"],
        store_id=row["store_id"],
        box_name=row["box_name"],
        kind=PaperKind(row["kind"]),
        state=PaperState(row["state"]),
        order_no=row["order_no"],
        due_fen=row["due_fen"],
        sold_at=row["sold_at"],
        lines=tuple((name, quantity, fen) for name, quantity, fen in lines),
        origin_no=row["origin_no"],
        doubts=tuple(json.loads(row["doubts"])),
        code=row["code"],
        received_at=row["received_at"],
        rival_fen=row["rival_fen"],
        text=text,
        has_picture=has_picture,
    )
