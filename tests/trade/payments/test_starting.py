"""A phone that pays at a WeChat Pay that plays along: the sandbox's."""

import asyncio

import pytest

from sandbox.world import World
from tests.scenes.orders import (
    a_payment,
    an_order,
    member_scope,
    money_for,
    overdue,
)
from tests.scenes.payments import a_sheet, confirm, goes_wrong, pay_for
from trade.orders.errors import OrderNotFound
from trade.orders.queries import OrderState, order_of
from trade.payments import gateway
from trade.payments.errors import (
    AlreadyPaid,
    NobodyToPay,
    OrderNotPayable,
    PaymentParked,
    PaymentRefused,
    PaymentUnclear,
)
from trade.payments.models import Payment
from trade.payments.queries import (
    PaymentState,
)
from trade.payments.service import (
    settle,
    start_payment,
)

pytestmark = pytest.mark.usefixtures("db")


async def test_a_phone_pays_with_the_sheet_we_sign(world: World) -> None:
    order = await an_order()
    await pay_for(world, order)
    payment = await Payment.get(order_id=order.id)

    assert payment.state is PaymentState.PAID
    assert (await order_of(order.id)).state is OrderState.PAID


async def test_asking_for_the_sheet_again_is_the_same_payment_signed_anew(world: World) -> None:
    order = await an_order()
    first, again = await a_sheet(world, order), await a_sheet(world, order)

    assert (first.payment_no, first.package) == (again.payment_no, again.package)
    assert first.nonce_str != again.nonce_str
    assert len(world.collection("prepays")) == 1


async def test_eight_taps_on_pay_are_one_payment(world: World) -> None:
    order = await an_order()
    sheets = await asyncio.gather(*[a_sheet(world, order) for _ in range(8)])

    assert len({sheet.payment_no for sheet in sheets}) == 1
    assert await Payment.all().count() == 1
    confirm(world, sheets[-1])


async def test_our_number_is_stored_before_it_is_sent_and_stays_the_same(world: World) -> None:
    order = await an_order()
    goes_wrong(world, "jsapi", "http500", when="after")
    with pytest.raises(PaymentUnclear):
        await a_sheet(world, order)
    unclear = await Payment.get(order_id=order.id)
    sheet = await a_sheet(world, order)

    assert (unclear.state, unclear.payment_no) == (PaymentState.UNKNOWN, sheet.payment_no)
    assert len(world.collection("pay_orders")) == 1
    confirm(world, sheet)


async def test_a_forged_answer_is_no_answer(world: World) -> None:
    order = await an_order()
    goes_wrong(world, "jsapi", "wrong_signature")
    with pytest.raises(PaymentUnclear):
        await a_sheet(world, order)

    assert (await Payment.get()).prepay_id is None


async def test_who_may_not_pay(world: World) -> None:
    order, late = await an_order(), await an_order()
    await overdue(late)
    with pytest.raises(OrderNotFound):
        await start_payment(member_scope(8), order_id=order.public_id, open_id="o")
    with pytest.raises(OrderNotPayable):
        await a_sheet(world, late)
    await pay_for(world, order)
    with pytest.raises(OrderNotPayable):
        await a_sheet(world, order)


async def test_a_payment_that_was_closed_there_gets_a_new_number(world: World) -> None:
    order = await an_order()
    first = await a_sheet(world, order)
    await gateway.close(first.payment_no)
    await Payment.all().update(prepay_id=None)
    with pytest.raises(PaymentUnclear):
        await a_sheet(world, order)
    second = await a_sheet(world, order)

    assert first.payment_no != second.payment_no
    confirm(world, second)


async def test_a_payment_that_was_made_there_is_not_made_again(world: World) -> None:
    order = await an_order()
    confirm(world, await a_sheet(world, order))
    await Payment.all().update(prepay_id=None)
    with pytest.raises(AlreadyPaid):
        await a_sheet(world, order)


async def test_a_payment_they_refuse_is_told_so(world: World) -> None:
    order = await an_order()
    with pytest.raises(PaymentRefused) as refusal:
        await start_payment(member_scope(), order_id=order.public_id, open_id="o-of-nobody")
    with pytest.raises(NobodyToPay):
        await start_payment(member_scope(), order_id=order.public_id, open_id=None)

    assert refusal.value.facts["said"] == "PARAM_ERROR"


async def test_a_parked_payment_is_not_paid_a_second_time(world: World) -> None:
    order = await an_order()
    number = await a_payment(order)
    await settle(await money_for(number, total_fen=1))
    with pytest.raises(PaymentParked):
        await a_sheet(world, order)
