"""What a person says of a paper: what stands on it, that it is no sale, which of two is right."""

import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from core import clock
from core.audit_log import record
from core.database import sql, use_case
from core.outbox import publish
from core.security.receipt_code import mint, order_key_of
from core.security.scope import Scope
from devices.boxes.errors import (
    EntryUnfit,
    PaperDecided,
    PaperNotFound,
    PaperTaken,
    ReasonNeeded,
)
from devices.boxes.receiving import tell
from devices.boxes.rules import PaperKind, PaperState
from devices.boxes.wire import MOST_FEN, NUMBER, Line
from devices.events import TillSaleWithdrawn
from trade.stores.queries import receipt_key_of

AHEAD = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Entry:
    """What stands on a paper. `due_fen` is above zero, for a refund too."""

    kind: PaperKind
    order_no: str
    sold_at: datetime
    due_fen: int
    origin_no: str = ""
    lines: tuple[Line, ...] = ()


class Answer(StrEnum):
    """What the later of two papers with one number and day is."""

    WRONG = "wrong"  # 误读或误传: the first stays
    SEPARATE = "separate"  # 另一笔交易
    REPLACES = "replaces"  # 以此为准: the first was wrong


OPEN = """
SELECT id, box_id, store_id, state, rival_id, order_no, name, due_fen, kind FROM boxes_paper
WHERE id = $1 FOR UPDATE
"""
ENTER = """
UPDATE boxes_paper
SET state = 'typed', kind = $2, order_no = $3, name = $4, order_key = $5, code = $6, due_fen = $7,
    sold_at = $8, lines = $9::jsonb, origin_no = $10, decided_by = $11, decided_at = now()
WHERE id = $1 AND state = 'doubtful' RETURNING id
"""
TAKEN = """
SELECT id FROM boxes_paper
WHERE box_id = $1 AND kind = $2 AND name = $3 AND due_fen = $4 AND state IN ('read', 'typed')
"""
DECIDE = """
UPDATE boxes_paper SET state = $3, reason = $4, decided_by = $5, decided_at = now()
WHERE id = $1 AND state = $2 RETURNING id
"""
LOCK = "SELECT pg_advisory_xact_lock(hashtextextended($1, 727009))"


@use_case
async def enter_paper(scope: Scope, paper_id: int, entry: Entry) -> str:
    """Keep what a person read on a doubtful paper; it counts from now on. Answers the code of a
    sale, for the guest who has none on paper, and an empty text for a refund.

    Raises PaperNotFound, PaperDecided, EntryUnfit, and PaperTaken where that sale is here already.
    """
    paper = await _open(scope, paper_id)
    return await enter(paper, entry, by=scope.actor)


async def enter(paper: dict[str, Any], entry: Entry, *, by: str) -> str:
    """As `enter_paper`, for a paper that is locked by the caller's transaction."""
    _check(entry)
    day = clock.shop_day(entry.sold_at).isoformat()
    name, due_fen = f"{day} {entry.order_no}", entry.due_fen
    if entry.kind is PaperKind.REFUND:
        due_fen = -due_fen
    await sql(LOCK, f"{paper['box_id']} {name}")
    if await sql(TAKEN, paper["box_id"], entry.kind, name, due_fen):
        raise PaperTaken(order_no=entry.order_no)
    code = await _code(paper["store_id"], name, entry) if entry.kind is PaperKind.SALE else ""
    done = await sql(
        ENTER,
        paper["id"],
        entry.kind,
        entry.order_no,
        name,
        order_key_of(name).hex(),
        code,
        due_fen,
        entry.sold_at,
        json.dumps(entry.lines),
        entry.origin_no,
        by,
    )
    if not done:
        raise PaperDecided
    await record(by, "box.paper_enter", f"paper:{paper['id']}", due_fen=due_fen)
    await tell(paper["id"])
    return code


def _check(entry: Entry) -> None:
    is_whole = NUMBER.fullmatch(entry.order_no) and 0 < entry.due_fen <= MOST_FEN
    is_timely = datetime(2020, 1, 2, tzinfo=entry.sold_at.tzinfo) < entry.sold_at
    is_past = entry.sold_at < clock.now() + AHEAD
    is_origin = not entry.origin_no or NUMBER.fullmatch(entry.origin_no)
    needs_origin = entry.kind is PaperKind.REFUND and not entry.origin_no
    is_kind = entry.kind is not PaperKind.DOUBTFUL
    if not (is_whole and is_timely and is_past and is_origin and is_kind) or needs_origin:
        raise EntryUnfit


async def _code(store_id: int, name: str, entry: Entry) -> str:
    """Made with the store's own key: a box signs only what it printed."""
    return mint(
        await receipt_key_of(store_id),
        store_id=store_id,
        order_key=order_key_of(name),
        amount_fen=entry.due_fen,
        at=entry.sold_at,
    )


@use_case
async def dismiss_paper(scope: Scope, paper_id: int, *, reason: str) -> None:
    """A doubtful paper is no sale. Raises PaperNotFound, PaperDecided, ReasonNeeded."""
    paper = await _open(scope, paper_id)
    await _decide(paper, PaperState.DOUBTFUL, PaperState.DISMISSED, reason, scope.actor)


@use_case
async def resolve_conflict(scope: Scope, paper_id: int, answer: Answer, *, reason: str) -> None:
    """Say what the later of two papers is. What is withdrawn was told before, and is told again.

    Raises PaperNotFound, PaperDecided, PaperTaken, ReasonNeeded.
    """
    paper = await _open(scope, paper_id)
    after = PaperState.DISMISSED if answer is Answer.WRONG else PaperState.TYPED
    if after is PaperState.TYPED:
        named = (paper["box_id"], paper["kind"], paper["name"], paper["due_fen"])
        await sql(LOCK, f"{paper['box_id']} {paper['name']}")
        if await sql(TAKEN, *named):
            raise PaperTaken(order_no=paper["order_no"])
    await _decide(paper, PaperState.CONFLICT, after, reason, scope.actor)
    if answer is Answer.REPLACES:
        await _withdraw(paper["rival_id"], reason, scope.actor)
    if after is PaperState.TYPED:
        await tell(paper_id)


WITHDRAW = """
UPDATE boxes_paper SET state = 'dismissed', reason = $2, decided_by = $3, decided_at = now()
WHERE id = $1 AND state IN ('read', 'typed') RETURNING store_id, order_key, due_fen
"""


async def _withdraw(paper_id: int, reason: str, by: str) -> None:
    for row in await sql(WITHDRAW, paper_id, reason, by):
        said = (row["store_id"], row["order_key"], row["due_fen"])
        await publish(TillSaleWithdrawn(paper_id, *said, at=clock.now()))


async def _decide(
    paper: dict[str, Any], before: PaperState, after: PaperState, reason: str, by: str
) -> None:
    said = " ".join(reason.split())[:200]
    if len(said) < 2:
        raise ReasonNeeded
    if not await sql(DECIDE, paper["id"], before, after, said, by):
        raise PaperDecided
    await record(by, "box.paper_decide", f"paper:{paper['id']}", state=after)


async def _open(scope: Scope, paper_id: int) -> dict[str, Any]:
    rows = await sql(OPEN, paper_id)
    if not rows or not scope.sees_store(rows[0]["store_id"]):
        raise PaperNotFound(paper=paper_id)
    return rows[0]
