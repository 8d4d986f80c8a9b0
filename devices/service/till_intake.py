"""Receipts of tills come in: each is answered by itself, and kept once under the till's number."""

import asyncio
import hashlib
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from core import clock
from core.database import sql, use_case
from core.errors import DomainError
from core.jobs import owe
from core.security.rotation import encrypted_column
from core.security.scope import Scope
from core.security.vault import blind_index, blind_indexes, encrypt
from devices.errors import TillConflicts, TillStoreUnknown, TillTooMany
from devices.till.shapes import Receipt, read_receipt
from devices.till.sheets import Item, read_csv, read_jsonl, refused_csv
from devices.till.sums import check_receipt
from trade.stores.queries import store_ids

MOST = 500
WHO = "devices.till_member"


@encrypted_column("devices_till_receipt", "member_cipher", bound_to="till_receipt:{id}")
@encrypted_column("devices_till_upload", "cipher", bound_to="till_upload:{id}")
def _no_index(_: str) -> dict[str, str]:
    return {}


@dataclass(frozen=True, slots=True)
class Answered:
    """What became of one receipt: accepted, known (it was here before), conflict or refused."""

    line: int
    store_code: str
    till: str
    receipt_no: str
    result: str
    error: DomainError | None = None


@dataclass(frozen=True, slots=True)
class Uploaded:
    upload_id: int
    answers: tuple[Answered, ...]

    def count(self, result: str) -> int:
        return sum(answer.result == result for answer in self.answers)


@dataclass(frozen=True, slots=True)
class FileTaken:
    """What became of each receipt of a file, in the order of the file."""

    items: tuple[Item, ...]
    answers: tuple[Answered, ...]

    def count(self, result: str) -> int:
        return sum(answer.result == result for answer in self.answers)

    @property
    def refused_file(self) -> bytes:
        """A CSV of what was not taken, refused or in conflict, with code and sentence."""
        pairs = zip(self.items, self.answers, strict=True)
        return refused_csv([(item, said.error) for item, said in pairs if said.error])


@dataclass(frozen=True, slots=True)
class _Good:
    """A receipt that may be kept, and where it stands in its upload."""

    place: int
    store_id: int
    origin_store_id: int
    receipt: Receipt

    @property
    def key(self) -> tuple[int, str, str]:
        return self.store_id, self.receipt.till, self.receipt.receipt_no


async def take_file(
    scope: Scope, *, name: str, raw: bytes, tell: Callable[[int, int], None] = lambda a, b: None
) -> FileTaken:
    """Take a `.jsonl` file, or else a CSV, 500 receipts at a time. Doing it again changes nothing.

    Raises TillFileUnreadable when nothing of it can be read.
    """
    items = await asyncio.to_thread(read_jsonl if name.endswith(".jsonl") else read_csv, raw)
    answers = list[Answered]()
    for start in range(0, len(items), MOST):
        part = items[start : start + MOST]
        said = json.dumps([item.rows or item.value for item in part], ensure_ascii=False)
        answers += (await take_receipts(scope, part, name=name, raw=said)).answers
        tell(len(answers), len(items))
    return FileTaken(tuple(items), tuple(answers))


@use_case
async def take_receipts(scope: Scope, items: Sequence[Item], *, name: str, raw: str) -> Uploaded:
    """Keep the raw upload, sealed, and every receipt that is new; each is booked by a job.

    The same receipt again, from any file or call, is `known`; other content under its number is a
    `conflict`, kept for a person. A refused one holds no other up. Raises TillTooMany.
    """
    if len(items) > MOST:
        raise TillTooMany(receipts=len(items), most=MOST)
    upload_id = await _keep_raw(scope, name, raw)
    stores, now = await store_ids(), clock.now()
    answers: dict[int, Answered] = {}
    good: list[_Good] = []
    for place, item in enumerate(items):
        try:
            good.append(_checked(scope, place, item, stores, now))
        except DomainError as error:
            answers[place] = _refused(item, error)
    answers |= await _keep(scope, upload_id, good, items)
    return Uploaded(upload_id, tuple(answers[place] for place in range(len(items))))


def _checked(scope: Scope, place: int, item: Item, stores: dict[str, int], now: datetime) -> _Good:
    """Raises what is wrong with one receipt."""
    if item.error is not None:
        raise item.error
    receipt = read_receipt(item.value)
    store_id = _store(scope, receipt.store_code, stores)
    elsewhere = receipt.of.store_code if receipt.of else None
    origin_store_id = _store(scope, elsewhere, stores) if elsewhere else store_id
    check_receipt(receipt, now)
    return _Good(place, store_id, origin_store_id, receipt)


def _store(scope: Scope, code: str, stores: dict[str, int]) -> int:
    store_id = stores.get(code)
    if store_id is None or not scope.sees_store(store_id):
        raise TillStoreUnknown(store_code=code)
    return store_id


def _refused(item: Item, error: DomainError) -> Answered:
    given = item.value if isinstance(item.value, dict) else {}
    said = [given.get(name) for name in ("storeCode", "till", "receiptNo")]
    texts = [value if isinstance(value, str) else "" for value in said]
    store_code, till, receipt_no = (text[:40] for text in texts)
    return Answered(item.line, store_code, till, receipt_no, "refused", error)


KEEP_RAW = """
INSERT INTO devices_till_upload AS u (id, partner_id, name, digest, cipher, seen)
VALUES ($1, $2, $3, $4, $5, 1)
ON CONFLICT (partner_id, digest) DO UPDATE SET seen = u.seen + 1 RETURNING id
"""


async def _keep_raw(scope: Scope, name: str, raw: str) -> int:
    """The digest is a keyed one: a plain one of a short text would let its phone be guessed."""
    [made] = await sql("SELECT nextval(pg_get_serial_sequence('devices_till_upload', 'id')) AS id")
    digest = hashlib.sha256(blind_index(raw, "devices.till_upload").encode()).hexdigest()
    sealed = encrypt(raw, bound_to=f"till_upload:{made['id']}")
    [row] = await sql(KEEP_RAW, made["id"], scope.partner_id or 0, name[:80], digest, sealed)
    return int(row["id"])


INSERT = """
INSERT INTO devices_till_receipt (
    store_id, till, receipt_no, sequence, kind, state, reason, partner_id, upload_id, digest,
    content, member_index, total_fen, origin_store_id, origin_till, origin_no, sold_at
)
SELECT store_id, till, receipt_no, sequence, kind, 'waiting', '', $2, $3, digest,
    content, member_index, total_fen, origin_store_id, origin_till, origin_no, sold_at
FROM jsonb_populate_recordset(NULL::devices_till_receipt, $1::jsonb)
ORDER BY store_id, till, receipt_no
ON CONFLICT (store_id, till, receipt_no) DO NOTHING
RETURNING id, store_id, till, receipt_no
"""

KNOWN = """
SELECT r.id, r.store_id, r.till, r.receipt_no, r.digest, r.member_index
FROM devices_till_receipt AS r
JOIN unnest($1::bigint[], $2::text[], $3::text[]) AS asked (store_id, till, receipt_no)
    USING (store_id, till, receipt_no)
"""

KEEP_CONFLICT = """
INSERT INTO devices_till_conflict AS c (receipt_id, digest, upload_id, content, seen)
VALUES ($1, $2, $3, $4::jsonb, 1)
ON CONFLICT (receipt_id, digest) DO UPDATE SET seen = c.seen + 1
"""


async def _keep(
    scope: Scope, upload_id: int, good: list[_Good], items: Sequence[Item]
) -> dict[int, Answered]:
    """Answers by place. The first of two receipts with one number is the one that counts."""
    first: dict[tuple[int, str, str], _Good] = {}
    for one in good:
        first.setdefault(one.key, one)
    if not first:
        return {}
    rows = json.dumps([_row(one) for one in first.values()])
    new = await sql(INSERT, rows, scope.partner_id or 0, upload_id)
    fresh = {(row["store_id"], row["till"], row["receipt_no"]): row["id"] for row in new}
    for key, receipt_id in fresh.items():
        await _keep_member(receipt_id, first[key].receipt)
        await owe("devices.book_receipt", key=f"till:{receipt_id}", receipt_id=receipt_id)
    keys = [list(column) for column in zip(*first, strict=True)]
    kept = {(r["store_id"], r["till"], r["receipt_no"]): r for r in await sql(KNOWN, *keys)}
    answers = {}
    for one in good:
        is_new = one.key in fresh and first[one.key] is one
        result = "accepted" if is_new else await _compare(one, kept[one.key], upload_id)
        answers[one.place] = _answer(items[one.place].line, one.receipt, result)
    return answers


async def _compare(one: _Good, kept: dict[str, Any], upload_id: int) -> str:
    member = one.receipt.member
    told = kept["member_index"]
    is_member_same = told in blind_indexes(member, WHO) if member and told else not member
    if kept["digest"] == one.receipt.digest and is_member_same:
        return "known"
    digest = f"{one.receipt.digest[:63]}{'=' if is_member_same else '!'}"
    content = json.dumps(one.receipt.content())
    await sql(KEEP_CONFLICT, kept["id"], digest, upload_id, content)
    return "conflict"


def _answer(line: int, receipt: Receipt, result: str) -> Answered:
    error = TillConflicts(receipt_no=receipt.receipt_no) if result == "conflict" else None
    named = (receipt.store_code, receipt.till, receipt.receipt_no)
    return Answered(line, *named, result, error)


async def _keep_member(receipt_id: int, receipt: Receipt) -> None:
    if receipt.member is not None:
        sealed = encrypt(receipt.member, bound_to=f"till_receipt:{receipt_id}")
        await sql(
            "UPDATE devices_till_receipt SET member_cipher = $2 WHERE id = $1", receipt_id, sealed
        )


def _row(one: _Good) -> dict[str, Any]:
    receipt, origin = one.receipt, one.receipt.of
    number = receipt.receipt_no
    counted = int(number) if number.isdecimal() and len(number) <= 15 else None
    return {
        "store_id": one.store_id,
        "till": receipt.till,
        "receipt_no": number,
        "sequence": receipt.sequence or counted,
        "kind": receipt.kind,
        "digest": receipt.digest,
        "content": receipt.content(),
        "member_index": blind_index(receipt.member, WHO) if receipt.member else None,
        "total_fen": receipt.total_fen,
        "origin_store_id": one.origin_store_id if origin else None,
        "origin_till": (origin.till or receipt.till) if origin else None,
        "origin_no": origin.receipt_no if origin else None,
        "sold_at": receipt.sold_at.isoformat(),
    }
