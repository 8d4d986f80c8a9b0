"""What can be asked about stores and staff. Nothing here writes; models never leave, views do."""

from trade.stores.hours import Hours, Opening, opening_at
from trade.stores.queries.nearby import (
    NearbyPage,
    NearbyStore,
    Search,
    open_stores_near,
    stores_near,
)
from trade.stores.queries.people import (
    StaffView,
    find_staff_by_user,
    get_staff,
    logins,
    scope_of_staff,
    staff_of_franchisee,
    staff_of_store,
)
from trade.stores.queries.places import (
    StoreView,
    all_stores,
    find_store,
    get_store,
    store_ids,
    stores_by_code,
    stores_of,
)
from trade.stores.queries.sellers import (
    SellerView,
    device_key,
    device_of_key,
    franchisee_ids,
    receipt_key,
    receipt_key_of,
    seller_of,
    tax_entity_ids,
)
from trade.stores.rules import StoreKind, distance_m, may_serve, offers, owner_of

__all__ = [
    "Hours",
    "NearbyPage",
    "NearbyStore",
    "Opening",
    "Search",
    "SellerView",
    "StaffView",
    "StoreKind",
    "StoreView",
    "all_stores",
    "device_key",
    "device_of_key",
    "distance_m",
    "find_staff_by_user",
    "find_store",
    "franchisee_ids",
    "get_staff",
    "get_store",
    "logins",
    "may_serve",
    "offers",
    "open_stores_near",
    "opening_at",
    "owner_of",
    "receipt_key",
    "receipt_key_of",
    "scope_of_staff",
    "seller_of",
    "staff_of_franchisee",
    "staff_of_store",
    "store_ids",
    "stores_by_code",
    "stores_near",
    "stores_of",
    "tax_entity_ids",
]
