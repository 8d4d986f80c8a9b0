"""Which other store is asked when one cannot give: those that have all of it, the nearest first."""

from collections.abc import Sequence

from trade.fulfilment.models import Refusal, StoreTask
from trade.orders.queries import OrderView
from trade.stock.queries import availability
from trade.stores.queries import StoreView, all_stores


async def other_stores(
    order: OrderView, wanted: Sequence[tuple[int, int]], *, line_ids: Sequence[int]
) -> list[int]:
    """Open stores of the same owner that have every piece, without those that refused a line.

    The stock of another owner is never promised here.
    """
    refused = {row.store_id for row in await Refusal.filter(line_id__in=list(line_ids))}
    asked = {row.store_id for row in await StoreTask.filter(order_id=order.id)}
    stores = {store.id: store for store in await all_stores()}
    home = stores[order.store_id]
    fitting = [
        store
        for store in stores.values()
        if store.is_open and store.id not in refused | asked and _is_of_same_owner(store, home)
    ]
    shelves = await availability([sku_id for sku_id, _ in wanted], [store.id for store in fitting])
    having = [
        store
        for store in fitting
        if all(
            (view := shelves.get((sku_id, store.id))) is not None and view.available >= units
            for sku_id, units in wanted
        )
    ]
    return [store.id for store in sorted(having, key=lambda store: _apart(store, home))]


def _is_of_same_owner(store: StoreView, home: StoreView) -> bool:
    return store.franchisee_id == home.franchisee_id


def _apart(store: StoreView, home: StoreView) -> tuple[float, int]:
    """Enough to rank by; a route of streets is nobody's promise here."""
    north, east = store.latitude - home.latitude, store.longitude - home.longitude
    return (north * north + east * east, store.id)
