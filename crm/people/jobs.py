"""Slow work about people: what their phones are told."""

from core.jobs import job
from crm.people.service import tell_ready


@job("people.tell_member")
async def tell_member(message_key: str) -> None:
    """Send a member one notice, at most once."""
    await tell_ready(message_key)
