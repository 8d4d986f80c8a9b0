"""Asking and closing at a WeChat Pay that plays along: the sandbox's."""

import pytest

from core import clock
from sandbox.world import World
from tests.scene import tell_everyone
from tests.scenes.orders import (
    an_order,
    member_scope,
    overdue,
)
from tests.scenes.payments import a_sheet, confirm, goes_wrong, there
from trade.orders.errors import OrderCannotMove, OrderNotFound
from trade.orders.queries import CloseReason, OrderState, order_of
from trade.orders.service import close_order
from trade.payments.errors import (
    AlreadyPaid,
    PaymentUnclear,
)
from trade.payments.models import Payment
from trade.payments.queries import (
    PaymentState,
)
from trade.payments.service import (
    ask_payment,
    cancel_order,
    expire_order,
    owe_expiries,
    owe_questions,
)
from trade.stock.queries import held_orders

pytestmark = pytest.mark.usefixtures("db")


async def test_a_lost_notice_is_made_good_by_asking(world: World) -> None:
    order = await an_order()
    confirm(world, await a_sheet(world, order))
    await owe_questions()
    await tell_everyone()
    not_yet = (await order_of(order.id)).state
    await Payment.all().update(ask_at=clock.now())
    await owe_questions()
    await tell_everyone()

    assert (not_yet, (await order_of(order.id)).state) == (OrderState.PLACED, OrderState.PAID)


async def test_questions_come_ever_more_rarely(world: World) -> None:
    await a_sheet(world, await an_order())
    waits = []
    for _ in range(3):
        payment = await Payment.get()
        assert payment.ask_at is not None
        waits.append(round((payment.ask_at - payment.created_at).total_seconds()))
        await Payment.all().update(ask_at=clock.now())
        await owe_questions()

    assert waits == [15, 30, 60]


async def test_an_overdue_order_is_closed_there_and_here(world: World) -> None:
    order = await an_order()
    sheet = await a_sheet(world, order)
    await overdue(order)
    await owe_expiries()
    await tell_everyone()

    assert there(world, sheet.payment_no) == "CLOSED"
    assert (await Payment.get()).state is PaymentState.CLOSED
    after = await order_of(order.id)
    assert (after.state, after.close_reason) == (OrderState.CLOSED, CloseReason.EXPIRED)
    assert await held_orders() == set()


async def test_an_overdue_order_that_was_paid_is_believed(world: World) -> None:
    order = await an_order()
    confirm(world, await a_sheet(world, order))
    await overdue(order)
    await expire_order(order_id=order.id)

    assert (await order_of(order.id)).state is OrderState.PAID


async def test_an_order_without_a_payment_expires_by_itself() -> None:
    order = await an_order()
    await overdue(order)
    await expire_order(order_id=order.id)

    assert (await order_of(order.id)).state is OrderState.CLOSED


async def test_an_odd_payment_keeps_its_order_open_for_a_person(world: World) -> None:
    order = await an_order()
    confirm(world, await a_sheet(world, order))
    await Payment.all().update(app_id="wx-another")
    await overdue(order)
    with pytest.raises(PaymentUnclear):
        await expire_order(order_id=order.id)

    assert (await Payment.get()).state is PaymentState.PARKED
    assert (await order_of(order.id)).state is OrderState.PLACED


@pytest.mark.parametrize("call", ["GET /v3/pay", "close"])
async def test_stock_stays_reserved_while_wechat_does_not_answer(world: World, call: str) -> None:
    order = await an_order()
    await a_sheet(world, order)
    await overdue(order)
    goes_wrong(world, call, "http500")
    with pytest.raises(PaymentUnclear):
        await expire_order(order_id=order.id)
    unclear = (await order_of(order.id)).state
    await expire_order(order_id=order.id)

    assert unclear is OrderState.PLACED
    assert (await order_of(order.id)).state is OrderState.CLOSED


async def test_cancelling_closes_the_payment_first(world: World) -> None:
    order = await an_order()
    sheet = await a_sheet(world, order)
    first, again = [await cancel_order(member_scope(), order_id=order.public_id) for _ in range(2)]

    assert first == again
    assert (again.state, again.close_reason) == (OrderState.CLOSED, CloseReason.CANCELLED)
    assert there(world, sheet.payment_no) == "CLOSED"
    with pytest.raises(OrderNotFound):
        await cancel_order(member_scope(8), order_id=order.public_id)


async def test_cancelling_what_was_paid_meanwhile_keeps_the_sale(world: World) -> None:
    order = await an_order()
    confirm(world, await a_sheet(world, order))
    with pytest.raises(AlreadyPaid):
        await cancel_order(member_scope(), order_id=order.public_id)
    with pytest.raises(OrderCannotMove):
        await cancel_order(member_scope(), order_id=order.public_id)

    assert (await order_of(order.id)).state is OrderState.PAID


async def test_a_payment_nobody_needs_is_closed_when_it_is_asked_about(world: World) -> None:
    order = await an_order()
    sheet = await a_sheet(world, order)
    await close_order(order_id=order.id, reason=CloseReason.CANCELLED, actor="head_office:1")
    await ask_payment(payment_id=(await Payment.get()).id)

    assert there(world, sheet.payment_no) == "CLOSED"
    assert (await Payment.get()).state is PaymentState.CLOSED
