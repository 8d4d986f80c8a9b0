"""门店. Which stores there are; every other screen is of one of them."""

from core.web.api import Router, Schema
from core.web.policy import PUBLIC
from trade.stores.errors import StoreNotFound
from trade.stores.queries import StoreView, all_stores, find_store

router = Router("/api/v1", "stores")


class StoreOut(Schema):
    """Degrees are WGS 84."""

    store_code: str
    name: str
    kind: str
    region: str
    city: str
    address: str
    phone: str
    hours: str
    latitude: float
    longitude: float


async def open_store(code: str) -> StoreView:
    """Raises StoreNotFound for a store that is unknown or closed."""
    store = await find_store(code)
    if store is None or not store.is_open:
        raise StoreNotFound(store_code=code)
    return store


@router.get("/stores", who=PUBLIC, summary="Open stores (门店)")
async def list_stores() -> list[StoreOut]:
    views = [view for view in await all_stores() if view.is_open]
    return [StoreOut.of(view, store_code=view.code) for view in views]
