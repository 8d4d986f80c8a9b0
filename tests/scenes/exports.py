"""Set the scene: who asks for a list, what for, and the file once it is there."""

import csv
import io
from datetime import timedelta
from typing import Any

from core import clock
from core.security.scope import Role, Scope
from crm.exports.queries import Format, Rhythm, Use, export_view
from crm.exports.service import Order, Repeat, repeat_export, want_export
from crm.exports.service.taking import take_file
from crm.people.models import Member
from tests.scene import tell_everyone
from tests.scenes.people import a_member, with_phone
from tests.scenes.stores import a_member_of_staff
from trade.stores.models import Staff
from trade.stores.queries import scope_of_staff

EVERYONE = {"everyone": True}


async def scope_for(staff: Staff) -> Scope:
    return await scope_by_id(staff.id)


async def scope_by_id(staff_id: int) -> Scope:
    found = await scope_of_staff(staff_id)
    assert found is not None
    return found


async def a_clerk(role: Role = Role.MARKETER) -> Scope:
    """Somebody who may ask for lists."""
    return await scope_for(await a_member_of_staff(role))


async def members_with_phones(count: int) -> list[Member]:
    """In the order they joined; the phones end in 0000, 0001 …"""
    found = []
    for number in range(count):
        member = await a_member()
        _ = await with_phone(member, f"1380013{number:04}")
        found.append(member)
    return found


def an_order(**more: Any) -> Order:
    """A masked list of everybody with phone and joining day, as CSV, for a week."""
    facts: dict[str, Any] = {
        "condition": EVERYONE,
        "columns": ("people.phone", "people.joined"),
        "format": Format.CSV,
        "use": Use.SERVICE,
        "reason": "核对售后地址",
        "receiver": "客服主管",
        "keep_days": 7,
    }
    return Order(**{**facts, **more})


async def an_export(scope: Scope, key: str = "once", **more: Any) -> str:
    """Asked for, and worked off as far as it goes by itself."""
    public_id = await want_export(scope=scope, order=an_order(**more), key=key)
    await tell_everyone()
    return public_id


async def state_of(scope: Scope, public_id: str) -> str:
    return (await export_view(scope, public_id)).state.value


async def file_for(scope: Scope, public_id: str) -> bytes:
    """The file, taken."""
    taken = await take_file(scope=scope, public_id=public_id)
    return b"".join([part async for part in taken.parts])


def rows_of(data: bytes) -> list[list[str]]:
    """The rows of a CSV that begins with the mark spreadsheets look for."""
    text = data.decode()
    assert text.startswith("\ufeff")
    return list(csv.reader(io.StringIO(text[1:])))


async def some_exports(office: Staff, *, colleague: Staff) -> dict[str, str]:
    """Lists of head office: one to take, one under way, a schedule; and two a colleague awaits."""
    mine, theirs = await scope_for(office), await scope_for(colleague)
    plain, whole = an_order(columns=("people.joined",)), an_order(is_whole=True)
    found = {"export": await want_export(scope=mine, order=plain, key="export")}
    for name in ("unseen", "doubted"):
        found[name] = await want_export(scope=theirs, order=whole, key=name)
    await tell_everyone()
    found["unwritten"] = await want_export(scope=mine, order=plain, key="unwritten")
    week = Repeat("每周名单", Rhythm(7, 8), clock.shop_day(clock.now()) + timedelta(days=30))
    found["schedule"] = await repeat_export(scope=mine, order=plain, repeat=week)
    return found
