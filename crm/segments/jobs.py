"""The rounds of refreshing."""

from core.database import use_case
from core.jobs import every, job, owe
from crm.segments.service import follow_changes, refresh_due, refresh_rule_tags

MOST_ROUNDS = 20


@every("segments.follow", seconds=10)
async def follow() -> None:
    """Until nothing waits, but not for ever: the next turn comes in seconds."""
    for _ in range(MOST_ROUNDS):
        if not await follow_changes():
            return


@every("segments.look", seconds=60)
@use_case
async def look() -> None:
    """A full refresh may take longer than a schedule's turn: it is a debt of its own."""
    await owe("segments.refresh", key="segments.refresh")


@every("segments.look_at_tags", seconds=600)
@use_case
async def look_at_tags() -> None:
    await owe("segments.rule_tags", key="segments.rule_tags")


@job("segments.rule_tags", timeout_s=1800, tries=3)
async def tag() -> None:
    await refresh_rule_tags()


@job("segments.refresh", timeout_s=1800, tries=3)
async def refresh() -> None:
    await refresh_due()
