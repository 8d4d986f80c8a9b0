"""Recurring work of the stock room."""

from core.jobs import every
from trade.stock.service import tell_changes


@every("stock.tell_changes", seconds=2)
async def tell_which_shelves_changed() -> None:
    await tell_changes()
