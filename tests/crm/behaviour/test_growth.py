"""Growth: the numbers of a small shop whose sums one can do in one's head, and the page of them."""

from datetime import timedelta

import pytest
from httpx2 import AsyncClient

from core import clock
from core.security.scope import Role
from crm.behaviour.pages.panels import load
from crm.behaviour.queries import Growth, growth_of
from crm.behaviour.service import Batch, Told, take_steps
from crm.people.models import Member
from tests.scene import tell_everyone
from tests.scenes.console import enter
from tests.scenes.orders import a_payment, a_shelf, an_order, money_for, some_rates
from tests.scenes.people import a_member, head_office
from tests.scenes.reach import a_reachable_member
from tests.scenes.stores import a_member_of_staff
from trade.orders.models import Order
from trade.payments.service import settle

pytestmark = pytest.mark.usefixtures("db")
PAGE = "/console/growth"


async def a_buyer(member: Member, *, group_id: int | None = None) -> int:
    """Buys for 399.00 in a store of their own; answers what was paid."""
    order = await an_order(await a_shelf(), member_id=member.id)
    await Order.filter(id=order.id).update(group_id=group_id)
    await settle(await money_for(await a_payment(order)))
    await tell_everyone()
    return order.payable_fen


async def a_month() -> Growth:
    last = clock.shop_day(clock.now())
    return await growth_of(last - timedelta(days=29), last)


async def test_numbers_add_up_and_the_formula_is_their_product() -> None:
    await some_rates()
    buyer, looker = await a_reachable_member(), await a_reachable_member()
    _ = await a_reachable_member()
    silent, old = await a_member(), await a_member()
    now = clock.now()
    await Member.filter(id=buyer.id).update(entrance="store")
    await Member.filter(id=looker.id).update(entrance="social")
    await Member.filter(id=old.id).update(joined_at=now - timedelta(days=40))
    paid = await a_buyer(buyer, group_id=31) + await a_buyer(silent)
    step = Told("1", "visit", now)
    await take_steps(Batch("phone-0123456789abcdef", now, (step,), looker.id))

    growth = await a_month()

    assert (growth.members, growth.joined, growth.joined_before) == (5, 4, 1)
    came = {one.entrance: (one.joined, one.bought, one.spent_fen) for one in growth.entrances}
    assert came["store"] == (1, 1, paid // 2)
    assert came["social"] == (1, 0, 0)
    assert (growth.reachable, growth.channels, growth.in_touch) == (3, {"phone": 3}, 2)
    sales = growth.sales
    assert (sales.orders, sales.buyers, sales.paid_fen, sales.stores) == (2, 2, paid, 2)
    assert (sales.basket_fen, sales.group_bp, sales.by_store_fen) == (paid // 2, 5_000, paid // 2)
    assert growth.relation_bp == 6_666
    assert growth.formula_fen == 2 * paid // 2
    assert sum(n for _, n in growth.months) == 5
    assert growth.stages["active"] == 2


async def test_a_shop_without_anybody_has_zeros_and_no_division_fails() -> None:
    growth = await a_month()

    assert (growth.members, growth.relation_bp, growth.life_fen, growth.formula_fen) == (0,) * 4
    assert (growth.sales.basket_fen, growth.sales.group_bp, growth.sales.by_store_fen) == (0,) * 3


async def test_the_page_shows_any_window_in_both_languages(client: AsyncClient) -> None:
    await enter(client, await a_member_of_staff(Role.HEAD_OFFICE))
    member = await a_member()
    await Member.filter(id=member.id).update(entrance="store")

    for days in ("", "7", "365", "9" * 5_000, "-1", "²", "x"):
        assert (await client.get(PAGE, params={"days": days})).status_code == 200
    zh = await client.get(PAGE)
    en = await client.get(PAGE, params={"lang": "en"})

    assert "/console/segments/new?trait=people.entrance&amp;value=store" in zh.text
    assert "增长公式" in zh.text
    assert "Where new members come from" in en.text


async def test_a_journey_stands_on_the_page_of_a_member() -> None:
    await some_rates()
    member = await a_member()
    await a_buyer(member)

    shown = await load(head_office(), member.id, "zh")

    assert [step.zh for step in shown["steps"]][:1] == ["支付"]
    assert shown["portrait"] is None
