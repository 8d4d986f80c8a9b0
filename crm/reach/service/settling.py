"""Ending messages that shall not leave, and those nobody knows of."""

from dataclasses import dataclass

from core import audit_log, clock
from core.database import sql, use_case
from core.security.scope import Scope
from crm.reach.errors import MessageNotFound, MessageSettled
from crm.reach.models import Message
from crm.reach.rules import CONFIRM_WITHIN, State, Why
from crm.reach.service.sending import record


@dataclass(frozen=True, slots=True)
class Handed:
    """A message in a guide's hands: `partner_no` is the group send."""

    key: str
    partner_no: str
    guide_id: int
    member_id: int


STOP = """
UPDATE reach_message SET state = 'suppressed', why = $2, settled_at = now()
WHERE state = 'wanted' AND {which} RETURNING id
"""
LATE = """
UPDATE reach_message SET state = 'suppressed', why = 'too_late', settled_at = now()
WHERE state = 'wanted' AND not_after < now() RETURNING id
"""

HANDED = """
UPDATE reach_message SET asked_at = now()
WHERE id IN (SELECT id FROM reach_message WHERE state = 'handed'
             ORDER BY asked_at NULLS FIRST, id LIMIT $1)
RETURNING key, partner_no, guide_id, member_id
"""


@use_case
async def look_at_handed(limit: int = 1_000) -> list[Handed]:
    """Messages that a guide has yet to confirm, those looked at longest ago first."""
    rows = await sql(HANDED, limit)
    return [Handed(**row) for row in rows]


@use_case
async def cancel_messages(*, cause: str, member_id: int | None = None) -> int:
    """What is wanted for this cause and has not left is not sent. Answers how many."""
    which = "cause = $1 AND ($3::bigint IS NULL OR member_id = $3)"
    return len(await sql(STOP.format(which=which), cause, Why.CANCELLED, member_id))


@use_case
async def hold_messages(*, cause: str, is_held: bool) -> None:
    """What is wanted for this cause waits, or may leave again. Late is late all the same."""
    await Message.filter(cause=cause, state=State.WANTED).update(is_held=is_held)


@use_case
async def suppress_withdrawn(*, member_id: int, purpose: str) -> int:
    """A consent is gone: what was wanted under it is not sent. Answers how many."""
    which = "member_id = $1 AND purpose = $3"
    return len(await sql(STOP.format(which=which), member_id, Why.NO_CONSENT, purpose))


@use_case
async def sweep_late() -> int:
    """End what waits beyond its time, and what a guide did not confirm in three days."""
    late = len(await sql(LATE))
    since = clock.now() - CONFIRM_WITHIN
    for row in await Message.filter(state=State.HANDED, tried_at__lt=since).limit(500):
        await record(key=row.key, state=State.FAILED, why=Why.UNCONFIRMED)
        late += 1
    return late


@use_case
async def resolve_unknown(*, scope: Scope, message_id: str, was_sent: bool) -> None:
    """A person has looked: an unknown message was sent, or was not. On record.

    Raises MessageNotFound, MessageSettled.
    """
    row = await Message.get_or_none(public_id=message_id)
    if row is None:
        raise MessageNotFound()
    if row.state is not State.UNKNOWN:
        raise MessageSettled()
    state = State.SENT if was_sent else State.FAILED
    await record(key=row.key, state=state, why="" if was_sent else Why.REFUSED)
    await audit_log.record(scope, "reach.unknown_resolved", row.public_id, state=state)
