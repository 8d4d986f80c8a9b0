import asyncio
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from core import clock
from core.ledger import Account, AccountKind, balance, house
from core.outbox import OutboxRow
from tests.scenes.orders import (
    a_payment,
    a_shelf,
    an_order,
    money_for,
    overdue,
)
from trade.orders.queries import CloseReason, OrderState, OrderView, order_of
from trade.orders.service import close_order
from trade.payments.errors import AmountDiffers
from trade.payments.models import OddNotice, Payment, Refund
from trade.payments.protocol.notices import PaidFact
from trade.payments.queries import PaymentState, RefundState, payment_of
from trade.payments.service import Settled, register_payment, settle
from trade.stock.queries import availability

pytestmark = pytest.mark.usefixtures("db")


async def money_of_customers() -> int:
    """Below zero: money that came and that no order wanted."""
    return await balance(house(AccountKind.MONEY_CUSTOMER))


async def at_wechat(payment_no: str) -> int:
    payment = await Payment.get(payment_no=payment_no)
    return await balance(Account(AccountKind.MONEY_WECHAT, f"merchant:{payment.mch_id}"))


async def sold(order: OrderView) -> int:
    line = order.lines[0]
    view = (await availability([line.sku_id], [order.store_id]))[line.sku_id, order.store_id]
    return 10 - view.on_hand


async def test_money_pays_its_order_once_however_often_it_is_told() -> None:
    order = await an_order()
    number = await a_payment(order)
    fact = await money_for(number)
    told = [await settle(fact) for _ in range(100)]

    assert told == [Settled.PAID] + [Settled.KNOWN] * 99
    assert (await order_of(order.id)).state is OrderState.PAID
    assert await sold(order) == 1
    assert (await at_wechat(number), await money_of_customers()) == (order.payable_fen, 0)
    view = await payment_of(order.id)
    assert view is not None
    assert (view.state, view.transaction_id, view.has_paid_order) == (
        *(PaymentState.PAID, fact.transaction_id, True),
    )


async def test_eight_tellings_at_once_pay_once() -> None:
    order = await an_order()
    fact = await money_for(await a_payment(order))
    told = await asyncio.gather(*[settle(fact) for _ in range(8)])

    assert sorted(told) == [Settled.KNOWN] * 7 + [Settled.PAID]
    assert await sold(order) == 1


MISFITS: dict[str, Callable[[PaidFact], PaidFact]] = {
    "total_fen": lambda fact: replace(fact, total_fen=fact.total_fen - 1),
    "currency": lambda fact: replace(fact, currency="USD"),
    "mch_id": lambda fact: replace(fact, mch_id="1900000001"),
    "app_id": lambda fact: replace(fact, app_id="wx0000000000000000"),
    "open_id": lambda fact: replace(fact, open_id="o-somebody-else"),
    "trade_state": lambda fact: replace(fact, trade_state="NOTPAY"),
}


@pytest.mark.parametrize("differs_in", MISFITS)
async def test_what_does_not_fit_is_parked_and_never_pays(differs_in: str) -> None:
    order = await an_order()
    number = await a_payment(order)
    fact = await money_for(number)
    odd = MISFITS[differs_in](fact)
    told = [await settle(odd), await settle(odd)]

    assert told == [Settled.PARKED] * 2
    assert (await order_of(order.id)).state is OrderState.PLACED
    assert (await Payment.get(payment_no=number)).state is PaymentState.PARKED
    assert [row.reason for row in await OddNotice.all()] == [differs_in]
    assert await settle(fact) is Settled.PAID


async def test_a_number_that_is_not_ours_is_kept_for_a_person() -> None:
    fact = await money_for(await a_payment(await an_order()))

    assert await settle(replace(fact, payment_no="P-unknown")) is Settled.PARKED
    assert [row.reason for row in await OddNotice.all()] == ["payment_no"]


async def test_one_transaction_cannot_pay_two_orders() -> None:
    mine, theirs = await an_order(), await an_order()
    fact = await money_for(await a_payment(mine))
    other = await money_for(await a_payment(theirs), transaction_id=fact.transaction_id)

    assert await settle(fact) is Settled.PAID
    assert await settle(other) is Settled.PARKED
    assert (await order_of(theirs.id)).state is OrderState.PLACED


async def test_an_odd_telling_after_the_payment_changes_nothing() -> None:
    order = await an_order()
    number = await a_payment(order)
    fact = await money_for(number)
    await settle(fact)

    assert await settle(replace(fact, total_fen=1)) is Settled.PARKED
    assert (await Payment.get(payment_no=number)).state is PaymentState.PAID


async def test_a_second_transaction_of_one_number_goes_back() -> None:
    order = await an_order()
    number = await a_payment(order)
    await settle(await money_for(number))
    second = await money_for(number)
    told = [await settle(second) for _ in range(3)]

    assert told == [Settled.SURPLUS, Settled.KNOWN, Settled.KNOWN]
    refund = await Refund.get()
    assert (refund.amount_fen, refund.state) == (order.payable_fen, RefundState.CREATED)
    assert await money_of_customers() == -order.payable_fen
    assert await sold(order) == 1
    owed = await OutboxRow.filter(name="payments.send_refund")
    assert [row.payload for row in owed] == [{"refund_id": refund.id}]


async def test_late_money_revives_an_expired_order() -> None:
    order = await an_order()
    number = await a_payment(order)
    await overdue(order)
    await close_order(order_id=order.id, reason=CloseReason.EXPIRED)
    await Payment.filter(payment_no=number).update(state=PaymentState.CLOSED)

    assert await settle(await money_for(number)) is Settled.PAID
    assert (await order_of(order.id)).state is OrderState.PAID
    assert not await Refund.exists()


async def test_late_money_for_goods_that_are_gone_goes_back_by_itself() -> None:
    shelf = await a_shelf(units=1)
    order = await an_order(shelf)
    number = await a_payment(order)
    await overdue(order)
    await close_order(order_id=order.id, reason=CloseReason.EXPIRED)
    await an_order(shelf)
    fact = await money_for(number)
    told = [await settle(fact), await settle(fact)]

    assert told == [Settled.SURPLUS, Settled.KNOWN]
    assert (await order_of(order.id)).state is OrderState.CLOSED
    refund = await Refund.get()
    assert (refund.amount_fen, refund.reason) == (order.payable_fen, "订单已关闭")
    payment = await Payment.get(payment_no=number)
    assert (payment.has_paid_order, payment.refunding_fen) == (False, order.payable_fen)


async def test_two_payments_of_one_order_pay_it_once() -> None:
    order = await an_order()
    first = await a_payment(order)
    await Payment.filter(payment_no=first).update(state=PaymentState.CLOSED)
    second = await a_payment(order)
    facts = [await money_for(first), await money_for(second)]
    told = await asyncio.gather(*[settle(fact) for fact in facts])

    assert sorted(told) == [Settled.PAID, Settled.SURPLUS]
    assert await sold(order) == 1
    assert (await Refund.get()).amount_fen == order.payable_fen
    assert await money_of_customers() == -order.payable_fen


async def test_money_and_the_end_of_time_at_once_leave_one_truth() -> None:
    orders = [await an_order() for _ in range(5)]
    facts = [await money_for(await a_payment(order)) for order in orders]
    for order in orders:
        await overdue(order)
    await asyncio.gather(
        *[settle(fact) for fact in facts for _ in range(2)],
        *[close_order(order_id=order.id, reason=CloseReason.EXPIRED) for order in orders],
    )

    assert {(await order_of(order.id)).state for order in orders} == {OrderState.PAID}
    assert {await sold(order) for order in orders} == {1}


async def test_a_payment_is_registered_once_and_for_what_is_due() -> None:
    order = await an_order()
    number = await a_payment(order)
    await a_payment(order, payment_no=number)
    with pytest.raises(AmountDiffers):
        await register_payment(
            order_id=order.id, payment_no=number, open_id="o", total_fen=order.payable_fen + 1
        )
    with pytest.raises(AmountDiffers):
        await a_payment(order, payment_no="P-another")

    assert await Payment.all().count() == 1


async def test_the_moment_of_payment_is_the_platforms() -> None:
    order = await an_order()
    at = clock.now() - timedelta(minutes=2)
    await settle(await money_for(await a_payment(order), at=at))

    assert (await order_of(order.id)).paid_at == at
