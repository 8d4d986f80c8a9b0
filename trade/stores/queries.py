"""What can be asked about stores and staff. Nothing here writes; models never leave, views do."""

from collections.abc import Iterable
from dataclasses import dataclass

from core.security.receipt_code import ReceiptKey
from core.security.scope import Role, Scope
from trade.stores.errors import ReceiptKeyNotFound, StaffNotFound, StoreNotFound
from trade.stores.keys import opened
from trade.stores.models import Franchisee, Staff, Store, StoreKey, TaxEntity
from trade.stores.rules import StoreKind, distance_m


@dataclass(frozen=True, slots=True)
class StoreView:
    id: int
    code: str
    name: str
    kind: StoreKind
    region: str
    address: str
    phone: str
    latitude: float
    longitude: float
    has_till: bool
    tax_entity_id: int
    franchisee_id: int | None
    is_open: bool
    city: str
    hours: str


@dataclass(frozen=True, slots=True)
class SellerView:
    """Who an invoice names as the seller."""

    tax_entity_id: int
    tax_no: str
    name: str
    address: str
    phone: str
    bank_account: str
    drawer: str


@dataclass(frozen=True, slots=True)
class StaffView:
    """`name` is personal and stays inside; guests may see `display_name`."""

    id: int
    user_id: str
    name: str
    role: Role
    store_id: int | None
    franchisee_id: int | None
    is_active: bool
    display_name: str


@dataclass(frozen=True, slots=True)
class NearbyStore:
    store: StoreView
    distance_m: int


def _store_view(row: Store) -> StoreView:
    return StoreView(
        id=row.id,
        code=row.code,
        name=row.name,
        kind=row.kind,
        region=row.region,
        address=row.address,
        phone=row.phone,
        latitude=row.latitude,
        longitude=row.longitude,
        has_till=row.has_till,
        tax_entity_id=row.tax_entity_id,
        franchisee_id=row.franchisee_id,
        is_open=row.is_open,
        city=row.city,
        hours=row.hours,
    )


def _staff_view(row: Staff) -> StaffView:
    return StaffView(
        id=row.id,
        user_id=row.user_id,
        name=row.name,
        role=row.role,
        store_id=row.store_id,
        franchisee_id=row.franchisee_id,
        is_active=row.is_active,
        display_name=row.display_name,
    )


async def get_store(store_id: int) -> StoreView:
    """Raises StoreNotFound."""
    row = await Store.get_or_none(id=store_id)
    if row is None:
        raise StoreNotFound(store_id=store_id)
    return _store_view(row)


async def find_store(code: str) -> StoreView | None:
    row = await Store.get_or_none(code=code)
    return _store_view(row) if row else None


async def all_stores() -> list[StoreView]:
    """Open and closed ones, in the order they came to the brand."""
    return [_store_view(row) for row in await Store.all().order_by("id")]


async def stores_of(store_ids: Iterable[int]) -> list[StoreView]:
    """The stores with these ids; unknown ids are left out, and no id asks for no store."""
    wanted = sorted(set(store_ids))
    rows = await Store.filter(id__in=wanted).order_by("id") if wanted else []
    return [_store_view(row) for row in rows]


async def open_stores_near(store_id: int, *, limit: int) -> list[NearbyStore]:
    """Other open stores, the nearest first. Raises StoreNotFound."""
    here = await get_store(store_id)
    others = [_store_view(row) for row in await Store.filter(is_open=True).exclude(id=store_id)]
    place = (here.latitude, here.longitude)
    near = [NearbyStore(s, distance_m(place, (s.latitude, s.longitude))) for s in others]
    return sorted(near, key=lambda each: (each.distance_m, each.store.id))[:limit]


async def seller_of(store_id: int) -> SellerView:
    """In whose name this store sells and invoices. Raises StoreNotFound."""
    row = await Store.get_or_none(id=store_id).select_related("tax_entity")
    if row is None:
        raise StoreNotFound(store_id=store_id)
    seller = row.tax_entity
    return SellerView(
        tax_entity_id=seller.id,
        tax_no=seller.tax_no,
        name=seller.name,
        address=seller.address,
        phone=seller.phone,
        bank_account=seller.bank_account,
        drawer=seller.drawer,
    )


async def receipt_key_of(store_id: int) -> ReceiptKey:
    """The key that signs this store's receipts now. Raises ReceiptKeyNotFound."""
    row = await StoreKey.filter(store_id=store_id).order_by("-id").first()
    if row is None:
        raise ReceiptKeyNotFound(store_id=store_id)
    return opened(row)


async def receipt_key(kid: int) -> tuple[int, ReceiptKey]:
    """The store a key belongs to, and the key, also one that no longer signs.

    Raises ReceiptKeyNotFound.
    """
    row = await StoreKey.get_or_none(id=kid)
    if row is None:
        raise ReceiptKeyNotFound(kid=kid)
    return row.store_id, opened(row)


async def get_staff(staff_id: int) -> StaffView:
    """Also those who have left. Raises StaffNotFound."""
    row = await Staff.get_or_none(id=staff_id)
    if row is None:
        raise StaffNotFound(staff_id=staff_id)
    return _staff_view(row)


async def find_staff_by_user(user_id: str) -> StaffView | None:
    """By the WeCom user id; also those who have left."""
    row = await Staff.get_or_none(user_id=user_id)
    return _staff_view(row) if row else None


async def staff_of_store(store_id: int) -> list[StaffView]:
    """Who works in this store now."""
    rows = await Staff.filter(store_id=store_id, is_active=True).order_by("id")
    return [_staff_view(row) for row in rows]


async def staff_of_franchisee(franchisee_id: int) -> list[StaffView]:
    """The people of a franchisee (加盟商) themselves, not of their stores."""
    rows = await Staff.filter(
        franchisee_id=franchisee_id, role=Role.FRANCHISEE, is_active=True
    ).order_by("id")
    return [_staff_view(row) for row in rows]


async def scope_of_staff(staff_id: int) -> Scope | None:
    """What a member of staff may see now; None for strangers and for those who have left.

    A guide and a store manager see their own store, a franchisee the stores that company owns, a
    marketer and head office every store.
    """
    row = await Staff.get_or_none(id=staff_id, is_active=True)
    if row is None:
        return None
    stores = {row.store_id} if row.store_id else set()
    if row.role is Role.FRANCHISEE and row.franchisee_id is not None:
        stores = {store.id for store in await Store.filter(franchisee_id=row.franchisee_id)}
    return Scope(
        role=row.role,
        staff_id=row.id,
        store_ids=frozenset(stores),
        franchisee_id=row.franchisee_id if row.role is Role.FRANCHISEE else None,
    )


async def store_ids() -> dict[str, int]:
    """Code to id of every store."""
    return dict(await Store.all().values_list("code", "id"))


async def tax_entity_ids() -> dict[str, int]:
    """Code to id of every tax entity."""
    return dict(await TaxEntity.all().values_list("code", "id"))


async def franchisee_ids() -> dict[str, int]:
    """Code to id of every franchisee."""
    return dict(await Franchisee.all().values_list("code", "id"))


async def logins() -> dict[str, str]:
    """Console login to WeCom user id."""
    return dict(await Staff.filter(login__isnull=False).values_list("login", "user_id"))
