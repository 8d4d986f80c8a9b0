"""Which other store is asked when one cannot give: those that have all of it, the nearest first."""

from collections.abc import Sequence

from trade.fulfilment.models import Refusal, StoreTask
from trade.orders.queries import OrderView
from trade.stock.queries import Wish, promise
from trade.stores.queries import get_store

MOST = 20


async def other_stores(
    order: OrderView, wanted: Sequence[tuple[int, int]], *, line_ids: Sequence[int]
) -> list[int]:
    """Open stores that have every piece and may serve this order, the nearest to the selling one
    first, without those that refused a line of it or were asked already.

    Stock of another owner is promised only where that owner lends it.
    """
    refused = {row.store_id for row in await Refusal.filter(line_id__in=list(line_ids))}
    asked = {row.store_id for row in await StoreTask.filter(order_id=order.id)}
    home = await get_store(order.store_id)
    wish = Wish(
        near=(home.latitude, home.longitude), for_store=order.store_id, delivery=order.delivery
    )
    page = await promise(wanted, wish, limit=MOST)
    return [one.store.id for one in page.promises if one.store.id not in refused | asked]
