"""What keeps journeys going. Each of these has one owner at a time, whatever the workers."""

from core.jobs import every
from crm.journeys.service import look, walk


@every("journeys.look", seconds=20)
async def follow_triggers() -> None:
    """Who has to begin now."""
    await look()


@every("journeys.walk", seconds=5)
async def take_steps() -> None:
    """The steps that are due."""
    await walk()
