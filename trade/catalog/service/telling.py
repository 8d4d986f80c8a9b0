"""The news that goes with every change of goods."""

from collections.abc import Iterable

from core import clock
from core.outbox import publish
from trade.catalog.events import ProductChanged


async def tell_changed(product_ids: Iterable[int], what: str) -> None:
    """Nobody is told of nothing. Within the transaction that made the change."""
    ids = tuple(sorted(set(product_ids)))
    if ids:
        await publish(ProductChanged(product_ids=ids, what=what, at=clock.now()))
