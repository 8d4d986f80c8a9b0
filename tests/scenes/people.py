"""Set the scene: members, whom they belong to, groups; and a WeChat that plays along."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from itertools import count
from typing import Any

from app.credentials import shop_settings, world_config
from core import clock
from core.security.scope import Role, Scope
from core.settings import Settings, configure
from crm.people import identities
from crm.people.models import Binding, CustomerGroup, Member
from crm.people.rules import CONSENT_TEXTS, IdKind, Purpose
from crm.people.service import give_consent
from sandbox import codes
from sandbox.config import Config
from sandbox.server import running
from sandbox.world import World
from tests.scenes.stores import a_member_of_staff
from trade.stores.models import Staff, Store

serial = count(1)
SHOP = "http://shop"
SHOPPERS = [
    {"id": "u1", "name": "林晓", "phone": "13800138000"},
    {"id": "u2", "name": "周舟", "phone": "13900138000"},
    {"id": "u4", "name": "许念", "phone": "13700137000", "has_union_id": False},
    {"id": "u3", "name": "何远", "phone": "+852-91234567"},
]


async def a_member(*, guide: Staff | None = None) -> Member:
    """Somebody who joined earlier; with `guide`, bound to them."""
    member = await Member.create(joined_at=clock.now())
    if guide is not None:
        store_id = guide.store_id or 0
        at = clock.now()
        await Binding(member_id=member.id, guide_id=guide.id, store_id=store_id, bound_at=at).save()
    return member


async def with_phone(member: Member, phone: str = "13800138000") -> Member:
    """Their number, which they agreed to leave, found again by all of it and by its end."""
    assert await identities.add(
        member.id, IdKind.PHONE, phone, source="test", verified_at=clock.now()
    )
    version = CONSENT_TEXTS[Purpose.PHONE].version
    await give_consent(member_id=member.id, purpose=Purpose.PHONE, version=version, how="test")
    return member


async def with_open_id(member: Member, app_id: str, open_id: str) -> Member:
    """Somebody who comes by an app."""
    assert await identities.add(
        member.id, IdKind.OPEN_ID, open_id, realm=app_id, source="test", verified_at=clock.now()
    )
    return member


async def a_group(owner: Staff, *, name: str = "静安店会员群") -> CustomerGroup:
    return await CustomerGroup.create(
        chat_id=f"wr{next(serial):08}",
        name=name,
        owner_guide_id=owner.id,
        store_id=owner.store_id,
        seen_at=clock.now(),
    )


async def a_mate_of(guide: Staff, role: Role = Role.GUIDE) -> Staff:
    """Somebody else who works in the same store."""
    return await a_member_of_staff(role, store=await Store.get(id=guide.store_id))


def scope_of(staff: Staff) -> Scope:
    """What a guide or a store manager may see."""
    stores = frozenset({staff.store_id} if staff.store_id else ())
    return Scope(staff.role, staff_id=staff.id, store_ids=stores)


def head_office() -> Scope:
    return Scope(Role.HEAD_OFFICE, staff_id=9_999)


@asynccontextmanager
async def played(
    settings: Settings, secrets: dict[str, Any], *, members: Sequence[str] = ()
) -> AsyncIterator[World]:
    """The sandbox on a free port, and the shop told to find everything outside there.

    `members` are the user ids of the corp's people.
    """
    config = {"mode": "test", "users": SHOPPERS, **world_config(secrets, shop_url=SHOP)}
    config["corps"][0]["members"] = [{"userid": name, "name": name} for name in members]
    async with running(Config.model_validate(config)) as world:
        given = shop_settings(secrets, world=world.http, smtp_port=9)
        there = settings.model_dump() | given | {"public_url": SHOP}
        configure(Settings.model_validate(there))
        yield world


def login_code(world: World, user_id: str = "u1") -> str:
    """What `wx.login` gives a phone."""
    [app] = [app for app in world.apps.values() if app.kind == "mini_program"]
    return codes.give(world, "login", owner=app.app_id, user_id=user_id)


def phone_code(world: World, user_id: str = "u1") -> str:
    """What the phone button gives."""
    [app] = [app for app in world.apps.values() if app.kind == "mini_program"]
    return codes.give(world, "phone", owner=app.app_id, user_id=user_id)
