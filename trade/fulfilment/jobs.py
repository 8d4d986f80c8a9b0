"""What is due by the clock."""

from core.jobs import every
from trade.fulfilment.service.arriving import confirm_forgotten
from trade.fulfilment.service.visiting import remind_of_visits
from trade.fulfilment.service.watching import (
    end_forgotten_returns,
    end_waiting,
    escalate,
    remind_waiting,
)


@every("fulfilment.escalate", seconds=60)
async def tell_who_is_late() -> None:
    await escalate()


@every("fulfilment.pickups", seconds=900)
async def look_after_pickups() -> None:
    await remind_waiting()
    await end_waiting()


@every("fulfilment.confirm", seconds=900)
async def confirm_what_arrived_long_ago() -> None:
    await confirm_forgotten()
    await end_forgotten_returns()


@every("fulfilment.visits", seconds=300)
async def remind_of_tomorrows_visits() -> None:
    await remind_of_visits()
