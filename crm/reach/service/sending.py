"""The moment a message leaves: everything that may forbid it is looked at here, and only here.

`begin` commits that it may have been sent before anybody dials out; what dies in between is
unknown, and nobody is told twice.
"""

import json
from dataclasses import dataclass, field
from datetime import datetime

from core import clock
from core.database import sql, use_case
from core.jobs import Later
from core.outbox import publish
from core.privacy import Purpose
from crm.people.queries import addresses_of, binding_of, may_be_reached
from crm.reach.events import MemberTold
from crm.reach.models import Message, Template
from crm.reach.queries.limits import quiet_hours
from crm.reach.rules import NOT_SPENT, REPEATABLE, REPEATS_FOR, Channel, State, Why, quiet_until
from crm.reach.service.budget import give_back, spend
from crm.reach.service.composing import said_by
from crm.reach.service.permits import take_permit
from crm.reach.service.wanting import batch_of
from trade.stores.queries import get_staff


@dataclass(frozen=True, slots=True)
class Outgoing:
    """One message, allowed to leave now. `to` is an open id, a contact, a phone or an address."""

    key: str
    channel: Channel
    to: str
    text: str = ""
    subject: str = ""
    platform_id: str = ""
    page: str = ""
    data: dict[str, str] = field(default_factory=dict)
    sender: str = ""  # the user id of the guide, for a group send


HELD_S = 60.0


class Quiet(Later):
    """It is night: look again when it ends."""


@use_case
async def begin(*, key: str) -> Outgoing | None:
    """What may leave now; from then on it counts as perhaps sent. None: nothing may.

    Consent, address, permit and budget are looked at in this order; the first that lacks ends the
    message as suppressed, with its reason. Where the outside drops repetitions, one whose answer
    was lost is offered again with the same words. Raises Later in quiet hours.
    """
    row = await Message.filter(key=key).select_for_update().first()
    return await _begin(row, clock.now()) if row is not None else None


@use_case
async def begin_batch(*, batch: str, limit: int = 500) -> list[Outgoing]:
    """As `begin` for those of a batch that are due; what may not leave is suppressed."""
    due = Message.filter(batch=batch, state=State.WANTED, is_held=False, due_at__lte=clock.now())
    rows = await due.order_by("id").limit(limit).select_for_update(skip_locked=True)
    found = [await _begin(row, clock.now()) for row in rows]
    return [one for one in found if one is not None]


async def _begin(row: Message, at: datetime) -> Outgoing | None:
    if row.state is State.UNKNOWN and _may_repeat(row, at):
        return await _outgoing(row, json.loads(row.said), await _address(row))
    if row.state is not State.WANTED:
        return None
    if row.is_held:
        raise Later(HELD_S)
    if row.due_at > at:
        raise Later((row.due_at - at).total_seconds() + 1)
    if row.not_after is not None and at > row.not_after:
        await _suppress(row, Why.TOO_LATE)
        return None
    await _check_quiet(row, at)
    return await _allowed(row, at)


def _may_repeat(row: Message, at: datetime) -> bool:
    tried = row.tried_at
    return row.channel in REPEATABLE and tried is not None and at - tried < REPEATS_FOR


async def _check_quiet(row: Message, at: datetime) -> None:
    """Raises Quiet."""
    ends = quiet_until(await quiet_hours(), at) if row.purpose is Purpose.MARKETING else None
    if ends is not None:
        raise Quiet((ends - at).total_seconds() + 1)


async def _allowed(row: Message, at: datetime) -> Outgoing | None:
    if not await may_be_reached([row.member_id], purpose=row.purpose):
        await _suppress(row, Why.NO_CONSENT)
        return None
    to = await _address(row)
    if not to:
        await _suppress(row, Why.NO_ADDRESS)
        return None
    if row.channel is Channel.WECOM and not await _is_with_guide(row):
        return None
    template = await Template.get(id=row.template_id)
    is_marketing = row.purpose is Purpose.MARKETING
    spent = await spend(row.member_id, row.channel, at) if is_marketing else []
    if spent is None:
        await _suppress(row, Why.CAPPED)
        return None
    is_permitted = row.channel is not Channel.SUBSCRIBE or await take_permit(
        member_id=row.member_id, platform_id=template.platform_id, message_id=row.id
    )
    if not is_permitted:
        await give_back(row.member_id, spent)
        await _suppress(row, Why.NO_GRANT)
        return None
    said = said_by(template, row.words)
    changed = {"state": State.UNKNOWN, "tried_at": at, "spent": spent, "said": json.dumps(said)}
    await Message.filter(id=row.id).update(**changed)
    return await _outgoing(row, said, to)


async def _address(row: Message) -> str:
    known = await addresses_of(row.member_id)
    found = {
        Channel.SUBSCRIBE: known.open_id,
        Channel.WECOM: known.external_user_id,
        Channel.SMS: known.phone,
        Channel.MAIL: known.email,
    }
    return found[row.channel] or ""


async def _is_with_guide(row: Message) -> bool:
    """A group send is pressed by the guide of the moment; with another one it waits its turn."""
    bound = await binding_of(row.member_id)
    if bound is None:
        await _suppress(row, Why.NO_GUIDE)
        return False
    if bound.guide_id == row.guide_id:
        return True
    template = await Template.get(id=row.template_id)
    batch = batch_of(row.cause, template.code, bound.guide_id, row.words)
    await Message.filter(id=row.id).update(guide_id=bound.guide_id, batch=batch)
    return False


async def _outgoing(row: Message, said: dict[str, str], to: str) -> Outgoing | None:
    sender = (await get_staff(row.guide_id)).user_id if row.guide_id else ""
    template = await Template.get(id=row.template_id)
    return Outgoing(
        key=row.key,
        channel=row.channel,
        to=to,
        text=said.get("text", ""),
        subject=said.get("subject", ""),
        platform_id=template.platform_id,
        page=said.get("page", ""),
        data={name[5:]: value for name, value in said.items() if name.startswith("data.")},
        sender=sender,
    )


async def _suppress(row: Message, why: Why) -> None:
    ended = {"state": State.SUPPRESSED, "why": why, "settled_at": clock.now()}
    await Message.filter(id=row.id).update(**ended)


END = """
UPDATE reach_message SET state = $2::text, why = $3, partner_no = $4,
    settled_at = CASE WHEN $2::text IN ('sent', 'failed') THEN now() END
WHERE key = $1 AND state IN ('unknown', 'handed')
RETURNING member_id, channel, cause, spent
"""


@use_case
async def record(*, key: str, state: State, why: str = "", partner_no: str = "") -> None:
    """How a message that left ended, or that it was handed to the guide. What has ended stays so.

    One that failed gives back what it took of the budget.
    """
    for row in await sql(END, key, state, why, partner_no):
        if state in NOT_SPENT:
            await give_back(row["member_id"], _windows(row["spent"]))
        if state is State.SENT:
            told = MemberTold(row["member_id"], row["channel"], row["cause"], clock.now())
            await publish(told)


PUT_BACK = """
UPDATE reach_message SET state = 'wanted', spent = '[]'
WHERE id = $1 AND state = 'unknown'
"""


@use_case
async def put_back(*, key: str) -> None:
    """The outside did not take it and may later: it is wanted again, and costs nothing so far."""
    row = await Message.filter(key=key, state=State.UNKNOWN).select_for_update().first()
    if row is None:
        return
    await give_back(row.member_id, row.spent)
    await sql("UPDATE reach_permit SET message_id = NULL WHERE message_id = $1", row.id)
    await sql(PUT_BACK, row.id)


def _windows(spent: str) -> list[list[str]]:
    found: list[list[str]] = json.loads(spent)
    return found
