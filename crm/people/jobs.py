"""Slow work about people: what phones are told, who leaves, what has been kept long enough."""

from core.jobs import every, job
from crm.people.service import erase_waiting, run_retention, sweep, tell_ready


@job("people.tell_member")
async def tell_member(message_key: str) -> None:
    """Send a member one notice, at most once."""
    await tell_ready(message_key)


@every("people.erase_waiting", seconds=600)
async def let_go() -> None:
    """Erase who asked to leave, as soon as no order of theirs waits."""
    await erase_waiting()


@every("people.retention", seconds=86_400)
async def retain() -> None:
    """Delete what has been kept long enough, in every room."""
    await run_retention()


@every("people.sweep_merged", seconds=300)
async def follow_merged() -> None:
    """What a late refund gave back to a merged member goes to who they are now."""
    await sweep()
