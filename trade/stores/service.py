"""What can be done with stores and staff. One public function is one use case."""

import asyncio
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass

from tortoise.expressions import Subquery

from core import clock
from core.database import use_case
from core.outbox import publish
from core.security.scope import Role
from core.security.sessions import end_sessions_of, open_session
from core.upsert import Upserted, upsert
from trade.stores import keys
from trade.stores.errors import LoginRefused, LoginTaken, StaffNotFound, StoreNotFound
from trade.stores.events import StaffLeft
from trade.stores.models import Franchisee, Staff, Store, StoreKey, TaxEntity
from trade.stores.passwords import hash_password, is_password
from trade.stores.rules import StoreKind


@dataclass(frozen=True, slots=True)
class TaxEntityDraft:
    code: str
    tax_no: str
    name: str
    address: str
    phone: str
    bank_account: str
    drawer: str


@dataclass(frozen=True, slots=True)
class FranchiseeDraft:
    code: str
    name: str


@dataclass(frozen=True, slots=True)
class StoreDraft:
    code: str
    name: str
    kind: StoreKind
    region: str
    city: str
    address: str
    phone: str
    hours: str
    latitude: float
    longitude: float
    has_till: bool
    is_open: bool
    tax_entity_id: int
    franchisee_id: int | None


@dataclass(frozen=True, slots=True)
class StaffDraft:
    user_id: str
    name: str
    display_name: str
    role: Role
    store_id: int | None
    franchisee_id: int | None
    login: str | None
    is_active: bool


@dataclass(frozen=True, slots=True)
class SignedInStaff:
    """`token` is shown this once."""

    token: str
    staff_id: int
    role: Role


@use_case
async def put_tax_entities(drafts: Iterable[TaxEntityDraft]) -> Upserted:
    """Add or correct tax entities by code. Doing it again changes nothing."""
    return await upsert(TaxEntity, map(asdict, drafts), by=["code"])


@use_case
async def put_franchisees(drafts: Iterable[FranchiseeDraft]) -> Upserted:
    """Add or correct franchisees by code. Doing it again changes nothing."""
    return await upsert(Franchisee, map(asdict, drafts), by=["code"])


@use_case
async def put_stores(drafts: Iterable[StoreDraft]) -> Upserted:
    """Add or correct stores by code. Doing it again changes nothing.

    A store that cannot sign its receipts yet gets a key.
    """
    done = await upsert(Store, map(asdict, drafts), by=["code"])
    for store in await Store.exclude(id__in=Subquery(StoreKey.all().values("store_id"))):
        await keys.make(store.id)
    return done


@use_case
async def renew_receipt_key(store_id: int) -> int:
    """Give a store a new key, which signs from now on; codes under the old one stay readable.

    Answers its `kid`. Raises StoreNotFound.
    """
    if not await Store.filter(id=store_id).exists():
        raise StoreNotFound(store_id=store_id)
    return await keys.make(store_id)


@use_case
async def put_staff(drafts: Sequence[StaffDraft]) -> Upserted:
    """Add or correct staff by WeCom user id. Who is not active any more is logged out and told of.

    A login is given to a new person only; later `set_password` alone changes it.
    Doing it again changes nothing and tells nobody.
    """
    leaving = [draft.user_id for draft in drafts if not draft.is_active]
    leavers = await Staff.filter(user_id__in=leaving, is_active=True) if leaving else []
    done = await upsert(Staff, map(asdict, drafts), by=["user_id"], once=["login"])
    for leaver in leavers:
        await end_sessions_of(staff_id=leaver.id)
        await publish(StaffLeft(staff_id=leaver.id, at=clock.now()))
    return done


async def set_password(*, user_id: str, login: str, password: str) -> None:
    """Give a member of staff a login for the console; the last one said counts.

    Raises StaffNotFound, LoginTaken.
    """
    hashed = await asyncio.to_thread(hash_password, password)
    await _keep_password(user_id, login, hashed)


@use_case
async def _keep_password(user_id: str, login: str, hashed: str) -> None:
    if await Staff.filter(login=login).exclude(user_id=user_id).exists():
        raise LoginTaken(login=login)
    staff = Staff.filter(user_id=user_id, is_active=True)
    if not await staff.update(login=login, password_hash=hashed):
        raise StaffNotFound(user_id=user_id)


@use_case
async def sign_in_staff(user_id: str) -> SignedInStaff:
    """Log in whom WeCom has named.

    Raises LoginRefused for a stranger and for somebody who has left.
    """
    staff = await Staff.get_or_none(user_id=user_id, is_active=True)
    if staff is None:
        raise LoginRefused
    return await _signed_in(staff, "wecom")


async def sign_in_with_password(login: str, password: str) -> SignedInStaff:
    """Log in to the console. An unknown login takes as long as a wrong password.

    Raises LoginRefused.
    """
    staff = await Staff.get_or_none(login=login, is_active=True)
    stored = staff.password_hash if staff else None
    fits = await asyncio.to_thread(is_password, password, stored)
    if staff is None or not fits:
        raise LoginRefused
    return await _signed_in(staff, "console")


async def _signed_in(staff: Staff, label: str) -> SignedInStaff:
    token = await open_session(role=staff.role, staff_id=staff.id, label=label)
    return SignedInStaff(token, staff.id, staff.role)
