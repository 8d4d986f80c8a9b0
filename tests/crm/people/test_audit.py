"""The auditor of people names every row that was tampered with, and nothing in a clean shop."""

from collections.abc import Awaitable, Callable
from datetime import timedelta

import pytest

from core import clock
from core.audit import checks
from core.database import sql
from crm.people.models import Attribution, Binding, Identity, Member, MessageIntent
from crm.people.service import bind_guide
from tests.scene import tell_everyone
from tests.scenes.orders import a_payment, a_shelf, an_order, money_for, some_rates
from tests.scenes.people import a_member, with_phone
from tests.scenes.stores import a_member_of_staff
from trade.orders.queries import OrderView
from trade.payments.service import settle

pytestmark = pytest.mark.usefixtures("db")
Damage = Callable[[OrderView], Awaitable[object]]
LONG_AGO = timedelta(hours=25)


async def a_sale() -> OrderView:
    """A member with a guide, then another one, bought for 399.00; everybody has been told."""
    await some_rates()
    first, second = await a_member_of_staff(), await a_member_of_staff()
    member = await a_member(guide=first)
    await bind_guide(member_id=member.id, guide_id=second.id, store_id=second.store_id or 0)
    order = await an_order(await a_shelf(store_id=second.store_id), member_id=member.id)
    await settle(await money_for(await a_payment(order)))
    await tell_everyone()
    return order


async def found() -> dict[str, list[str]]:
    named = {name: await check() for name, check in checks.items() if name.startswith("people.")}
    return {name: [finding.key for finding in each] for name, each in named.items() if each}


async def test_a_clean_shop_has_no_findings() -> None:
    await a_sale()

    assert await found() == {}


async def other_guide(order: OrderView) -> object:
    return await Attribution.filter(order_no=order.order_no).update(guide_id=None)


async def less_money(order: OrderView) -> object:
    return await Attribution.filter(order_no=order.order_no).update(paid_fen=1)


async def no_credit(order: OrderView) -> object:
    long_ago = clock.now() - LONG_AGO
    await sql("UPDATE orders_order SET paid_at = $2 WHERE id = $1", order.id, long_ago)
    return await Attribution.filter(order_no=order.order_no).delete()


async def late_end(order: OrderView) -> object:
    ended = Binding.filter(member_id=order.member_id, unbound_at__isnull=False)
    return await ended.update(unbound_at=clock.now() + LONG_AGO)


async def half_a_phone(order: OrderView) -> object:
    member = await with_phone(await Member.get(id=order.member_id))
    return await Identity.filter(member_id=member.id).update(tail_index=None)


async def a_forgotten_message(order: OrderView) -> object:
    long_ago = clock.now() - LONG_AGO
    return await MessageIntent.create(
        key="sale:old", staff_id=1, text="您的顾客下单", wanted_at=long_ago
    )


@pytest.mark.parametrize(
    ("damage", "check"),
    [
        (other_guide, "people.attribution"),
        (less_money, "people.attribution"),
        (no_credit, "people.attribution"),
        (late_end, "people.bindings"),
        (half_a_phone, "people.phones"),
        (a_forgotten_message, "people.messages"),
    ],
)
async def test_each_damage_is_named(damage: Damage, check: str) -> None:
    await damage(await a_sale())

    assert check in await found()
