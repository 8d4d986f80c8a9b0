"""The hash chain over the log: rows are sealed by a job, outside the transactions that wrote them.

A seal lists the digest of each of its rows and hashes the list with the seal before, so that a row
changed, removed or slipped in behind the seals is named. Its signature is made with the index key
of the settings: who holds the database alone cannot write a chain anew. Cutting off the newest
seals together with their rows shows only against a head noted elsewhere, as in the process logs.
"""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from core import settings
from core.database import sql, use_case
from core.security.vault import blind_index, blind_indexes, index_prefix

SEALERS_TURN = 727_003
LATEST_COMMIT = timedelta(minutes=10)  # no transaction of ours lives that long
BATCH = 5_000
ID_BYTES, ENTRY_BYTES = 8, 40
SIGNED = "audit_log.seal"

LISTED = """
SELECT id, actor, action, subject, facts::text AS facts, at FROM core_audit_log
WHERE id = ANY($1::bigint[])
"""
SINCE = """
SELECT coalesce((SELECT max(sealed_at) - $1::interval FROM core_audit_seal),
    (SELECT min(at) FROM core_audit_log)) AS since, now() AS until
"""
UNSEALED = """
WITH sealed AS (
    SELECT range_agg(rows::int8multirange) AS rows FROM core_audit_seal WHERE sealed_at >= $1
)
SELECT id, actor, action, subject, facts::text AS facts, at FROM core_audit_log, sealed
WHERE at >= $1 AND at < $2 AND (rows IS NULL OR NOT rows @> id)
ORDER BY id LIMIT $3
"""
RANGE = """
SELECT coalesce(range_agg(int8range(id, id + 1))::text, '{}') AS rows
FROM unnest($1::bigint[]) AS listed (id)
"""
HEAD = "SELECT number, hash, signature FROM core_audit_seal ORDER BY number DESC LIMIT 1"
SEAL = """
INSERT INTO core_audit_seal (number, rows, listed, previous, hash, signature)
VALUES ($1, $2, $3, $4, $5, $6)
"""


@dataclass(frozen=True, slots=True)
class Broken:
    """Where the log is not what was sealed: a seal, as `seal 7`, or a row, as `row 12`."""

    key: str
    text: str


async def seal_new() -> int:
    """Seal what was written since the last time, for a job each minute; how many rows there were.

    Doing it again changes nothing. Two at once take turns. After a change of keys the newest seal
    is followed by one under the new key, which vouches for all before it.
    """
    [row] = await sql(SINCE, LATEST_COMMIT)
    count = 0
    while row["since"] and (sealed := await _seal_batch(row["since"], row["until"])):
        count += sealed
    return count


async def chain_head() -> tuple[int, str]:
    """Number and hash of the newest seal, (0, "") before the first: note it down elsewhere."""
    rows = await sql(HEAD)
    return (rows[0]["number"], bytes(rows[0]["hash"]).hex()) if rows else (0, "")


@use_case
async def _seal_batch(since: object, until: object) -> int:
    await sql("SELECT pg_advisory_xact_lock($1)", SEALERS_TURN)
    rows, head = await sql(UNSEALED, since, until, BATCH), await sql(HEAD)
    is_old = bool(head) and not head[0]["signature"].startswith(index_prefix())
    if not rows and not is_old:
        return 0
    number, previous = (head[0]["number"] + 1, bytes(head[0]["hash"])) if head else (1, b"")
    [found] = await sql(RANGE, [row["id"] for row in rows])
    listed = b"".join(row["id"].to_bytes(ID_BYTES, "big") + _digest(row) for row in rows)
    link = _link(previous, number, found["rows"], listed)
    await sql(SEAL, number, found["rows"], listed, previous, link, blind_index(link.hex(), SIGNED))
    return len(rows)


def _digest(row: dict[str, Any]) -> bytes:
    """Of the row's words, so that no two rows read alike: 32 bytes."""
    words = [row["id"], row["actor"], row["action"], row["subject"], row["facts"]]
    return hashlib.sha256(json.dumps([*words, row["at"].isoformat()]).encode()).digest()


def _link(previous: bytes, number: int, rows: str, listed: bytes) -> bytes:
    return hashlib.sha256(previous + f"{number} {rows}\n".encode() + listed).digest()


async def verify_chain() -> list[Broken]:
    """Read the whole log again, a seal at a time; what is not as it was sealed. It only reads."""
    found, before = list[Broken](), dict[str, Any]()
    number = 0
    while seals := await sql(
        "SELECT * FROM core_audit_seal WHERE number > $1 ORDER BY number LIMIT 20", number
    ):
        for seal in seals:
            found += _broken_link(seal, before) + await _broken_rows(seal)
            before, number = seal, seal["number"]
    return found + _unvouched(before) + await _slipped_in()


def _broken_link(seal: dict[str, Any], before: dict[str, Any]) -> list[Broken]:
    key = f"seal {seal['number']}"
    previous = bytes(before["hash"]) if before else b""
    follows = (before.get("number", 0) + 1, previous)
    if (seal["number"], bytes(seal["previous"])) != follows:
        return [Broken(key, "does not follow the seal before")]
    link = _link(previous, seal["number"], seal["rows"], bytes(seal["listed"]))
    if link != bytes(seal["hash"]):
        return [Broken(key, "was altered")]
    if _is_key_known(seal) and seal["signature"] not in blind_indexes(link.hex(), SIGNED):
        return [Broken(key, "was not signed by us")]
    return []


def _is_key_known(seal: dict[str, Any]) -> bool:
    """The key of an old seal may be gone: later seals, under later keys, vouch for it."""
    return seal["signature"].partition(".")[0] in settings.current().index_keys


def _unvouched(newest: dict[str, Any]) -> list[Broken]:
    if newest and not _is_key_known(newest):
        return [Broken(f"seal {newest['number']}", "the newest, is signed with no key of ours")]
    return []


async def _broken_rows(seal: dict[str, Any]) -> list[Broken]:
    listed = dict(_entries(bytes(seal["listed"])))
    rows = await sql(LISTED, list(listed))
    now = {row["id"]: _digest(row) for row in rows}
    return [
        Broken(f"row {row_id}", "was changed" if row_id in now else "was removed")
        for row_id, digest in listed.items()
        if now.get(row_id) != digest
    ]


def _entries(listed: bytes) -> Iterator[tuple[int, bytes]]:
    for start in range(0, len(listed), ENTRY_BYTES):
        entry = listed[start : start + ENTRY_BYTES]
        yield int.from_bytes(entry[:ID_BYTES], "big"), entry[ID_BYTES:]


# What commits late waits for the next seal; nothing waits a quarter of an hour, unless the worker
# rests: then a day.
SLIPPED_IN = """
SELECT id FROM core_audit_log, (
    SELECT coalesce(range_agg(rows::int8multirange), '{}') AS sealed, max(sealed_at) AS newest
    FROM core_audit_seal
) AS seals
WHERE at < greatest(newest - interval '15 minutes', now() - interval '1 day') AND NOT sealed @> id
ORDER BY id LIMIT 1000
"""


async def _slipped_in() -> list[Broken]:
    rows = await sql(SLIPPED_IN)
    return [Broken(f"row {row['id']}", "stands in no seal: added behind them") for row in rows]
