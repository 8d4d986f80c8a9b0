"""A paid order: the credit for a guide, a message, each exactly once."""

import pytest

from core.ledger import Account, AccountKind, balance
from core.outbox import OutboxRow
from core.security.scope import Role
from crm.people.audit import every_paid_order_has_its_credit
from crm.people.models import Attribution, MessageIntent
from crm.people.queries import earnings_of
from crm.people.rules import Why
from crm.people.service import attribute_sale, bind_guide
from tests.scene import tell_everyone
from tests.scenes.orders import (
    a_payment,
    a_shelf,
    an_order,
    money_for,
    some_rates,
)
from tests.scenes.people import a_group, a_member
from tests.scenes.stores import a_franchisee, a_member_of_staff, a_store
from trade.orders.queries import OrderView
from trade.orders.service import Source
from trade.payments.service import settle
from trade.settlement.queries import shares_of
from trade.stores.models import Staff
from trade.stores.queries import get_store

pytestmark = pytest.mark.usefixtures("db")


async def a_sale(guide: Staff | None, *, source: Source | None = None) -> OrderView:
    """A member of `guide`, if given, buys for 399.00 in the guide's store, and pays."""
    await some_rates()
    store_id = guide.store_id if guide else None
    shelf = await a_shelf(store_id=store_id)
    member = await a_member(guide=guide)
    order = await an_order(shelf, member_id=member.id, source=source)
    await settle(await money_for(await a_payment(order)))
    return order


def commission_of(guide: Staff) -> Account:
    return Account(AccountKind.COMMISSION, f"staff:{guide.id}")


async def test_the_guide_who_looks_after_the_member_gets_the_credit() -> None:
    guide = await a_member_of_staff()
    order = await a_sale(guide)
    await tell_everyone()
    credit = await Attribution.get(order_no=order.order_no)

    assert (credit.guide_id, credit.why, credit.rule) == (guide.id, Why.BINDING, "v1")
    assert await balance(commission_of(guide)) == 1_197
    assert await every_paid_order_has_its_credit() == []


async def test_the_source_on_the_order_wins_over_the_binding() -> None:
    bound, sharer = await a_member_of_staff(), await a_member_of_staff()
    group = await a_group(sharer)
    order = await a_sale(bound, source=Source(sharer.id, sharer.store_id or 0, group.id))
    await tell_everyone()
    credit = await Attribution.get(order_no=order.order_no)

    assert (credit.guide_id, credit.group_id, credit.why) == (sharer.id, group.id, Why.SOURCE)
    assert await balance(commission_of(sharer)) == 1_197
    assert await balance(commission_of(bound)) == 0


async def test_a_sale_nobody_brought_credits_nobody_and_tells_nobody() -> None:
    order = await a_sale(None)
    await tell_everyone()

    assert (await Attribution.get(order_no=order.order_no)).why is Why.NOBODY
    assert not await MessageIntent.exists()


async def test_a_binding_made_after_the_payment_changes_nothing() -> None:
    early, late = await a_member_of_staff(), await a_member_of_staff()
    order = await a_sale(early)
    assert order.member_id is not None
    await bind_guide(member_id=order.member_id, guide_id=late.id, store_id=late.store_id or 0)
    await tell_everyone()
    await attribute_sale(order_id=order.id, at=order.placed_at)

    assert (await Attribution.get(order_no=order.order_no)).guide_id == early.id


async def test_a_franchisee_gets_a_share_of_a_sale_in_their_store() -> None:
    owner = await a_franchisee()
    guide = await a_member_of_staff(store=await a_store(franchisee=owner))
    await a_sale(guide)
    await tell_everyone()

    assert await shares_of(owner.id) == 27_930


async def test_the_franchisee_is_told_once_of_a_share_and_nobody_else_is() -> None:
    owner, other = await a_franchisee(), await a_franchisee()
    person = await a_member_of_staff(Role.FRANCHISEE, franchisee=owner)
    _ = await a_member_of_staff(Role.FRANCHISEE, franchisee=other)
    order = await a_sale(await a_member_of_staff(store=await a_store(franchisee=owner)))
    await tell_everyone()
    await attribute_sale(order_id=order.id, at=order.placed_at)
    [message] = await MessageIntent.filter(key__startswith="share:")

    assert message.staff_id == person.id
    assert "成交 ¥399.00，您的分账 ¥279.30" in message.text


async def test_the_guide_is_told_once_and_reads_nothing_personal() -> None:
    guide = await a_member_of_staff()
    order = await a_sale(guide)
    await tell_everyone()
    await attribute_sale(order_id=order.id, at=order.placed_at)
    [message] = await MessageIntent.filter(key__startswith="sale:")
    owed = await OutboxRow.filter(name="bot.deliver").count()

    assert message.staff_id == guide.id
    place, tail = (await get_store(order.store_id)).name, order.order_no[-6:]
    assert message.text == f"您的顾客在{place}下单 ¥399.00，订单尾号 {tail}。"
    assert owed == 2  # and the store's task


async def test_a_guide_sees_what_today_brought_and_why() -> None:
    guide = await a_member_of_staff()
    await a_sale(guide)
    await tell_everyone()
    earned = await earnings_of(guide.id)

    assert (earned.today_fen, earned.balance_fen) == (1_197, 1_197)
    assert [sale.commission_fen for sale in earned.sales] == [1_197]
    assert "佣金 +11.97 元" in earned.explained[0]


async def test_the_auditor_names_an_order_whose_points_are_not_what_it_earned() -> None:
    order = await a_sale(None)
    await tell_everyone()
    await Attribution.filter(order_no=order.order_no).update(points=1)
    found = await every_paid_order_has_its_credit()

    assert [finding.key for finding in found] == [f"order:{order.order_no}"]
