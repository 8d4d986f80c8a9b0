"""What points do by themselves. Thin: the work is in `service`."""

from core.jobs import every
from crm.points import exchanging, service

__all__ = ["exchanging"]  # its job registers itself


@every("points.give_due", seconds=60)
async def give_due() -> None:
    await service.give_due()


@every("points.reward_birthdays", seconds=3600)
async def reward_birthdays() -> None:
    await service.reward_birthdays()


@every("points.remind_of_expiry", seconds=3600)
async def remind_of_expiry() -> None:
    while await service.remind_of_expiry():
        pass


@every("points.cancel_unfetched", seconds=3600)
async def cancel_unfetched() -> None:
    await service.cancel_unfetched()


@every("points.reconcile_yesterday", seconds=3600)
async def reconcile_yesterday() -> None:
    await service.reconcile_yesterday()
