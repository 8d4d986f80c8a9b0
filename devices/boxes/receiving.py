"""Papers come in from boxes: each is kept once, and told to others when it counts."""

import json
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from core import clock
from core.database import sql, use_case
from core.outbox import publish
from core.security.receipt_code import BadReceiptCode, check, order_key_of, read
from core.security.rotation import encrypted_column
from core.security.vault import encrypt
from devices.boxes.knowing import Speaker
from devices.boxes.rules import ORIGIN_WITHIN, PaperKind, PaperState
from devices.boxes.wire import Told, packed
from devices.events import TillSaleRead
from trade.stores.errors import ReceiptKeyNotFound
from trade.stores.queries import device_of_key, receipt_key


@encrypted_column("boxes_copy", "cipher", bound_to="boxes.copy:{id}")
def _no_index(_: str) -> dict[str, str]:
    return {}


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of a paper: accepted, doubtful, conflict, or known: it was here before."""

    paper_id: int
    result: str


LOCK = "SELECT pg_advisory_xact_lock(hashtextextended($1, 727009))"
AGAIN = """
UPDATE boxes_paper SET seen = seen + 1 WHERE box_id = $1 AND key = $2 RETURNING id
"""
RIVAL = """
SELECT id FROM boxes_paper
WHERE box_id = $1 AND kind = $2 AND name = $3 AND due_fen <> $4 AND state IN ('read', 'typed')
ORDER BY id LIMIT 1
"""
SAME = """
SELECT id FROM boxes_paper
WHERE box_id = $1 AND kind = $2 AND name = $3 AND due_fen = $4 AND state IN ('read', 'typed')
"""
KEEP = """
INSERT INTO boxes_paper (box_id, store_id, key, kind, state, order_no, name, order_key, code,
    due_fen, sold_at, lines, doubts, origin_no, rival_id)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12::jsonb, $13::jsonb, $14, $15)
ON CONFLICT (box_id, key) DO NOTHING RETURNING id
"""


@use_case
async def take_paper(speaker: Speaker, told: Told) -> Taken:
    """Keep one paper. The same key again is `known` and changes nothing.

    Another amount under a number and day that is taken is kept beside it, as a conflict, and
    told to nobody until a person says what it is. A code that does not fit its order is doubted.
    """
    await sql(LOCK, f"{speaker.box_id} {told.name or told.key}")
    known = await sql(AGAIN, speaker.box_id, told.key)
    if known:
        return Taken(known[0]["id"], "known")
    if told.kind is not PaperKind.DOUBTFUL:
        same = await sql(SAME, speaker.box_id, told.kind, told.name, told.due_fen)
        if same:  # typed in by a person, or read again with what the box was taught since
            return Taken(same[0]["id"], "known")
        if not await _is_code_right(speaker, told):
            told = replace(told, kind=PaperKind.DOUBTFUL, doubts=("code",), code="")
    state, rival_id = await _judged(speaker, told)
    paper_id = await _keep(speaker, told, state, rival_id)
    if paper_id is None:  # one key for two orders, at once: the first stays
        return Taken(0, "known")
    await keep_copy(paper_id, told)
    if state is PaperState.READ:
        await tell(paper_id)
    return Taken(paper_id, "accepted" if state is PaperState.READ else state.value)


async def _judged(speaker: Speaker, told: Told) -> tuple[PaperState, int | None]:
    if told.kind is PaperKind.DOUBTFUL:
        return PaperState.DOUBTFUL, None
    rivals = await sql(RIVAL, speaker.box_id, told.kind, told.name, told.due_fen)
    return (PaperState.CONFLICT, rivals[0]["id"]) if rivals else (PaperState.READ, None)


async def _is_code_right(speaker: Speaker, told: Told) -> bool:
    """Whether the code on the paper is this box's, for this order, amount and minute."""
    if not told.code:
        return True
    try:
        kid = read(told.code).kid
        _, key = await receipt_key(kid)
        said = check(told.code, key)
    except (BadReceiptCode, ReceiptKeyNotFound):
        return False
    assert told.sold_at
    minute = told.sold_at.replace(second=0, microsecond=0)
    ours = (said.store_id, said.order_key, said.amount_fen, said.at)
    theirs = (speaker.store_id, order_key_of(told.name), told.due_fen, minute)
    return ours == theirs and await device_of_key(kid) == speaker.device


async def _keep(
    speaker: Speaker, told: Told, state: PaperState, rival_id: int | None
) -> int | None:
    order_key = order_key_of(told.name).hex() if told.name else ""
    rows = await sql(
        KEEP,
        speaker.box_id,
        speaker.store_id,
        told.key,
        told.kind,
        state,
        told.order_no,
        told.name,
        order_key,
        told.code,
        told.due_fen,
        told.sold_at,
        json.dumps(told.lines),
        json.dumps(told.doubts),
        told.origin_no,
        rival_id,
    )
    return int(rows[0]["id"]) if rows else None


async def keep_copy(paper_id: int, told: Told) -> None:
    """Its bytes, sealed, and its masked lines: thirty days, for support and for typing in."""
    if told.raw is None and not told.text:
        return
    [made] = await sql("SELECT nextval(pg_get_serial_sequence('boxes_copy', 'id')) AS id")
    sealed = encrypt(packed(told.raw), bound_to=f"boxes.copy:{made['id']}") if told.raw else None
    await sql(
        "INSERT INTO boxes_copy (id, paper_id, cipher, text) VALUES ($1, $2, $3, $4::jsonb)",
        made["id"],
        paper_id,
        sealed,
        json.dumps(told.text),
    )


ORIGIN = """
SELECT id FROM boxes_paper
WHERE store_id = $1 AND kind = 'sale' AND state IN ('read', 'typed') AND order_no = $2
    AND sold_at <= $3 AND sold_at > $4 AND due_fen >= $5
ORDER BY box_id = $6 DESC, sold_at DESC, id DESC LIMIT 1
"""
AWAITED = """
SELECT id FROM boxes_paper
WHERE store_id = $1 AND kind = 'refund' AND state IN ('read', 'typed') AND origin_no = $2
    AND origin_id IS NULL AND sold_at >= $3 AND sold_at < $4 AND -due_fen <= $5
ORDER BY id
"""
LINK = "UPDATE boxes_paper SET origin_id = $2 WHERE id = $1 AND origin_id IS NULL RETURNING id"


async def tell(paper_id: int) -> None:
    """Publish a paper that counts now; a sale also brings up the refunds that waited for it."""
    paper = await _paper(paper_id)
    if paper["kind"] == PaperKind.REFUND and paper["origin_no"]:
        at: datetime = paper["sold_at"]
        found = await sql(
            ORIGIN,
            paper["store_id"],
            paper["origin_no"],
            at,
            at - ORIGIN_WITHIN,
            -paper["due_fen"],
            paper["box_id"],
        )
        if found:
            await sql(LINK, paper_id, found[0]["id"])
    await _publish(paper_id)
    if paper["kind"] == PaperKind.SALE:
        await _wake_refunds(paper)


async def _wake_refunds(sale: dict[str, Any]) -> None:
    at: datetime = sale["sold_at"]
    waiting = await sql(
        AWAITED, sale["store_id"], sale["order_no"], at, at + ORIGIN_WITHIN, sale["due_fen"]
    )
    for row in waiting:
        if await sql(LINK, row["id"], sale["id"]):
            await _publish(row["id"])


async def _paper(paper_id: int) -> dict[str, Any]:
    [row] = await sql(
        "SELECT p.*, coalesce(o.order_key, '') AS origin_key"
        " FROM boxes_paper AS p LEFT JOIN boxes_paper AS o ON o.id = p.origin_id WHERE p.id = $1",
        paper_id,
    )
    return row


async def _publish(paper_id: int) -> None:
    paper = await _paper(paper_id)
    await publish(
        TillSaleRead(
            paper_id=paper_id,
            box_id=paper["box_id"],
            store_id=paper["store_id"],
            order_no=paper["order_no"],
            order_key=paper["order_key"],
            code=paper["code"],
            kind=paper["kind"],
            due_fen=paper["due_fen"],
            sold_at=paper["sold_at"],
            lines=tuple(
                (name, quantity, fen) for name, quantity, fen in json.loads(paper["lines"])
            ),
            origin_no=paper["origin_no"],
            origin_key=paper["origin_key"],
            at=clock.now(),
        )
    )
