"""The outbox. Postgres remembers the news; Redis only rings the bell, and may be lost."""

import logging
from typing import Any

from pydantic import TypeAdapter
from tortoise import fields
from tortoise.connection import get_connection
from tortoise.fields import Now
from tortoise.models import Model
from tortoise.transactions import in_transaction

from core import clock
from core.columns import key
from core.database import is_in_transaction
from core.events import Event, listeners

log = logging.getLogger(__name__)


class OutboxRow(Model):
    """One piece of news still owed to one listener. Dues and leases go by the database's clock."""

    id = key()
    event = fields.CharField(max_length=80)
    listener = fields.CharField(max_length=160)
    payload = fields.JSONField[dict[str, Any]]()
    attempts = fields.IntField(default=0)
    due_at = fields.DatetimeField(db_default=Now())
    leased_until = fields.DatetimeField(null=True)
    done_at = fields.DatetimeField(null=True)
    error = fields.CharField(max_length=500, null=True)

    class Meta(Model.Meta):
        table = "core_outbox"


CLAIM = """
WITH owed AS (
    SELECT id FROM core_outbox
    WHERE done_at IS NULL AND due_at <= now() AND (leased_until IS NULL OR leased_until < now())
    ORDER BY id LIMIT $1 FOR UPDATE SKIP LOCKED
)
UPDATE core_outbox AS news
SET attempts = news.attempts + 1, leased_until = now() + interval '60 seconds'
FROM owed WHERE news.id = owed.id
RETURNING news.id, news.attempts
"""

POSTPONE = """
UPDATE core_outbox
SET error = $2, leased_until = NULL,
    due_at = now() + least(10800, 10 * power(2, attempts)) * interval '1 second'
WHERE id = $1 AND done_at IS NULL
"""


shapes: dict[type[Event], TypeAdapter[Any]] = {}


def shape_of(event_type: type[Event]) -> TypeAdapter[Any]:
    if event_type not in shapes:
        shapes[event_type] = TypeAdapter(event_type)
    return shapes[event_type]


async def publish(event: Event) -> None:
    """Owe `event` to each listener, in the transaction that made it true.

    Raises RuntimeError outside a transaction, where a crash could keep the fact and lose the news.
    """
    if not is_in_transaction():
        raise RuntimeError(f"{event.name} was published outside a transaction")
    payload = shape_of(type(event)).dump_python(event, mode="json")
    for name, (event_type, _) in listeners.items():
        if event_type is type(event):
            await OutboxRow(event=event.name, listener=name, payload=payload).save()


async def claim(limit: int = 100) -> list[tuple[int, int]]:
    """Take (id, attempt) of news to be told now, oldest first. Nobody else gets it for 60 s.

    When the teller dies, the lease runs out and the news is offered again.
    """
    rows = await get_connection("default").execute_query_dict(CLAIM, [limit])
    return sorted((row["id"], row["attempts"]) for row in rows)


async def tell(row_id: int) -> None:
    """Tell one listener. Its effects and the tick commit together, or neither does."""
    try:
        async with in_transaction():
            owed = OutboxRow.filter(id=row_id, done_at=None)
            row = await owed.select_for_update(skip_locked=True).first()
            if row is None:
                return
            event_type, listener = listeners[row.listener]
            await listener(shape_of(event_type).validate_python(row.payload))
            row.done_at, row.error = clock.now(), None
            await row.save(update_fields=["done_at", "error"])
    except Exception as error:
        log.exception("listener failed", extra={"outbox_row": row_id})
        await _postpone(row_id, why=repr(error)[:500])


async def _postpone(row_id: int, *, why: str) -> None:
    """Wait 20 s, 40 s, 80 s … up to three hours; a row tried often is our dead letter."""
    await get_connection("default").execute_query(POSTPONE, [row_id, why])
