"""The news that goes with every change of goods."""

from collections.abc import Iterable

from core import clock
from core.database import sql
from core.outbox import publish
from trade.catalog.events import ProductChanged

NEXT_EDITION = """
INSERT INTO catalog_edition (id, number) VALUES (1, 1)
ON CONFLICT (id) DO UPDATE SET number = catalog_edition.number + 1
"""


async def tell_changed(product_ids: Iterable[int], what: str) -> None:
    """Nobody is told of nothing. Within the transaction that made the change, copies end too."""
    ids = tuple(sorted(set(product_ids)))
    if ids:
        await sql(NEXT_EDITION)
        await publish(ProductChanged(product_ids=ids, what=what, at=clock.now()))
