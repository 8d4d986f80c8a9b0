"""What points do by themselves. Thin: the work is in `service`."""

from core.jobs import every
from crm.points import service


@every("points.give_due", seconds=60)
async def give_due() -> None:
    await service.give_due()
