"""The hash chain: journals are sealed by a job, outside the transactions that wrote them.

Each book has a chain of seals that runs through its days. A seal lists its journals and hashes
their digests with the seal before, so that no journal can be edited, added or removed afterwards
without a break. Cutting off the newest seals together with their journals shows only against a copy
of `chain_heads` kept elsewhere.
"""

import hashlib
import json
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import groupby
from typing import Any

from core.clock import SHOP_ZONE
from core.database import sql, use_case
from core.ledger.accounts import Account, AccountKind
from core.ledger.journals import Act, Draft, Line, Share, digest_of
from core.ledger.posting import journal_of

SEALERS_TURN = 727_002
LATEST_COMMIT = timedelta(minutes=10)  # no transaction of ours lives that long
BATCH = 5_000

UNSEALED = """
WITH sealed AS (
    SELECT book, range_agg(journals::int8multirange) AS journals FROM core_ledger_seal
    WHERE day >= ($1::timestamptz AT TIME ZONE 'Asia/Shanghai')::date GROUP BY book
)
SELECT journal.id, book, digest, (written_at AT TIME ZONE 'Asia/Shanghai')::date AS day
FROM core_ledger_journal AS journal LEFT JOIN sealed USING (book)
WHERE written_at >= $1 AND written_at < $2
    AND (sealed.journals IS NULL OR NOT sealed.journals @> journal.id)
ORDER BY day, book, journal.id LIMIT $3
"""

HEAD = """
SELECT number, hash FROM core_ledger_seal WHERE book = $1 ORDER BY number DESC LIMIT 1
"""

SEAL = """
INSERT INTO core_ledger_seal (book, number, day, journals, count, previous, hash)
SELECT $1, $2, $3, range_agg(int8range(id, id + 1))::text, count(*), $4, $5
FROM unnest($6::bigint[]) AS id RETURNING id
"""


async def seal_day(day: date) -> int:
    """Seal every journal of a day of the shop that is not sealed yet; how many there were.

    Doing it again changes nothing. Two at once take turns.
    """
    start = datetime(day.year, day.month, day.day, tzinfo=SHOP_ZONE)
    return await _seal(start, start + timedelta(days=1))


async def seal_new() -> int:
    """Seal what was written since the last time, for a job each minute; how many there were."""
    [row] = await sql(
        "SELECT coalesce((SELECT max(sealed_at) - $1::interval FROM core_ledger_seal),"
        " (SELECT min(written_at) FROM core_ledger_journal)) AS since, now() AS until",
        LATEST_COMMIT,
    )
    return await _seal(row["since"], row["until"]) if row["since"] else 0


async def _seal(since: datetime, until: datetime) -> int:
    count = 0
    while sealed := await _seal_batch(since, until):
        count += sealed
    return count


@use_case
async def _seal_batch(since: datetime, until: datetime) -> int:
    await sql("SELECT pg_advisory_xact_lock($1)", SEALERS_TURN)
    rows = await sql(UNSEALED, since, until, BATCH)
    for (day, book), journals in groupby(rows, key=lambda row: (row["day"], row["book"])):
        listed = [(row["id"], bytes(row["digest"])) for row in journals]
        head = await sql(HEAD, book)
        number, previous = (head[0]["number"] + 1, bytes(head[0]["hash"])) if head else (1, b"")
        link = _hash(book, number, day, previous, listed)
        ids = [journal_id for journal_id, _ in listed]
        await sql(SEAL, book, number, day, previous, link, ids)
    return len(rows)


def _hash(
    book: str, number: int, day: date, previous: bytes, journals: list[tuple[int, bytes]]
) -> bytes:
    said = hashlib.sha256(previous)
    said.update(f"{book} {number} {day.isoformat()} {len(journals)}\n".encode())
    for journal_id, digest in journals:
        said.update(journal_id.to_bytes(8, "big") + digest)
    return said.digest()


@dataclass(frozen=True, slots=True)
class Break:
    """Where the book is not what was sealed: a seal, as `points #7`, or a journal's cause."""

    key: str
    text: str


@dataclass(frozen=True, slots=True)
class Chain:
    """What `verify_chain` has read, and where it broke."""

    seals: int
    journals: int
    breaks: tuple[Break, ...]


async def chain_heads() -> dict[str, tuple[int, str]]:
    """The number and hash of each book's newest seal: note them down outside this database."""
    rows = await sql(
        "SELECT DISTINCT ON (book) book, number, hash FROM core_ledger_seal"
        " ORDER BY book, number DESC"
    )
    return {row["book"]: (row["number"], bytes(row["hash"]).hex()) for row in rows}


async def verify_chain() -> Chain:
    """Read the whole book again: every journal against its digest, every seal against the chain."""
    seals = await sql("SELECT * FROM core_ledger_seal ORDER BY book, number")
    breaks = [found for seal, before in _pairs(seals) for found in await _broken(seal, before)]
    journals, altered = await _altered()
    return Chain(len(seals), journals, (*breaks, *altered))


def _pairs(seals: list[dict[str, Any]]) -> list[tuple[dict[str, Any], dict[str, Any] | None]]:
    earlier = [None, *seals]
    return [
        (seal, before if before and before["book"] == seal["book"] else None)
        for seal, before in zip(seals, earlier, strict=False)
    ]


LISTED = """
SELECT id, digest FROM core_ledger_journal, CAST($1::text AS int8multirange) AS listed
WHERE id >= lower(listed) AND id < upper(listed) AND listed @> id ORDER BY id
"""


async def _broken(seal: dict[str, Any], before: dict[str, Any] | None) -> list[Break]:
    key = f"{seal['book']} #{seal['number']}"
    expected = (before["number"] + 1, bytes(before["hash"])) if before else (1, b"")
    if (seal["number"], bytes(seal["previous"])) != expected:
        return [Break(key, "does not follow the seal before")]
    journals = [(row["id"], bytes(row["digest"])) for row in await sql(LISTED, seal["journals"])]
    if len(journals) != seal["count"]:
        return [Break(key, f"sealed {seal['count']} journals, {len(journals)} are there")]
    link = _hash(seal["book"], seal["number"], seal["day"], expected[1], journals)
    return [] if link == bytes(seal["hash"]) else [Break(key, "its journals were altered")]


WRITTEN = """
SELECT journal.*, (
    SELECT coalesce(
        json_agg(json_build_array(kind, owner, amount, expires_at, entry.mirrors_id)), '[]'
    )
    FROM core_ledger_entry AS entry
    LEFT JOIN core_ledger_account AS account ON account.id = entry.account_id
    WHERE entry.journal_id = journal.id
) AS entries
FROM core_ledger_journal AS journal WHERE id > $1 ORDER BY id LIMIT $2
"""


async def _altered() -> tuple[int, list[Break]]:
    """How many journals there are, and those whose words are not what their digest says."""
    last_id, count, found = 0, 0, list[Break]()
    while rows := await sql(WRITTEN, last_id, BATCH):
        for row in rows:
            if _digest_now(row) != bytes(row["digest"]):
                cause = f"{row['cause_kind']} {row['cause_key']}"
                found.append(Break(cause, f"journal {row['id']} is not what was written"))
        last_id, count = rows[-1]["id"], count + len(rows)
    return count, found


def _digest_now(row: dict[str, Any]) -> bytes | None:
    """None when the journal is past understanding."""
    try:
        lines = [
            Line(Account(AccountKind(kind), owner), amount, _moment(at), mirrors_id=mirrors_id)
            for kind, owner, amount, at, mirrors_id in json.loads(row["entries"])
        ]
        journal = journal_of(row)
        share = Share(row["mirrors_id"], row["share_numerator"], row["share_denominator"])
        is_mirror = row["mirrors_id"] is not None
        return digest_of(
            Draft(
                journal.cause,
                Act(row["act"]),
                row["book"],
                row["at"],
                lines,
                journal.memo,
                share if is_mirror else None,
            )
        )
    except ValueError:
        return None


def _moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
