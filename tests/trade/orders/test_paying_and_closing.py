import asyncio
from datetime import timedelta

import pytest

from core import clock
from core.ledger import Account, AccountKind, balance
from core.outbox import OutboxRow
from core.security.scope import Role, Scope
from tests.scenes.orders import MEMBER, a_shelf, an_order, member_scope, overdue
from tests.scenes.stores import a_store
from trade.orders.errors import BadCursor, OrderNotFound
from trade.orders.models import Order
from trade.orders.queries import (
    CloseReason,
    OrderState,
    OrderView,
    Source,
    find_order,
    order_for,
    order_of,
    orders_for,
    overdue_orders,
    timeline_of,
)
from trade.orders.service import book_refund, close_order, take_money
from trade.stock.queries import availability, held_orders

pytestmark = pytest.mark.usefixtures("db")


async def pay(order: OrderView, payment_no: str = "P1") -> bool:
    return await take_money(
        order_id=order.id, payment_no=payment_no, amount_fen=order.payable_fen, at=clock.now()
    )


async def on_hand(order: OrderView) -> int:
    line = order.lines[0]
    return (await availability([line.sku_id], [order.store_id]))[
        line.sku_id, order.store_id
    ].on_hand


async def sales_of(order: OrderView) -> int:
    return await balance(Account(AccountKind.SALES, f"store:{order.store_id}"))


async def test_a_paid_order_has_its_goods_its_sale_and_its_news() -> None:
    order = await an_order()
    took = await pay(order)
    paid = await order_of(order.id)

    assert took
    assert (paid.state, paid.paid_fen) == (OrderState.PAID, order.payable_fen)
    assert await on_hand(order) == 9
    assert await held_orders() == set()
    assert await sales_of(order) == -order.payable_fen
    assert [step.action for step in await timeline_of(order.id)] == ["place", "pay"]
    told = await OutboxRow.filter(payload__contains={"paid_fen": order.payable_fen})
    assert all(row.payload["order_no"] == order.order_no for row in told)


async def test_eight_at_once_pay_an_order_once() -> None:
    order = await an_order()
    answers = await asyncio.gather(*[pay(order) for _ in range(8)])

    assert answers == [True] * 8
    assert await on_hand(order) == 9
    assert len(await timeline_of(order.id)) == 2


async def test_a_second_payment_is_not_wanted() -> None:
    order = await an_order()
    await pay(order)

    assert not await pay(order, "P2")
    assert await on_hand(order) == 9


async def test_more_than_is_due_pays_nothing() -> None:
    order = await an_order()
    too_much = order.payable_fen + 1
    at = clock.now()

    assert not await take_money(order_id=order.id, payment_no="P1", amount_fen=too_much, at=at)
    after = await order_of(order.id)
    assert (after.state, after.paid_fen) == (OrderState.PLACED, 0)
    with pytest.raises(OrderNotFound):
        await take_money(order_id=0, payment_no="P1", amount_fen=1, at=at)


async def test_closing_gives_the_stock_back_once() -> None:
    order = await an_order()
    first = await close_order(order_id=order.id, reason=CloseReason.CANCELLED, actor="member:7")
    again = await close_order(order_id=order.id, reason=CloseReason.CANCELLED, actor="member:7")

    assert (first, again) == (True, False)
    assert await held_orders() == set()
    [_, step] = await timeline_of(order.id)
    assert (step.action, step.cause, step.actor) == ("close", "cancelled", "member:7")


async def test_an_order_expires_only_when_its_time_is_over() -> None:
    order = await an_order()
    early = await close_order(order_id=order.id, reason=CloseReason.EXPIRED)
    none_yet = await overdue_orders()
    await overdue(order)

    assert (early, none_yet) == (False, [])
    assert await overdue_orders() == [order.id]
    assert await close_order(order_id=order.id, reason=CloseReason.EXPIRED)


async def test_late_money_revives_an_expired_order_whose_goods_are_there() -> None:
    order = await an_order(await a_shelf(units=1))
    await overdue(order)
    await close_order(order_id=order.id, reason=CloseReason.EXPIRED)
    took = await pay(order)
    revived = await order_of(order.id)

    assert took
    assert (revived.state, revived.close_reason) == (OrderState.PAID, None)
    assert await on_hand(order) == 0
    assert [step.action for step in await timeline_of(order.id)] == ["place", "close", "revive"]


async def test_late_money_is_not_wanted_when_the_goods_are_gone() -> None:
    shelf = await a_shelf(units=1)
    late = await an_order(shelf)
    await overdue(late)
    await close_order(order_id=late.id, reason=CloseReason.EXPIRED)
    await an_order(shelf)

    assert not await pay(late)
    after = await order_of(late.id)
    assert (after.state, after.paid_fen) == (OrderState.CLOSED, 0)
    assert await sales_of(late) == 0


async def test_late_money_does_not_undo_a_cancellation() -> None:
    order = await an_order()
    await close_order(order_id=order.id, reason=CloseReason.CANCELLED, actor="member:7")

    assert not await pay(order)
    assert (await order_of(order.id)).state is OrderState.CLOSED


async def test_a_pay_and_an_expiry_at_once_leave_one_truth() -> None:
    orders = [await an_order() for _ in range(6)]
    for order in orders:
        await overdue(order)
    await asyncio.gather(
        *[pay(order, f"P{order.id}") for order in orders],
        *[close_order(order_id=order.id, reason=CloseReason.EXPIRED) for order in orders],
    )

    assert {(await order_of(order.id)).state for order in orders} == {OrderState.PAID}
    assert {await on_hand(order) for order in orders} == {9}
    assert await held_orders() == set()


async def test_a_full_refund_closes_the_order_and_puts_the_goods_back() -> None:
    order = await an_order()
    await pay(order)
    half = order.payable_fen // 2
    for _ in range(2):
        await book_refund(order_id=order.id, refund_no="R1", refund_fen=half)
    partly = await order_of(order.id)
    rest = order.payable_fen - half
    for _ in range(2):
        await book_refund(order_id=order.id, refund_no="R2", refund_fen=rest)
    after = await order_of(order.id)

    assert partly.state is OrderState.PAID
    assert (after.state, after.close_reason) == (OrderState.CLOSED, CloseReason.REFUNDED)
    assert await on_hand(order) == 10
    assert await sales_of(order) == 0
    assert not await pay(order, "P2")


async def test_who_may_see_an_order() -> None:
    order = await an_order(source=Source(guide_id=3, store_id=4))
    here, elsewhere = frozenset({order.store_id}), frozenset({(await a_store()).id})
    sees = {
        "member": member_scope(MEMBER),
        "manager": Scope(Role.STORE_MANAGER, staff_id=1, store_ids=here),
        "guide": Scope(Role.GUIDE, staff_id=3, store_ids=here),
        "franchisee": Scope(Role.FRANCHISEE, staff_id=2, store_ids=here),
        "head office": Scope(Role.HEAD_OFFICE, staff_id=9),
    }
    strangers = {
        "other member": member_scope(8),
        "nobody": Scope(Role.MEMBER),
        "other store": Scope(Role.STORE_MANAGER, staff_id=1, store_ids=elsewhere),
        "no store": Scope(Role.STORE_MANAGER, staff_id=1),
        "other guide": Scope(Role.GUIDE, staff_id=4, store_ids=here),
    }

    for who, scope in sees.items():
        assert (await order_for(scope, order.public_id)).id == order.id, who
        assert len((await orders_for(scope)).items) == 1, who
    for who, scope in strangers.items():
        with pytest.raises(OrderNotFound):
            await order_for(scope, order.public_id)
        assert (await orders_for(scope)).items == (), who


async def test_orders_come_by_pages_newest_first() -> None:
    shelf = await a_shelf()
    placed = [(await an_order(shelf)).public_id for _ in range(5)]
    seen: list[str] = []
    cursor, pages = None, 0
    while pages == 0 or cursor:
        page = await orders_for(member_scope(), cursor=cursor, limit=2)
        seen += [order.public_id for order in page.items]
        cursor, pages = page.next_cursor, pages + 1

    assert (seen, pages) == (placed[::-1], 3)
    with pytest.raises(BadCursor):
        await orders_for(member_scope(8), cursor=placed[0])


async def test_an_order_is_found_by_its_number() -> None:
    order = await an_order()

    assert await find_order(order.order_no) == order
    assert await find_order("0") is None
    with pytest.raises(OrderNotFound):
        await order_of(0)


async def test_paid_at_is_when_the_money_came() -> None:
    order = await an_order()
    at = clock.now() - timedelta(minutes=3)
    await take_money(order_id=order.id, payment_no="P1", amount_fen=order.payable_fen, at=at)

    assert (await Order.get(id=order.id)).paid_at == at
