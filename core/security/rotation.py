"""Changing keys: rows under an old key are rewritten in batches, while the shop is open.

Add a new key last in `field_keys` or `index_keys`, run the rotation, and when nothing is left drop
the old key. What is still to do stands in the rows themselves, so it may stop and go on any time.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from core.database import sql, use_case
from core.security.vault import VaultError, cipher_prefix, decrypt, encrypt, index_prefix

Indexes = Callable[[str], Mapping[str, str]]


@dataclass(frozen=True, slots=True)
class EncryptedColumn:
    """A column of ciphers. `bound_to` is a pattern over the row's id, as `member:{id}`."""

    table: str
    column: str
    bound_to: str
    index_columns: tuple[str, ...]
    indexes: Indexes


@dataclass(frozen=True, slots=True)
class Rotated:
    """What one rotation did in one column: rows rewritten, and ids that no key of ours opens."""

    table: str
    column: str
    rewritten: int
    unreadable: tuple[int, ...]


columns: dict[tuple[str, str], EncryptedColumn] = {}


def encrypted_column(
    table: str, column: str, *, bound_to: str, index_columns: tuple[str, ...] = ()
) -> Callable[[Indexes], Indexes]:
    """Register an encrypted column of a table with a bigint `id`.

    The function below it answers what stands in each of `index_columns` for a plain text. Names
    are ours, never a caller's input.
    """

    def register(indexes: Indexes) -> Indexes:
        columns[table, column] = EncryptedColumn(table, column, bound_to, index_columns, indexes)
        return indexes

    return register


# Names come from the registry, values travel as parameters.
OLD = """
SELECT id, {column} AS cipher FROM {table}
WHERE id > $1 AND {column} IS NOT NULL AND ({stale}) ORDER BY id LIMIT $2 FOR UPDATE SKIP LOCKED
"""

REWRITE = """
UPDATE {table} SET {changes} FROM unnest($1::bigint[], {lists}) AS renewed (id, {names})
WHERE {table}.id = renewed.id RETURNING {table}.id
"""

LEFT = "SELECT count(*) AS left_over FROM {table} WHERE {column} IS NOT NULL AND ({stale})"


async def rotate(*, batch: int = 500) -> list[Rotated]:
    """Bring every registered column under the current keys, a batch a transaction.

    Doing it again changes nothing. A row that cannot be read is left alone and told.
    """
    return [await _rotate(column, batch) for column in list(columns.values())]


async def still_old() -> dict[str, int]:
    """Rows under an old key, by `table.column`; only when all are 0 an old key may be dropped."""
    return {
        f"{column.table}.{column.column}": (await sql(_named(LEFT, column), *_prefixes(column)))[0][
            "left_over"
        ]
        for column in list(columns.values())
    }


async def _rotate(column: EncryptedColumn, batch: int) -> Rotated:
    last_id, rewritten, unreadable = 0, 0, list[int]()
    while True:
        done = await _rotate_batch(column, last_id, batch)
        if done is None:
            return Rotated(column.table, column.column, rewritten, tuple(unreadable))
        last_id, count, broken = done
        rewritten += count
        unreadable += broken


@use_case
async def _rotate_batch(
    column: EncryptedColumn, after_id: int, batch: int
) -> tuple[int, int, list[int]] | None:
    query = _named(OLD, column, first=3)
    rows = await sql(query, after_id, batch, *_prefixes(column))
    if not rows:
        return None
    renewed, broken = list[tuple[Any, ...]](), list[int]()
    for row in rows:
        try:
            renewed.append((row["id"], *_renewed(column, row["id"], row["cipher"])))
        except VaultError:
            broken.append(row["id"])
    if renewed:
        await sql(_named(REWRITE, column), *(list(values) for values in zip(*renewed, strict=True)))
    return rows[-1]["id"], len(renewed), broken


def _renewed(column: EncryptedColumn, row_id: int, cipher: str) -> list[str]:
    bound_to = column.bound_to.format(id=row_id)
    text = decrypt(cipher, bound_to=bound_to)
    indexes = column.indexes(text)
    return [encrypt(text, bound_to=bound_to), *(indexes[name] for name in column.index_columns)]


def _prefixes(column: EncryptedColumn) -> list[str]:
    return [cipher_prefix(), *([index_prefix()] if column.index_columns else [])]


def _named(query: str, column: EncryptedColumn, *, first: int = 1) -> str:
    """The query with the column's names; `first` is the number of its first prefix parameter."""
    names = [column.column, *column.index_columns]
    stale = [f"NOT starts_with({column.column}, ${first})"]
    stale += [f"NOT starts_with({name}, ${first + 1})" for name in column.index_columns]
    return query.format(
        table=column.table,
        column=column.column,
        stale=" OR ".join(stale),
        names=", ".join(names),
        changes=", ".join(f"{name} = renewed.{name}" for name in names),
        lists=", ".join(f"${place}::text[]" for place in range(2, len(names) + 2)),
    )
