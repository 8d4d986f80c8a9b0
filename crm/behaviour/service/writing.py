"""Steps as rows: one statement for a batch, its days counted in the same breath."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from hashlib import blake2b
from typing import Any
from uuid import UUID

from core.audience import tell_changed
from core.database import sql
from core.outbox import publish_all
from crm.behaviour.events import BehaviourNoted
from crm.behaviour.rules import REWARDED, Step

# Rows of the counts are taken in one order, so that two batches of a member wait, never deadlock.
WRITE = """
WITH told AS (
    SELECT * FROM jsonb_to_recordset($1::jsonb) AS t (
        key uuid, member_id bigint, visitor_id bigint, kind text, product_id bigint,
        store_id bigint, source_id bigint, subject text, at timestamptz)
), kept AS (
    INSERT INTO behaviour_event
        (key, member_id, visitor_id, kind, product_id, store_id, source_id, subject, at)
    SELECT key, member_id, visitor_id, kind, product_id, store_id, source_id, subject, at
    FROM told ORDER BY key
    ON CONFLICT (key) DO NOTHING
    RETURNING key, member_id, kind, product_id, subject, at
), counted AS (
    INSERT INTO behaviour_day AS d (member_id, on_day, kind, times)
    SELECT member_id, (at AT TIME ZONE 'Asia/Shanghai')::date, kind, count(*)
    FROM kept WHERE member_id IS NOT NULL GROUP BY 1, 2, 3 ORDER BY 1, 3, 2
    ON CONFLICT (member_id, kind, on_day) DO UPDATE SET times = d.times + excluded.times
)
SELECT key, member_id, kind, product_id, subject, at FROM kept
"""


@dataclass(frozen=True, slots=True)
class Row:
    key: UUID
    kind: Step
    at: datetime
    member_id: int | None = None
    visitor_id: int | None = None
    product_id: int | None = None
    store_id: int | None = None
    source_id: int | None = None
    subject: str = ""


def key_of(*parts: object) -> UUID:
    """The same parts make the same key, whoever computes it."""
    said = "\x1f".join(str(part) for part in parts)
    return UUID(bytes=blake2b(said.encode(), digest_size=16, person=b"behaviour").digest())


async def write(rows: Sequence[Row]) -> int:
    """Keep what is new and tell of what may be rewarded; answers how many were new.

    Within the caller's transaction. Rows with one key in one batch are one step.
    """
    listed = list({row.key: row for row in rows}.values())
    if not listed:
        return 0
    kept = await sql(WRITE, json.dumps([asdict(row) for row in listed], default=str))
    await publish_all(list(_news(kept)))
    await tell_changed({row["member_id"] for row in kept if row["member_id"] is not None})
    return len(kept)


def _news(kept: Iterable[dict[str, Any]]) -> Iterable[BehaviourNoted]:
    for row in kept:
        if row["member_id"] is None or row["kind"] not in REWARDED:
            continue
        about = f"product:{row['product_id']}" if row["product_id"] else row["subject"]
        yield BehaviourNoted(row["member_id"], row["kind"], about, str(row["key"]), row["at"])
