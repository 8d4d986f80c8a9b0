"""What the feed does by itself. Thin: the work is next door."""

from core.feed import delivering, numbering
from core.jobs import every, job


@every("feed.number", seconds=1)
async def number() -> None:
    """Changes get their numbers; what waits is owed to the worker."""
    while await numbering.number_changes() == numbering.AT_ONCE:
        pass
    await numbering.owe_deliveries()


@job("feed.deliver", timeout_s=110)
async def deliver(subscription_id: int) -> None:
    await delivering.deliver(subscription_id)
