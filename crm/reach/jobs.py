"""What this room does by itself."""

from core.jobs import every
from crm.reach.service import sweep_late


@every("reach.sweep", seconds=60)
async def sweep() -> None:
    """What could not leave in time is not sent any more."""
    await sweep_late()
