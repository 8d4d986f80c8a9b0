"""Wanting a member told something: an intent, and no promise that it may be sent."""

import hashlib
from collections.abc import Mapping
from datetime import datetime

from core import clock
from core.database import use_case
from core.outbox import publish
from crm.people.queries import binding_of
from crm.reach.errors import TemplateNotFound
from crm.reach.events import MemberMessageWanted
from crm.reach.models import Message, Template
from crm.reach.rules import GOOD_FOR, Channel


@use_case
async def want(
    *,
    key: str,
    member_id: int,
    template: str,
    cause: str,
    words: Mapping[str, str] | None = None,
    due_at: datetime | None = None,
) -> bool:
    """Owe a member what a template says. The same key again changes nothing and answers False.

    Consent, budget and quiet hours are looked at when it leaves, not now. `words` fill the places
    of the text and name nobody. `cause` says what it is for, as `journey:12`. What could not leave
    within three days is not sent at all. Raises TemplateNotFound.
    """
    said = await Template.get_or_none(code=template, is_on=True)
    if said is None:
        raise TemplateNotFound(template=template[:40])
    now = clock.now()
    at = due_at or now
    bound = await binding_of(member_id) if said.channel is Channel.WECOM else None
    guide_id = bound.guide_id if bound else None
    filling = dict(words or {})
    wanted = {
        "member_id": member_id,
        "channel": said.channel,
        "purpose": said.purpose,
        "template_id": said.id,
        "words": filling,
        "cause": cause,
        "batch": batch_of(cause, said.code, guide_id, filling),
        "guide_id": guide_id,
        "wanted_at": now,
        "due_at": at,
        "not_after": at + GOOD_FOR,
    }
    row, is_new = await Message.get_or_create(wanted, key=key)
    if is_new:
        await publish(MemberMessageWanted(key, row.channel, row.batch, at))
    return is_new


def batch_of(cause: str, template: str, guide_id: int | None, words: Mapping[str, str]) -> str:
    """What one group send may carry: the same words, confirmed by the same guide."""
    filling = hashlib.sha256(repr(sorted(words.items())).encode()).hexdigest()[:12]
    return f"{cause}:{template}:{guide_id or 0}:{filling}"
