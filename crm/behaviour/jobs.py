"""Scheduled work of this room."""

from core.jobs import every
from crm.behaviour.service import count_products


@every("behaviour.count_products", seconds=600)
async def count_products_again() -> None:
    """How often goods were looked at, for the last days."""
    await count_products()
