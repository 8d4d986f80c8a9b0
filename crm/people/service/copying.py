"""A member's copy of their own data, for machines to read (P7): every row of every room."""

import json
from typing import Any

from core import audit_log
from core.database import sql, use_case
from core.privacy import Owned, all_owned
from core.security.rotation import EncryptedColumn
from core.security.rotation import columns as ciphers
from core.security.scope import Scope
from core.security.vault import VaultError, decrypt

MOST_ROWS = 10_000  # of one table
ROWS = "SELECT to_jsonb(own)::text AS row FROM {table} AS own WHERE {whose} ORDER BY 1 LIMIT $2"
OURS = ("_hash", "_index", "fingerprint", "request_key", "password", "secret", "token", "digest")


@use_case
async def copy_own_data(*, scope: Scope) -> dict[str, list[dict[str, Any]]]:
    """What is kept of the asker, by table; ciphers in plain. Each copy is one audit row.

    Indexes, hashes and other people's facts are left out. At most 10,000 rows of a table.
    """
    assert scope.member_id is not None
    found: dict[str, list[dict[str, Any]]] = {}
    for owned in all_owned():
        if owned.is_copied:
            rows = await _rows(owned, scope.member_id)
            if rows:
                found.setdefault(owned.table, []).extend(rows)
    counted = sum(map(len, found.values()))
    await audit_log.record(scope, "people.copied", scope.actor, rows=counted)
    return found


async def _rows(owned: Owned, member_id: int) -> list[dict[str, Any]]:
    query = ROWS.format(table=owned.table, whose=owned.condition)
    kept = await sql(query, member_id, MOST_ROWS)
    return [_plain(owned.table, json.loads(row["row"])) for row in kept]


def _plain(table: str, row: dict[str, Any]) -> dict[str, Any]:
    told = {}
    for column, value in row.items():
        sealed = ciphers.get((table, column))
        if sealed is not None and value:
            told[column.removesuffix("_cipher")] = _opened(value, sealed, row["id"])
        elif value is not None and not _is_ours(column, row):
            told[column] = value
    return told


def _is_ours(column: str, row: dict[str, Any]) -> bool:
    """Hashes and indexes say nothing to the member and much to whoever steals the copy."""
    return column.endswith(OURS) or (column == "known_as" and bool(row.get("cipher")))


def _opened(cipher: str, sealed: EncryptedColumn, row_id: int) -> str | None:
    try:
        return decrypt(cipher, bound_to=sealed.bound_to.format(id=row_id))
    except VaultError:
        return None
