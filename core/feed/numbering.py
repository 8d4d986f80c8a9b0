"""Numbers are given here and nowhere else, by one process at a time: no hole, no overtaking.

A business transaction only notes its change. Which of two that run side by side is first is open
until both have ended, so numbers given inside them would leave holes or run backwards; two changes
of one order follow each other, and keep their order here.
"""

import json
import logging
from typing import Any

from core.database import sql, use_case
from core.feed.kinds import Kind, Part, kinds
from core.feed.rules import data_text
from core.jobs import owe
from core.outbox import shape_of

log = logging.getLogger(__name__)

LOCK = 727_002
AT_ONCE = 200
ONE_AT_A_TIME = f"SELECT pg_try_advisory_xact_lock({LOCK}) AS is_mine"
NEW = "SELECT id, kind, facts, at FROM feed_change ORDER BY id LIMIT $1"
GONE = "DELETE FROM feed_change WHERE id = ANY($1::bigint[])"

KEEP = """
INSERT INTO feed_document (kind, subject, store_id, data, at)
VALUES ($1, $2, $3, $4, $5) RETURNING id
"""

WHO = """
SELECT s.id, s.kinds, p.store_ids, p.is_everywhere
FROM feed_subscription AS s JOIN core_partner AS p ON p.id = s.partner_id
WHERE s.state <> 'ended' ORDER BY s.id FOR UPDATE OF s
"""

NUMBER = """
WITH mine AS (
    SELECT id, row_number() OVER (ORDER BY id) AS place FROM unnest($2::bigint[]) AS id
), numbered AS (
    INSERT INTO feed_message (subscription_id, sequence, document_id)
    SELECT s.id, s.last_sequence + mine.place, mine.id
    FROM mine, feed_subscription AS s WHERE s.id = $1
    RETURNING sequence
)
UPDATE feed_subscription SET last_sequence = (SELECT max(sequence) FROM numbered)
WHERE id = $1 RETURNING id
"""

DUE = """
SELECT id FROM feed_subscription
WHERE state = 'active' AND url <> '' AND delivered < last_sequence AND due_at <= now()
"""


@use_case
async def number_changes(limit: int = AT_ONCE) -> int:
    """Turn the oldest changes into numbered messages of whoever subscribed. Answers how many.

    Another process that is doing so leaves nothing to do here: 0.
    """
    [turn] = await sql(ONE_AT_A_TIME)
    changes = await sql(NEW, limit) if turn["is_mine"] else []
    if not changes:
        return 0
    told = [document for change in changes for document in await _documents(change)]
    for row in await sql(WHO):
        wanted = [document["id"] for document in told if _wants(row, document)]
        if wanted:
            await sql(NUMBER, row["id"], wanted)
    await sql(GONE, [change["id"] for change in changes])
    return len(changes)


@use_case
async def owe_deliveries() -> int:
    """Owe the sending of what waits and is due. Owing it again changes nothing."""
    due = await sql(DUE)
    for row in due:
        await owe("feed.deliver", key=f"subscription:{row['id']}", subscription_id=row["id"])
    return len(due)


def _wants(row: dict[str, Any], document: dict[str, Any]) -> bool:
    stores = json.loads(row["store_ids"])
    store_id = document["store_id"]
    is_theirs = store_id is None or row["is_everywhere"] or store_id in stores
    return is_theirs and document["kind"] in json.loads(row["kinds"])


async def _documents(change: dict[str, Any]) -> list[dict[str, Any]]:
    kept = []
    for part in await _parts(change):
        [row] = await sql(
            KEEP,
            change["kind"],
            part.subject[:80],
            part.store_id,
            data_text(part.data),
            change["at"],
        )
        kept.append({"id": row["id"], "kind": change["kind"], "store_id": part.store_id})
    return kept


async def _parts(change: dict[str, Any]) -> list[Part]:
    """One change that cannot be told holds nobody else up; it is logged and left out."""
    kind = kinds.get(change["kind"])
    try:
        return await _tell(kind, change["facts"]) if kind else []
    except Exception:
        log.exception("a change cannot be told", extra={"change": change["id"]})
        return []


@use_case
async def _tell(kind: Kind, facts: str) -> list[Part]:
    return await kind.tell(shape_of(kind.event).validate_python(json.loads(facts)))
