"""The outbox: what is owed, to a listener or to a job, stands here until it is done.

PostgreSQL remembers, Redis only rings the bell and may be lost. A row is worked on under a lease
whose number grows with each claim; who holds an older number changes nothing (rules C1, C2).
"""

from collections.abc import Sequence
from typing import Any

from pydantic import TypeAdapter
from tortoise import fields
from tortoise.fields import Now
from tortoise.models import Model

from core.columns import key
from core.database import is_in_transaction, sql
from core.events import Event, listeners, told_outside

NEWS_TRIES = 12


class OutboxRow(Model):
    """One debt. `kind` is news (to one listener) or job. Dues go by the database's clock.

    `lease_no` is the fence; `tries` counts runs that failed or died; `dead_at`: a person looks.
    """

    id = key()
    kind = fields.CharField(max_length=8)
    name = fields.CharField(max_length=160)  # the listener, or the job
    debt_key = fields.CharField(max_length=160, null=True)
    payload = fields.JSONField[dict[str, Any]]()
    lease_no = fields.IntField(default=0)
    tries = fields.IntField(default=0)
    created_at = fields.DatetimeField(db_default=Now())
    due_at = fields.DatetimeField(db_default=Now())
    leased_until = fields.DatetimeField(null=True)
    done_at = fields.DatetimeField(null=True)
    dead_at = fields.DatetimeField(null=True)
    error = fields.CharField(max_length=500, null=True)

    class Meta(Model.Meta):
        table = "core_outbox"


class Schedule(Model):
    """When a recurring job is due next, and who runs it now (one owner by lease)."""

    name = fields.CharField(max_length=80, primary_key=True)
    due_at = fields.DatetimeField(db_default=Now())
    leased_until = fields.DatetimeField(null=True)

    class Meta(Model.Meta):
        table = "core_schedule"


LEASE_S = 10

OWE_NEWS = """
INSERT INTO core_outbox (kind, name, payload, lease_no, tries)
SELECT 'news', listener, $2::jsonb, 0, 0 FROM unnest($1::text[]) AS listener
"""

# What partners hear of is noted in the same breath, so that the changes of one thing keep the order
# of its transactions; where nobody subscribed, nothing is written.
OWE_NEWS_AND_TELL = """
WITH noted AS (
    INSERT INTO feed_change (kind, event, facts)
    SELECT $3::text, $4::text, $2::jsonb
    WHERE EXISTS (SELECT FROM feed_subscription
                  WHERE state <> 'ended' AND kinds @> to_jsonb($3::text))
)
INSERT INTO core_outbox (kind, name, payload, lease_no, tries)
SELECT 'news', listener, $2::jsonb, 0, 0 FROM unnest($1::text[]) AS listener
"""

OWE_MANY_AND_TELL = """
WITH noted AS (
    INSERT INTO feed_change (kind, event, facts)
    SELECT kind, event, facts::jsonb
    FROM unnest($3::text[], $4::text[], $5::text[]) WITH ORDINALITY AS told (kind, event, facts, n)
    WHERE EXISTS (SELECT FROM feed_subscription
                  WHERE state <> 'ended' AND kinds @> to_jsonb(told.kind))
    ORDER BY n
)
INSERT INTO core_outbox (kind, name, payload, lease_no, tries)
SELECT 'news', name, payload::jsonb, 0, 0
FROM unnest($1::text[], $2::text[]) AS owed (name, payload)
"""

OWE_JOB = """
INSERT INTO core_outbox (kind, name, debt_key, payload, lease_no, tries, due_at)
VALUES ('job', $1, $2, $3::jsonb, 0, 0, now() + $4 * interval '1 second')
ON CONFLICT (name, debt_key) WHERE done_at IS NULL AND dead_at IS NULL DO NOTHING
"""

OWE_JOBS = """
INSERT INTO core_outbox (kind, name, debt_key, payload, lease_no, tries)
SELECT 'job', $1, key, facts::jsonb, 0, 0 FROM unnest($2::text[], $3::text[]) AS owed (key, facts)
ON CONFLICT (name, debt_key) WHERE done_at IS NULL AND dead_at IS NULL DO NOTHING
"""

HURRY = """
UPDATE core_outbox SET due_at = now()
WHERE name = $1 AND debt_key = $2 AND done_at IS NULL AND dead_at IS NULL AND leased_until IS NULL
"""

CLAIM = f"""
WITH owed AS (
    SELECT id FROM core_outbox
    WHERE done_at IS NULL AND dead_at IS NULL AND due_at <= now()
        AND (leased_until IS NULL OR leased_until < now())
    ORDER BY due_at, id LIMIT $1 FOR UPDATE SKIP LOCKED
)
UPDATE core_outbox AS debt
SET lease_no = debt.lease_no + 1, tries = debt.tries + 1,
    leased_until = now() + interval '{LEASE_S} seconds'
FROM owed WHERE debt.id = owed.id
RETURNING debt.id, debt.lease_no
"""

RENEW = f"""
UPDATE core_outbox SET leased_until = now() + interval '{LEASE_S} seconds'
WHERE id = $1 AND lease_no = $2 AND done_at IS NULL RETURNING id
"""

FINISH = """
UPDATE core_outbox SET done_at = now(), leased_until = NULL, error = NULL
WHERE id = $1 AND lease_no = $2 AND done_at IS NULL RETURNING id
"""

POSTPONE = """
UPDATE core_outbox
SET error = $3, leased_until = NULL,
    dead_at = CASE WHEN tries >= $4 THEN now() END,
    due_at = now() + least(3600, power(2, tries)) * (0.5 + random()) * interval '1 second'
WHERE id = $1 AND lease_no = $2 AND done_at IS NULL
RETURNING dead_at IS NOT NULL AS is_dead
"""

PUT_OFF = """
UPDATE core_outbox
SET leased_until = NULL, tries = tries - 1, due_at = now() + $3 * interval '1 second'
WHERE id = $1 AND lease_no = $2 AND done_at IS NULL RETURNING id
"""

REPLAY = """
UPDATE core_outbox SET dead_at = NULL, tries = 0, due_at = now(), leased_until = NULL
WHERE dead_at IS NOT NULL AND done_at IS NULL AND ($1::bigint IS NULL OR id = $1)
    AND NOT EXISTS (
        SELECT 1 FROM core_outbox AS twin
        WHERE twin.name = core_outbox.name AND twin.debt_key = core_outbox.debt_key
            AND twin.done_at IS NULL AND twin.dead_at IS NULL)
RETURNING id
"""

# Each piece of news with each of its listeners, in the order the news was given.
OWE_MANY = """
INSERT INTO core_outbox (kind, name, payload, lease_no, tries)
SELECT 'news', listener, payload::jsonb, 0, 0
FROM unnest($1::text[], $2::text[]) WITH ORDINALITY AS owed (listener, payload, place)
ORDER BY place
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
    names = [name for name, (told, _) in listeners.items() if told is type(event)]
    kind = told_outside.get(type(event))
    if not names and kind is None:
        return
    facts = shape_of(type(event)).dump_json(event).decode()
    if kind is None:
        await sql(OWE_NEWS, names, facts)
    else:
        await sql(OWE_NEWS_AND_TELL, names, facts, kind, event.name)


async def publish_all(events: Sequence[Event]) -> None:
    """As `publish` for each of them, in one statement for a whole group."""
    if not is_in_transaction():
        raise RuntimeError(f"{len(events)} events were published outside a transaction")
    names, payloads = list[str](), list[str]()
    kinds, sorts, facts = list[str](), list[str](), list[str]()
    for event in events:
        told = [name for name, (kind, _) in listeners.items() if kind is type(event)]
        said = shape_of(type(event)).dump_json(event).decode()
        names += told
        payloads += [said] * len(told)
        if type(event) in told_outside:
            kinds.append(told_outside[type(event)])
            sorts.append(event.name)
            facts.append(said)
    if kinds:
        await sql(OWE_MANY_AND_TELL, names, payloads, kinds, sorts, facts)
    elif names:
        await sql(OWE_MANY, names, payloads)


async def claim(limit: int = 50) -> list[tuple[int, int]]:
    """Take (id, lease number) of what has been due longest. Nobody else gets it for 10 s.

    When the worker dies, the lease runs out and the debt is offered again under the next number.
    """
    rows = await sql(CLAIM, limit)
    return sorted((row["id"], row["lease_no"]) for row in rows)


async def renew(row_id: int, lease_no: int) -> bool:
    """False: the lease is somebody else's by now."""
    return bool(await sql(RENEW, row_id, lease_no))


async def finish(row_id: int, lease_no: int) -> bool:
    """False: the lease is somebody else's by now, or the debt is done."""
    return bool(await sql(FINISH, row_id, lease_no))


async def postpone(row_id: int, lease_no: int, *, why: str, tries: int = NEWS_TRIES) -> bool:
    """Wait about 2 s, 4 s, 8 s … up to an hour. True: that was the last try, it is dead."""
    rows = await sql(POSTPONE, row_id, lease_no, why.replace("\0", "")[:500], tries)
    return bool(rows) and bool(rows[0]["is_dead"])


async def put_off(row_id: int, lease_no: int, delay_s: float) -> None:
    """Look again later; this run does not count as a failure."""
    await sql(PUT_OFF, row_id, lease_no, delay_s)


async def replay(row_id: int | None = None) -> int:
    """Offer a dead letter again, or all of them. Answers how many."""
    return len(await sql(REPLAY, row_id))


async def pending() -> int:
    """Debts neither done nor dead."""
    [row] = await sql(
        "SELECT count(*) AS n FROM core_outbox WHERE done_at IS NULL AND dead_at IS NULL"
    )
    return int(row["n"])


async def dead_letters(limit: int = 100) -> list[dict[str, Any]]:
    """The oldest dead letters: id, kind, name, key, tries, error and when they died."""
    return await sql(
        "SELECT id, kind, name, debt_key, tries, error, dead_at FROM core_outbox"
        " WHERE dead_at IS NOT NULL AND done_at IS NULL ORDER BY id LIMIT $1",
        limit,
    )
