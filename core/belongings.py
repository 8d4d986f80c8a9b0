"""What belongs to a member in any room: moved when two persons are one, emptied when they go.

The rooms say what is theirs in `core.privacy`; only the room of people calls this. Tables and
columns are names of our own code, never of a caller's input.
"""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime

from tortoise import fields
from tortoise.fields import Now
from tortoise.models import Model

from core.columns import key
from core.database import sql
from core.privacy import Kept, OnErase, OnMerge, Owned, all_expiring, all_owned, all_personal


class MovedRow(Model):
    """A row that went from one member to another, and may go back. `cause` names the merge."""

    id = key()
    cause = fields.CharField(max_length=60, db_index=True)
    table_name = fields.CharField(max_length=63)
    column_name = fields.CharField(max_length=63)
    row_id = fields.BigIntField()
    from_id = fields.BigIntField()
    to_id = fields.BigIntField()
    moved_at = fields.DatetimeField(db_default=Now())
    back_at: fields.Field[datetime | None] = fields.DatetimeField(null=True)

    class Meta(Model.Meta):
        table = "core_moved_row"
        indexes = (("table_name", "row_id", "id"),)


MOVE = """
WITH moved AS (
    UPDATE {table} AS own SET {column} = $2
    WHERE {column} = $1 AND NOT ({once})
    RETURNING {key} AS row_id
)
INSERT INTO core_moved_row (cause, table_name, column_name, row_id, from_id, to_id)
SELECT $3, $4, $5, row_id, $1, $2 FROM moved RETURNING id
"""

ONCE = """
({where}) AND EXISTS (
    SELECT FROM {table} WHERE {column} = $2 AND ({where}) AND ({columns}) = ({mine}))
"""

BACK = """
WITH gone AS (
    UPDATE core_moved_row SET back_at = now()
    WHERE cause = $1 AND back_at IS NULL AND (table_name, column_name) = ($2, $3)
    RETURNING row_id, from_id, to_id
)
UPDATE {table} SET {column} = gone.from_id FROM gone
WHERE {table}.{key} = gone.row_id AND {table}.{column} = gone.to_id RETURNING {table}.{key}
"""


async def move_all(*, cause: str, from_id: int, to_id: int) -> dict[str, int]:
    """Give everything of one member to another; answers how many rows of which table moved.

    Within the caller's transaction. Of a thing both may have once, the receiver's stays.
    """
    counts: dict[str, int] = {}
    for owned in movable():
        once = _once(owned) if owned.once_by else "false"
        query = MOVE.format(table=owned.table, column=owned.column, key=owned.key, once=once)
        moved = await sql(query, from_id, to_id, cause, owned.table, owned.column)
        if moved:
            counts[owned.table] = len(moved)
    return counts


def movable() -> list[Owned]:
    """What a merge moves."""
    return [owned for owned in all_owned() if owned.merge is OnMerge.MOVE and not owned.whose]


def _once(owned: Owned) -> str:
    return ONCE.format(
        where=owned.once_where,
        table=owned.table,
        column=owned.column,
        columns=", ".join(owned.once_by),
        mine=", ".join(f"own.{name}" for name in owned.once_by),
    )


async def move_back(*, cause: str) -> dict[str, int]:
    """Undo `move_all`: what the receiver still has goes back. Doing it again changes nothing."""
    counts: dict[str, int] = {}
    for owned in movable():
        query = BACK.format(table=owned.table, column=owned.column, key=owned.key)
        moved = await sql(query, cause, owned.table, owned.column)
        if moved:
            counts[owned.table] = len(moved)
    return counts


DELETE = "DELETE FROM {table} WHERE {whose} RETURNING {key}"
BLANK = "UPDATE {table} SET {changes} WHERE ({whose}) AND ({filled}) RETURNING {key}"


async def erase(member_ids: Sequence[int], *, days: int = 0) -> dict[str, int]:
    """Empty what may not be kept longer than `days` after a membership ended; counts by table."""
    personal = _by_table()
    counts: dict[str, int] = {}
    for owned in all_owned():
        if owned.erase is OnErase.KEEP:
            continue
        columns = personal.get(owned.table, {})
        query = _erasure(owned, columns, days)
        touched = 0
        for member_id in member_ids if query else ():
            touched += len(await sql(query, member_id))
        if touched:
            counts[owned.table] = counts.get(owned.table, 0) + touched
    return counts


def _by_table() -> dict[str, dict[str, Kept]]:
    found: dict[str, dict[str, Kept]] = defaultdict(dict)
    for name, kept in all_personal().items():
        table, _, column = name.partition(".")
        found[table][column] = kept
    return found


def _erasure(owned: Owned, columns: dict[str, Kept], days: int) -> str:
    """The statement; empty when nothing of this table is due."""
    due = {name: kept for name, kept in columns.items() if kept.days <= days}
    names = {"table": owned.table, "whose": owned.condition, "key": owned.key}
    if owned.erase is OnErase.DELETE:
        return DELETE.format(**names) if len(due) == len(columns) else ""
    changes = ", ".join(f"{name} = {kept.blank}" for name, kept in due.items())
    filled = " OR ".join(f"{name} IS DISTINCT FROM {kept.blank}" for name, kept in due.items())
    return BLANK.format(**names, changes=changes, filled=filled) if due else ""


EXPIRE = """
DELETE FROM {table} WHERE ctid = ANY (ARRAY(
    SELECT ctid FROM {table} WHERE {at} < $1::timestamptz - $2 * interval '1 day' AND ({where})
    LIMIT $3)) RETURNING 1
"""


async def expire(at: datetime, *, batch: int = 10_000) -> dict[str, int]:
    """Delete what is older than its room keeps it, a batch of each table; counts by table."""
    counts: dict[str, int] = {}
    for one in all_expiring():
        query = EXPIRE.format(table=one.table, at=one.at, where=one.where)
        gone = await sql(query, at, one.days, batch)
        counts[one.table] = counts.get(one.table, 0) + len(gone)
    return counts
