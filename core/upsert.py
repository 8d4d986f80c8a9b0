"""Put many rows by their business key in one statement: add the new, correct the changed."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tortoise.models import Model

from core.database import sql


@dataclass(frozen=True, slots=True)
class Upserted:
    """How many rows were added, corrected, and already as they should be."""

    new: int = 0
    changed: int = 0
    same: int = 0

    def __add__(self, other: "Upserted") -> "Upserted":
        return Upserted(self.new + other.new, self.changed + other.changed, self.same + other.same)


# One statement for any number of rows: 10,000 prices take a second instead of 10,000 round trips.
# Table and columns are names of our own code, never of a caller's input; values travel as one JSON.
STATEMENT = """
INSERT INTO {table} AS old ({columns})
SELECT {columns} FROM jsonb_populate_recordset(NULL::{table}, $1::jsonb)
ON CONFLICT ({by}) DO UPDATE SET {corrections}
WHERE ({kept}) IS DISTINCT FROM ({wanted})
RETURNING id, (xmax = 0) AS is_new
"""


@dataclass(frozen=True, slots=True)
class Touched:
    """What an upsert did, and the ids of the rows it added or corrected."""

    count: Upserted
    ids: tuple[int, ...]


async def upsert(
    model: type[Model],
    rows: Iterable[Mapping[str, Any]],
    *,
    by: Sequence[str],
    once: Sequence[str] = (),
) -> Upserted:
    """Write `rows` (columns to values, all with the same columns) where `by` is the unique key.

    Columns named in `once` are written with a new row and left alone afterwards. Doing it again
    changes nothing. Two rows with the same key in one call are the caller's mistake.
    """
    return (await upsert_telling(model, rows, by=by, once=once)).count


async def upsert_telling(
    model: type[Model],
    rows: Iterable[Mapping[str, Any]],
    *,
    by: Sequence[str],
    once: Sequence[str] = (),
) -> Touched:
    """The same, for whoever has to tell others which rows are different now."""
    listed = list(rows)
    if not listed:
        return Touched(Upserted(), ())
    columns = list(listed[0])
    facts = [column for column in columns if column not in {*by, *once}]
    statement = STATEMENT.format(
        table=model._meta.db_table,
        columns=", ".join(columns),
        by=", ".join(by),
        corrections=", ".join(f"{column} = EXCLUDED.{column}" for column in facts),
        kept=", ".join(f"old.{column}" for column in facts),
        wanted=", ".join(f"EXCLUDED.{column}" for column in facts),
    )
    told = await sql(statement, json.dumps([dict(row) for row in listed], default=str))
    new = sum(row["is_new"] for row in told)
    count = Upserted(new, len(told) - new, len(listed) - len(told))
    return Touched(count, tuple(row["id"] for row in told))
