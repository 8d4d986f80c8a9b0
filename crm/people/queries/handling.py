"""By which contract a store sees members, what of them, and whom not (P12)."""

from dataclasses import dataclass
from datetime import datetime

from core.database import sql
from core.security.scope import Role, Scope
from crm.people.handling import Parting
from crm.people.rules.handling import Handling, Shared, handling_of, needs_consent, shared_with
from trade.stores.queries import (
    StoreView,
    all_stores,
    company_names,
    franchisee_ids,
    get_store,
)

NEWEST = """
SELECT DISTINCT ON (store_id) store_id, company_id, handling, contract_no, recorded_at
FROM people_store_contract WHERE store_id = ANY($1::bigint[]) ORDER BY store_id, id DESC
"""
# Where a member is at home, looked after, or has bought; open partings too.
DEALT_WITH = """
SELECT store_id FROM people_attribution WHERE member_id = $1
UNION SELECT store_id FROM people_binding WHERE member_id = $1 AND unbound_at IS NULL
UNION SELECT home_store_id FROM people_member WHERE id = $1 AND home_store_id IS NOT NULL
"""


@dataclass(frozen=True, slots=True)
class Terms:
    """What an asker sees of members. `company_id`: those who left that company are not there."""

    company_id: int | None
    handling: Handling
    shared: frozenset[Shared]
    needs_consent: bool


OURS = Terms(None, Handling.OWN, frozenset(Shared), needs_consent=False)


@dataclass(frozen=True, slots=True)
class ContractView:
    """A store of another company; `handling` is None while no contract is on record."""

    store_id: int
    store_code: str
    store_name: str
    company_id: int
    company_name: str
    handling: Handling | None
    contract_no: str
    recorded_at: datetime | None


@dataclass(frozen=True, slots=True)
class HandlerView:
    """A company whose stores a member dealt with, and what they see; `parted_at`: no more."""

    code: str
    name: str
    handling: Handling
    shared: tuple[Shared, ...]
    parted_at: datetime | None


async def terms_of(scope: Scope) -> Terms:
    """By what the asker sees members: all of it for our own people, else by contract."""
    if scope.sees_all_stores or scope.role in {Role.MEMBER, Role.PARTNER}:
        return OURS
    company_id = await _company_of(scope)
    if company_id is None:
        return OURS
    rows = await sql(NEWEST, sorted(scope.store_ids))
    recorded = [Handling(row["handling"]) for row in rows]
    is_all = bool(rows) and len(rows) == len(scope.store_ids)
    handling = handling_of(scope.role, recorded, is_all_recorded=is_all)
    shared = shared_with(scope.role, handling)
    return Terms(company_id, handling, shared, needs_consent(scope.role, handling))


async def _company_of(scope: Scope) -> int | None:
    if scope.role is Role.FRANCHISEE:
        return scope.franchisee_id
    if len(scope.store_ids) != 1:
        return None
    [store_id] = scope.store_ids
    return (await get_store(store_id)).franchisee_id


async def contracts() -> list[ContractView]:
    """Every store of another company with what is on record, those without a contract first."""
    stores = [store for store in await all_stores() if store.franchisee_id is not None]
    rows = await sql(NEWEST, [store.id for store in stores])
    known, names = {row["store_id"]: row for row in rows}, await company_names()
    views = [_contract(store, names, known.get(store.id)) for store in stores]
    return sorted(views, key=lambda view: (view.handling is not None, view.store_code))


def _contract(
    store: StoreView, names: dict[int, str], row: dict[str, object] | None
) -> ContractView:
    said = row or {}
    return ContractView(
        store_id=store.id,
        store_code=store.code,
        store_name=store.name,
        company_id=store.franchisee_id or 0,
        company_name=names.get(store.franchisee_id or 0, ""),
        handling=Handling(str(said["handling"])) if said else None,
        contract_no=str(said.get("contract_no", "")),
        recorded_at=said.get("recorded_at"),  # type: ignore[arg-type]
    )


async def handlers_of(member_id: int) -> list[HandlerView]:
    """The companies whose stores a member dealt with, and those they left, by name."""
    partings = {
        row.company_id: row.parted_at
        for row in await Parting.filter(member_id=member_id, back_at=None)
    }
    dealt = {row["store_id"] for row in await sql(DEALT_WITH, member_id)}
    by_company: dict[int, list[ContractView]] = {one: [] for one in partings}
    for view in await contracts():
        if view.store_id in dealt or view.company_id in partings:
            by_company.setdefault(view.company_id, []).append(view)
    names = await company_names()
    found = [
        _handler(code, names[company_id], by_company[company_id], partings.get(company_id))
        for code, company_id in (await franchisee_ids()).items()
        if company_id in by_company
    ]
    return sorted(found, key=lambda handler: handler.name)


def _handler(
    code: str, name: str, views: list[ContractView], parted_at: datetime | None
) -> HandlerView:
    recorded = [view.handling for view in views if view.handling is not None]
    is_all = len(recorded) == len(views)
    handling = handling_of(Role.STORE_MANAGER, recorded, is_all_recorded=is_all)
    shared = shared_with(Role.STORE_MANAGER, handling)
    told = tuple(one for one in Shared if one in shared and parted_at is None)
    return HandlerView(code, name, handling, told, parted_at)


async def has_parted(member_id: int, store_id: int) -> bool:
    """Whether a member has left the company that owns this store."""
    company_id = (await get_store(store_id)).franchisee_id
    if company_id is None:
        return False
    return await Parting.exists(member_id=member_id, company_id=company_id, back_at=None)


async def stores_of_company(company_id: int) -> list[int]:
    """The ids of its stores, ascending."""
    return sorted(one.id for one in await all_stores() if one.franchisee_id == company_id)
