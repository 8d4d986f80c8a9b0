"""Set the scene: a store that sells over a page, its keys, and a clerk at it."""

from itertools import count
from typing import Any

from core.security.scope import Role, Scope
from devices.counter.queries import SaleView
from devices.counter.service import (
    DepartmentDraft,
    Line,
    Money,
    RingUp,
    put_department,
    ring_up,
)
from tests.scenes.stores import a_member_of_staff, a_store
from trade.payments.service import Method
from trade.stores.models import Staff, Store

serial = count(1)
OFFICE = Scope(Role.HEAD_OFFICE, staff_id=1)
GROCERY, SERVICE = "1030201990000000000", "3040202000000000000"


async def some_departments() -> None:
    """日用 at 13 % and 服务 at 6 %, of every store."""
    await put_department(OFFICE, DepartmentDraft("daily", "日用百货", GROCERY, 1300))
    await put_department(OFFICE, DepartmentDraft("service", "服务", SERVICE, 600, unit="次"))


async def a_clerk(store: Store | None = None, role: Role = Role.GUIDE) -> Scope:
    """Somebody who sells in a store with departments."""
    place = store or await a_store()
    await some_departments()
    staff = await a_member_of_staff(role, store=place)
    return Scope(role, staff_id=staff.id, store_ids=frozenset({place.id}))


def store_of(clerk: Scope) -> int:
    [store_id] = clerk.store_ids
    return store_id


def typed(fen: int, quantity: int = 1, **more: Any) -> Line:
    return Line(**{"quantity": quantity, "department": "daily", "price_fen": fen, **more})


def wish(clerk: Scope, *lines: Line, **more: Any) -> RingUp:
    """Typed lines sold for cash that fits, unless said otherwise."""
    total = sum((line.price_fen or 0) * line.quantity for line in lines)
    expected = more.get("expected_fen", total)
    facts: dict[str, Any] = {
        "key": f"sale-{next(serial):08}",
        "expected_fen": expected,
        "money": (Money(Method.CASH, expected, expected),),
    }
    return RingUp(store_id=store_of(clerk), lines=lines, **{**facts, **more})


async def a_counter_sale(clerk: Scope, *lines: Line, **more: Any) -> SaleView:
    return await ring_up(clerk, wish(clerk, *(lines or (typed(1_250),)), **more))


async def a_sale_over_the_counter(store: Store, guide: Staff) -> str:
    """The public id of what this guide sold there for cash."""
    await some_departments()
    clerk = Scope(Role.GUIDE, staff_id=guide.id, store_ids=frozenset({store.id}))
    return (await a_counter_sale(clerk)).public_id
