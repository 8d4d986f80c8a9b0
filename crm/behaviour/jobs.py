"""Scheduled work of this room."""

from core.jobs import every, job
from crm.behaviour.service import count_products, owe_portraits, portray_everybody


@every("behaviour.count_products", seconds=600)
async def count_products_again() -> None:
    """How often goods were looked at, for the last days."""
    await count_products()


@job("behaviour.portray", timeout_s=3_600, tries=3)
async def portray() -> None:
    """All portraits anew."""
    await portray_everybody()


@every("behaviour.portray", seconds=86_400)
async def portray_daily() -> None:
    """Longer than a schedule may take: it is owed as a job."""
    await owe_portraits()
