import asyncio

import pytest

from core.database import sql
from tests.scenes.orders import a_payment, an_order, money_for
from trade.orders.errors import OrderCannotMove, OrderNotFound
from trade.orders.queries import OrderState, OrderView, order_of, timeline_of
from trade.orders.service import is_in_hand, mark_done, mark_shipped, note_progress
from trade.payments.service import settle

pytestmark = pytest.mark.usefixtures("db")
BY = {"cause": "shipment:D1", "actor": "guide:3"}


async def a_paid_order() -> OrderView:
    order = await an_order()
    await settle(await money_for(await a_payment(order)))
    return order


async def test_an_order_is_shipped_once_and_received_once_and_done_is_told_once() -> None:
    order = await a_paid_order()

    shipped = [await mark_shipped(order_id=order.id, **BY) for _ in range(2)]
    done = await asyncio.gather(*(mark_done(order_id=order.id, **BY) for _ in range(3)))

    steps = [(step.action, step.cause, step.actor) for step in await timeline_of(order.id)]
    assert (shipped, sorted(done)) == ([True, False], [False, False, True])
    assert (await order_of(order.id)).state is OrderState.DONE
    assert steps[-2:] == [("ship", *BY.values()), ("confirm", *BY.values())]


async def test_an_order_handed_over_in_the_store_is_done_without_a_parcel() -> None:
    order = await a_paid_order()

    assert await mark_done(order_id=order.id, **BY)

    assert [step.action for step in await timeline_of(order.id)][-1] == "hand_over"


async def test_an_order_that_is_not_paid_neither_leaves_nor_arrives() -> None:
    order = await an_order()

    for work in (mark_shipped, mark_done):
        with pytest.raises(OrderCannotMove):
            await work(order_id=order.id, **BY)
        with pytest.raises(OrderNotFound):
            await work(order_id=0, **BY)
    with pytest.raises(OrderCannotMove):
        await note_progress(order_id=order.id, action="part_ship", **BY)


async def test_a_part_that_left_is_a_step_that_moves_nothing_but_is_remembered() -> None:
    order = await a_paid_order()
    before = await is_in_hand(order.id)

    await note_progress(order_id=order.id, action="part_ship", **BY)

    assert (before, await is_in_hand(order.id)) == (False, True)
    assert (await order_of(order.id)).state is OrderState.PAID
    assert len(await sql("SELECT FROM orders_timeline WHERE action = 'part_ship'")) == 1
