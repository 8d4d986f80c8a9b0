"""A person says what another content under a taken number is. What was booked is never changed."""

import json
from dataclasses import dataclass
from typing import Any

from core import clock
from core.database import sql, use_case
from core.jobs import owe
from core.security.scope import Scope
from devices.errors import ConflictAnswered, ConflictNotFound, ConflictNotMore
from devices.rules import ConflictAnswer, ReceiptKind
from devices.till.differing import more_of
from devices.till.shapes import Receipt
from devices.till.sums import check_receipt

FIND = """
SELECT c.id, c.answer, c.became_id, c.content, c.upload_id, r.content AS first, r.store_id,
    r.till, r.receipt_no, r.partner_id
FROM devices_till_conflict AS c JOIN devices_till_receipt AS r ON r.id = c.receipt_id
WHERE c.id = $1 FOR UPDATE OF c, r
"""
ANSWER = """
UPDATE devices_till_conflict
SET answer = $2, answer_reason = $3, answered_by = $4, answered_at = now(), became_id = $5
WHERE id = $1 AND answer IS NULL
"""
KEEP = """
INSERT INTO devices_till_receipt (
    store_id, till, receipt_no, kind, state, reason, partner_id, upload_id, digest, content,
    total_fen, sold_at
)
VALUES ($1, $2, $3, 'sale', 'waiting', '', $4, $5, $6, $7::jsonb, $8, $9)
ON CONFLICT (store_id, till, receipt_no) DO NOTHING RETURNING id
"""
MOST = 99  # contents under one number


@dataclass(frozen=True, slots=True)
class Resolve:
    """What a person of the store, or an operator, says of a kept conflict, and why."""

    conflict_id: int
    answer: ConflictAnswer
    reason: str
    by: str


@use_case
async def resolve_conflict(scope: Scope, wish: Resolve) -> str | None:
    """Answer a conflict, once; the same answer again changes nothing.

    Dismissed, it is nothing. Else it is booked as a sale without a member, all of it or what it
    says beyond the first, under the first's number with #2, #3… behind it: that number is answered.
    Raises ConflictNotFound, ConflictAnswered when it was answered otherwise, and ConflictNotMore
    for what is no sale.
    """
    rows = await sql(FIND, wish.conflict_id)
    if not rows or not scope.sees_store(rows[0]["store_id"]):
        raise ConflictNotFound(conflict=wish.conflict_id)
    row = rows[0]
    if row["answer"] is not None:
        return await _as_answered(row, wish)
    number, became_id = None, None
    if wish.answer is not ConflictAnswer.DISMISSED:
        number, became_id = await _keep(row, _sale_of(row, wish.answer))
    await sql(ANSWER, row["id"], wish.answer, wish.reason[:200], wish.by[:40], became_id)
    return number


async def _as_answered(row: dict[str, Any], wish: Resolve) -> str | None:
    if row["answer"] != wish.answer:
        raise ConflictAnswered(answer=row["answer"])
    found = "SELECT receipt_no FROM devices_till_receipt WHERE id = $1"
    kept = await sql(found, row["became_id"]) if row["became_id"] else []
    return kept[0]["receipt_no"] if kept else None


def _sale_of(row: dict[str, Any], answer: ConflictAnswer) -> Receipt:
    first, second = (_read(row[name]) for name in ("first", "content"))
    sale = second if answer is ConflictAnswer.WHOLE else more_of(first, second)
    if sale is None or {first.kind, second.kind} != {ReceiptKind.SALE}:
        raise ConflictNotMore(receipt_no=row["receipt_no"])
    check_receipt(sale, clock.now())
    return sale


async def _keep(row: dict[str, Any], sale: Receipt) -> tuple[str, int]:
    """The receipt under the next free number; the first's row is locked, so it is taken once."""
    for turn in range(2, MOST):
        number = f"{row['receipt_no'][:37]}#{turn}"
        one = sale.model_copy(update={"receipt_no": number, "sequence": None})
        place = (row["store_id"], row["till"], number, row["partner_id"], row["upload_id"])
        said = (one.digest, json.dumps(one.content()), one.total_fen, one.sold_at)
        if kept := await sql(KEEP, *place, *said):
            receipt_id = int(kept[0]["id"])
            await owe("devices.book_receipt", key=f"till:{receipt_id}", receipt_id=receipt_id)
            return number, receipt_id
    raise ConflictNotMore(receipt_no=row["receipt_no"])


def _read(content: str) -> Receipt:
    return Receipt.model_validate_json(content)
