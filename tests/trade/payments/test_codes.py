"""Codes at the counter: one that we show (native), and one that we scan (付款码)."""

import asyncio
import logging
from typing import Any

import pytest

from core.database import sql
from core.security.scope import Role, Scope
from sandbox import pay_codes, pay_ledger, pay_phone
from sandbox.world import World
from tests.scene import tell_everyone
from tests.scenes.payments import a_sheet, confirm, goes_wrong, there
from tests.scenes.tenders import a_purse, a_sale, by_hand, customers, from_purse
from trade.orders.errors import OrderNotFound
from trade.orders.queries import OrderState, OrderView, order_of
from trade.payments import gateway
from trade.payments.errors import (
    AlreadyPaid,
    BadPayCode,
    OrderNotPayable,
    PayCodeRefused,
    PaymentUnclear,
    TenderKeyReused,
)
from trade.payments.models import Payment, Refund
from trade.payments.queries import Method, PaymentState, PaymentView
from trade.payments.service import (
    ask_payment,
    cancel_order,
    expire_order,
    owe_questions,
    pay_by_code,
    refund,
    show_code,
)
from trade.payments.service.closing import close_payment

pytestmark = pytest.mark.usefixtures("db")


def cashier(order: OrderView) -> Scope:
    return Scope(Role.GUIDE, staff_id=3, store_ids=frozenset({order.store_id}))


async def scanned(
    world: World, order: OrderView, *, manner: str = "free", key: str = "scan-1"
) -> PaymentView:
    code = pay_codes.show(world, "u1", manner=manner)
    return await pay_by_code(cashier(order), order_id=order.public_id, auth_code=code, key=key)


async def age(payment: PaymentView, seconds: int) -> None:
    """As if the payment had begun so long ago."""
    await sql(
        "UPDATE payments_payment SET created_at = created_at - $2 * interval '1 second',"
        " ask_at = now() WHERE payment_no = $1",
        *(payment.payment_no, seconds),
    )


async def ask(payment: PaymentView) -> None:
    await ask_payment(payment_id=(await Payment.get(payment_no=payment.payment_no)).id)


async def state_of(payment: PaymentView) -> PaymentState:
    return (await Payment.get(payment_no=payment.payment_no)).state


async def test_whoever_scans_the_code_pays(world: World) -> None:
    order = await a_sale()
    first, again = [await show_code(cashier(order), order_id=order.public_id) for _ in range(2)]
    pay_phone.scan(world, "u2", first.code_url)
    await ask_payment(payment_id=(await Payment.get()).id)
    paid = await Payment.get()

    assert (first, first.amount_fen) == (again, 10_000)
    assert (await order_of(order.id)).state is OrderState.PAID
    assert paid.method is Method.WECHAT_NATIVE
    assert paid.open_id  # who it was is known now


async def test_a_scanned_code_is_paid_at_once(world: World) -> None:
    order = await a_sale()
    paid = await scanned(world, order)
    again = await scanned(world, order)

    assert (paid.state, paid.method) == (PaymentState.PAID, Method.WECHAT_CODE)
    assert again == paid
    assert (await order_of(order.id)).state is OrderState.PAID
    assert len(world.collection("pay_orders")) == 1


async def test_a_customer_who_has_to_confirm_is_waited_for(world: World) -> None:
    order = await a_sale()
    waiting = await scanned(world, order, manner="asks")
    await ask(waiting)
    unpaid = await state_of(waiting)
    pay_codes.confirm(world, "u1")
    await age(waiting, 6)
    await owe_questions()
    await tell_everyone()

    assert (waiting.state, unpaid) == (PaymentState.PREPAID, PaymentState.PREPAID)
    assert await state_of(waiting) is PaymentState.PAID


async def test_a_code_that_nobody_confirms_is_taken_back(world: World) -> None:
    order = await a_sale()
    waiting = await scanned(world, order, manner="asks")
    await age(waiting, 46)
    await owe_questions()
    await tell_everyone()

    assert await state_of(waiting) is PaymentState.CLOSED
    assert there(world, waiting.payment_no) == "REVOKED"
    with pytest.raises(pay_phone.PhoneRefusal):
        pay_codes.confirm(world, "u1")
    paid = await scanned(world, order, key="scan-2")
    assert paid.state is PaymentState.PAID


@pytest.mark.parametrize("has_paid", [True, False])
async def test_a_lost_answer_is_asked_about_and_never_sent_again(
    world: World, *, has_paid: bool
) -> None:
    order = await a_sale()
    goes_wrong(world, "codepay", "http500", when="after" if has_paid else "before")
    lost = await scanned(world, order)
    again = await scanned(world, order)
    await age(lost, 6)
    await ask(lost)
    after_asking = await state_of(lost)
    await age(lost, 60)
    await ask(lost)

    assert (lost.state, again.state) == (PaymentState.UNKNOWN, PaymentState.UNKNOWN)
    assert len(world.collection("pay_orders")) == int(has_paid)
    if has_paid:
        assert after_asking is PaymentState.PAID
        assert (await order_of(order.id)).state is OrderState.PAID
    else:
        assert after_asking is PaymentState.UNKNOWN
        assert await state_of(lost) is PaymentState.CLOSED


async def test_a_reversal_that_is_not_answered_is_tried_again(world: World) -> None:
    order = await a_sale()
    waiting = await scanned(world, order, manner="asks")
    await age(waiting, 60)
    goes_wrong(world, "reverse", "http500", when="after")
    with pytest.raises(PaymentUnclear):
        await ask(waiting)
    between = await state_of(waiting)
    await ask(waiting)

    assert between is PaymentState.PREPAID
    assert await state_of(waiting) is PaymentState.CLOSED


async def test_money_of_a_reversal_that_was_too_late_goes_back_there(world: World) -> None:
    """Paid between our question and our reversal: the platform gives all of it back."""
    order = await a_sale()
    waiting = await scanned(world, order, manner="asks")
    pay_codes.confirm(world, "u1")
    payment = await Payment.get(payment_no=waiting.payment_no)
    await gateway.reverse(payment.payment_no)

    assert await close_payment(payment)
    assert pay_ledger.balance(world, "person:u1") == 0
    assert (await order_of(order.id)).paid_fen == 0


@pytest.mark.parametrize("manner", ["short", "used"])
async def test_a_code_that_is_refused_may_be_scanned_anew(world: World, manner: str) -> None:
    order = await a_sale()
    code = pay_codes.show(world, "u1", manner="short" if manner == "short" else "free")
    if manner == "used":
        world.collection("pay_codes").clear()
    with pytest.raises(PayCodeRefused):
        await pay_by_code(cashier(order), order_id=order.public_id, auth_code=code, key="scan-1")
    paid = await scanned(world, order, key="scan-2")

    assert paid.state is PaymentState.PAID


async def test_eight_scans_under_one_key_charge_once(world: World) -> None:
    order = await a_sale()
    codes = [pay_codes.show(world, "u1") for _ in range(8)]
    answers = await asyncio.gather(
        *[
            pay_by_code(cashier(order), order_id=order.public_id, auth_code=code, key="scan-1")
            for code in codes
        ],
        return_exceptions=True,
    )
    numbers = {answer.payment_no for answer in answers if isinstance(answer, PaymentView)}

    assert len(numbers) == 1
    assert len(world.collection("pay_orders")) == 1
    assert await Payment.filter(state=PaymentState.PAID).count() == 1


async def test_what_a_counter_may_not_do(world: World) -> None:
    order = await a_sale()
    elsewhere = Scope(Role.GUIDE, staff_id=3, store_ids=frozenset({order.store_id + 1}))
    with pytest.raises(OrderNotFound):
        await show_code(elsewhere, order_id=order.public_id)
    with pytest.raises(OrderNotFound):
        await pay_by_code(elsewhere, order_id=order.public_id, auth_code="1" * 18, key="k")
    for bad in ("", "123", "16" + "0" * 16, "1３" + "0" * 16):
        with pytest.raises(BadPayCode):
            await pay_by_code(cashier(order), order_id=order.public_id, auth_code=bad, key="k")
    await by_hand(order, 10_000, key="k")
    with pytest.raises(TenderKeyReused):
        await pay_by_code(cashier(order), order_id=order.public_id, auth_code="1" * 18, key="k")
    with pytest.raises(OrderNotPayable):
        await show_code(cashier(order), order_id=order.public_id)


async def test_a_pay_code_is_told_to_nobody(world: World, caplog: Any) -> None:
    caplog.set_level(logging.DEBUG)
    order = await a_sale()
    code = pay_codes.show(world, "u1")
    await pay_by_code(cashier(order), order_id=order.public_id, auth_code=code, key="scan-1")
    rows = await sql("SELECT row_to_json(p)::text AS row FROM payments_payment AS p")

    assert code not in caplog.text
    assert all(code not in row["row"] for row in rows)
    assert code not in str(world.collection("pay_orders"))


async def test_a_sheet_for_more_than_is_due_is_closed(world: World) -> None:
    """A purse pays a part while the phone holds a sheet for all: the sheet is replaced."""
    await a_purse(3_000)
    order = await a_sale()
    old = await a_sheet(world, order)
    await from_purse(order, 3_000)
    await tell_everyone()
    new = await a_sheet(world, order)

    assert there(world, old.payment_no) == "CLOSED"
    confirm(world, new)
    await ask_payment(payment_id=(await Payment.get(payment_no=new.payment_no)).id)
    assert (await order_of(order.id)).state is OrderState.PAID
    assert await customers() == 0


async def test_a_code_replaces_the_sheet_and_not_when_that_was_paid(world: World) -> None:
    order, other = await a_sale(), await a_sale()
    old = await a_sheet(world, order)
    await scanned(world, order)
    confirm(world, await a_sheet(world, other))
    with pytest.raises(AlreadyPaid):
        await scanned(world, other)

    assert there(world, old.payment_no) == "CLOSED"
    assert (await order_of(other.id)).state is OrderState.PAID


async def test_cancelling_with_part_money_and_a_sheet_gives_the_part_back(world: World) -> None:
    await a_purse(3_000)
    order = await a_sale()
    await from_purse(order, 3_000)
    sheet = await a_sheet(world, order)
    scope = Scope(Role.MEMBER, member_id=order.member_id)
    after = await cancel_order(scope, order_id=order.public_id)
    await tell_everyone()

    assert after.state is OrderState.CLOSED
    assert there(world, sheet.payment_no) == "CLOSED"
    assert [row.amount_fen for row in await Refund.all()] == [3_000]


async def test_a_code_under_way_when_the_time_is_over_is_taken_back(world: World) -> None:
    order = await a_sale()
    waiting = await scanned(world, order, manner="asks")
    await sql("UPDATE orders_order SET expires_at = now() - interval '1 minute'")
    await expire_order(order_id=order.id)

    assert await state_of(waiting) is PaymentState.CLOSED
    assert (await order_of(order.id)).state is OrderState.CLOSED


async def test_a_code_payment_is_refunded_like_any_other(world: World) -> None:
    order = await a_sale()
    await scanned(world, order)
    await refund(order_id=order.id, amount_fen=400, reason="退货", key="r")
    await tell_everyone()

    assert [row.state for row in await Refund.all()] == ["processing"]
