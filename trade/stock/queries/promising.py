"""Where goods can be had: what may be promised at one place, never a sum over places.

What a place promises is what `reserve` would keep there now, by the same arithmetic on the same
row, and only places that may serve the order are asked.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from core.database import sql
from trade.stock.queries.levels import Coming, StockView, availability, coming
from trade.stock.rules import sum_demand
from trade.stores.queries import (
    NearbyPage,
    NearbyStore,
    Search,
    StoreView,
    get_store,
    may_serve,
    stores_near,
)

ENOUGH = """
SELECT store_id FROM stock_level
JOIN unnest($1::bigint[], $2::bigint[]) AS wanted (sku_id, quantity) USING (sku_id)
WHERE on_hand - reserved - safety >= quantity
GROUP BY store_id HAVING count(*) = cardinality($1::bigint[])
"""

ON_THE_WAY = """
SELECT DISTINCT store_id FROM stock_inbound AS inbound
JOIN stock_inbound_line AS line ON line.inbound_id = inbound.id
WHERE inbound.state = 'on_the_way' AND line.sku_id = ANY($1::bigint[])
"""


@dataclass(frozen=True, slots=True)
class Promise:
    """`available` pieces per SKU lie free in this store; `is_enough` for all that is wanted.

    `may_serve`: the store may give them for the asking store's order; otherwise its owner is asked.
    `coming_on` is the day more is expected, `is_coming` says that more is on its way at all.
    """

    store: StoreView
    distance_m: int
    available: Mapping[int, int]
    is_enough: bool
    may_serve: bool
    is_coming: bool
    coming_on: date | None


@dataclass(frozen=True, slots=True)
class PromisePage:
    """`next_cursor` is None on the last page."""

    promises: tuple[Promise, ...]
    next_cursor: str | None


@dataclass(frozen=True, slots=True)
class Wish:
    """Who asks for goods, and how they are to get there.

    `near` is latitude and longitude in degrees. `for_store`: the goods are for that store's order;
    None: each store is asked for an order of its own. `delivery` None: any.
    """

    near: tuple[float, float]
    for_store: int | None = None
    delivery: str | None = None
    radius_m: int | None = None


async def promise(
    lines: Iterable[tuple[int, int]],
    wish: Wish,
    *,
    with_coming: bool = False,
    with_others: bool = False,
    cursor: str | None = None,
    limit: int = 20,
) -> PromisePage:
    """Open stores that have all of it, the nearest first. Lines of one SKU are one demand; kits are
    given as the stock items they consist of.

    `with_coming` adds stores to which some of it is on its way; `with_others` adds, for the order
    of a store, those whose owner must be asked first.
    Raises ValueError for a quantity that is not positive, StoreNotFound, BadCursor of stores.
    """
    demand = sum_demand(lines)
    ids = {row["store_id"] for row in await sql(ENOUGH, list(demand), list(demand.values()))}
    if with_coming:
        ids |= {row["store_id"] for row in await sql(ON_THE_WAY, list(demand))}
    serving = None if with_others else wish.for_store
    search = Search(wish.near, wish.radius_m, ids, wish.delivery, serving)
    page = await stores_near(search, cursor=cursor, limit=limit)
    asking = None if wish.for_store is None else await get_store(wish.for_store)
    return await _told(page, demand, asking)


async def _told(
    page: NearbyPage, demand: Mapping[int, int], asking: StoreView | None
) -> PromisePage:
    stores = [each.store.id for each in page.stores]
    levels = await availability(demand, stores)
    expected = await coming(demand, stores)
    told = tuple(_promise(each, demand, levels, expected, asking) for each in page.stores)
    return PromisePage(told, page.next_cursor)


def _promise(
    near: NearbyStore,
    demand: Mapping[int, int],
    levels: Mapping[tuple[int, int], StockView],
    expected: Mapping[tuple[int, int], Coming],
    asking: StoreView | None,
) -> Promise:
    shelves = {sku_id: levels.get((sku_id, near.store.id)) for sku_id in demand}
    available = {sku_id: view.available if view else 0 for sku_id, view in shelves.items()}
    more = [each for sku_id in demand if (each := expected.get((sku_id, near.store.id)))]
    days = [each.due_on for each in more if each.due_on]
    return Promise(
        near.store,
        near.distance_m,
        available,
        all(available[sku_id] >= units for sku_id, units in demand.items()),
        asking is None or may_serve(near.store, asking),
        bool(more),
        max(days) if more and len(days) == len(more) else None,
    )
