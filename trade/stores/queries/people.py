"""Who works here, and what each of them may see."""

from dataclasses import dataclass

from core.security.scope import Role, Scope
from trade.stores.errors import StaffNotFound
from trade.stores.models import Staff, Store


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


async def office_staff() -> list[StaffView]:
    """Who works in head office now."""
    rows = await Staff.filter(role=Role.HEAD_OFFICE, is_active=True).order_by("id")
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


async def logins() -> dict[str, str]:
    """Console login to WeCom user id."""
    return dict(await Staff.filter(login__isnull=False).values_list("login", "user_id"))
