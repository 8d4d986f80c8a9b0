"""The clockwork of tax backends: thin."""

from core.jobs import every, job
from invoicing.backends import checking


@every("backends.look", seconds=60)
async def look_at_all() -> None:
    await checking.owe_looks()


@job("backends.look", timeout_s=60, tries=1)
async def look(*, account_id: int) -> None:
    """One look; the next comes anyway, so a failed one is not tried again."""
    await checking.look(account_id)
