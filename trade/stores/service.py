"""What can be done with stores and staff. One public function is one use case."""

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from tortoise.expressions import Subquery

from core import clock
from core.audit_log import record
from core.database import use_case
from core.outbox import publish
from core.security.scope import Role
from core.security.sessions import end_sessions_of, open_session
from core.upsert import Upserted, upsert
from trade.stores import keys
from trade.stores.errors import (
    BadHours,
    LoginRefused,
    LoginTaken,
    NotLendable,
    StaffNotFound,
    StoreNotFound,
)
from trade.stores.events import StaffLeft
from trade.stores.hours import Spans
from trade.stores.models import Franchisee, Staff, Store, StoreKey, TaxEntity
from trade.stores.passwords import hash_password, is_password
from trade.stores.rules import OWNED_BY_OTHERS, StoreKind


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
    for store in await Store.exclude(
        id__in=Subquery(StoreKey.filter(device="").values("store_id"))
    ):
        await keys.make(store.id)
    return done


@dataclass(frozen=True, slots=True)
class DeliveryTerms:
    """How a store gets goods to people. `city_radius_m` 0: not within its city."""

    offers_pickup: bool
    offers_express: bool
    city_radius_m: int = 0
    city_fee_fen: int = 0
    city_minimum_fen: int = 0


@use_case
async def set_deliveries(store_id: int, terms: DeliveryTerms, *, actor: str) -> None:
    """Say which deliveries a store offers, store by store. Raises StoreNotFound."""
    await _correct(store_id, asdict(terms))
    await record(actor, "stores.deliveries_set", f"store:{store_id}", **asdict(terms))


@use_case
async def set_hours(
    store_id: int, *, week: Sequence[Spans], special: Mapping[date, Spans], actor: str
) -> None:
    """Say when a store is open: seven days from Monday, and days that are different.

    Raises BadHours, StoreNotFound.
    """
    spans = [span for day in (*week, *special.values()) for span in day]
    if len(week) != 7 or not all(0 <= begin < 1440 and 0 <= end <= 1440 for begin, end in spans):
        raise BadHours
    days = {day.isoformat(): [list(span) for span in each] for day, each in special.items()}
    said = [[list(span) for span in day] for day in week]
    await _correct(store_id, {"week": said, "special_days": days})
    await record(actor, "stores.hours_set", f"store:{store_id}", special=len(days))


@use_case
async def set_lending(store_id: int, *, lends_stock: bool, actor: str) -> None:
    """The owner of a store says whether its goods also serve other stores' orders.

    Raises StoreNotFound, and NotLendable for a store of the brand, which always does.
    """
    store = await Store.get_or_none(id=store_id)
    if store is not None and store.kind not in OWNED_BY_OTHERS:
        raise NotLendable(store_code=store.code)
    await _correct(store_id, {"lends_stock": lends_stock})
    await record(actor, "stores.lending_set", f"store:{store_id}", lends=int(lends_stock))


async def _correct(store_id: int, facts: dict[str, Any]) -> None:
    if not await Store.filter(id=store_id).update(**facts):
        raise StoreNotFound(store_id=store_id)


@use_case
async def renew_receipt_key(store_id: int) -> int:
    """Give a store a new key, which signs from now on; codes under the old one stay readable.

    Answers its `kid`. Raises StoreNotFound.
    """
    if not await Store.filter(id=store_id).exists():
        raise StoreNotFound(store_id=store_id)
    return await keys.make(store_id)


@use_case
async def make_device_key(store_id: int, *, device: str) -> int:
    """A key for a device in a store, as `box:12`; it signs from now on, older ones stay readable.

    Answers its `kid`. Raises StoreNotFound.
    """
    if not device or not await Store.filter(id=store_id).exists():
        raise StoreNotFound(store_id=store_id)
    return await keys.make(store_id, device=device)


@use_case
async def refuse_device_keys(device: str) -> int:
    """A device was stolen: codes under any of its keys are refused from now on. Answers how many
    keys ended; doing it again ends none."""
    keys_of_it = StoreKey.filter(device=device, refused_at=None).exclude(device="")
    return await keys_of_it.update(refused_at=clock.now())


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
