"""Paying, asking, closing and refunding at a WeChat Pay that plays along: the sandbox's."""

import asyncio
import json
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest

from core import clock, inbox
from core.jobs import Later
from core.ledger import AccountKind, balance, house
from core.settings import Settings
from sandbox.world import World
from tests.scene import make_due, tell_everyone
from tests.scenes.orders import (
    a_payment,
    a_shelf,
    an_order,
    member_scope,
    money_back,
    money_for,
    overdue,
)
from tests.scenes.payments import a_sheet, confirm, goes_wrong, open_id_of, there
from tests.scenes.people import played
from trade.orders.errors import OrderCannotMove, OrderNotFound
from trade.orders.queries import CloseReason, OrderState, OrderView, order_of
from trade.orders.service import close_order
from trade.payments.errors import (
    AlreadyPaid,
    OrderNotPayable,
    PaymentNotFound,
    PaymentParked,
    PaymentUnclear,
    RefundAmountNotPositive,
    RefundKeyReused,
    RefundTooMuch,
    RefundUnclear,
)
from trade.payments.models import OddNotice, Payment, Refund, Transfer
from trade.payments.protocol.notices import TransferFact
from trade.payments.queries import (
    PaymentState,
    RefundState,
    count_refunds_booked,
    count_transfers_booked,
    refunds_of,
)
from trade.payments.service import (
    Booked,
    TransferBooked,
    ask_payment,
    ask_refund,
    book_refund,
    book_transfer,
    cancel_order,
    expire_order,
    owe_expiries,
    owe_questions,
    refund,
    register_refund,
    register_transfer,
    send_refund,
    settle,
    start_payment,
)
from trade.stock.queries import held_orders

pytestmark = pytest.mark.usefixtures("db")


@pytest.fixture
async def world(settings: Settings, secrets: dict[str, Any]) -> AsyncIterator[World]:
    async with played(settings, secrets) as world:
        yield world


async def pay_for(world: World, order: OrderView) -> None:
    """The order is paid on the phone, and we ask about it."""
    confirm(world, await a_sheet(world, order))
    await ask_payment(payment_id=(await Payment.get(order_id=order.id)).id)


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


async def test_a_parked_payment_is_not_paid_a_second_time(world: World) -> None:
    order = await an_order()
    number = await a_payment(order)
    await settle(await money_for(number, total_fen=1))
    with pytest.raises(PaymentParked):
        await a_sheet(world, order)


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


async def test_a_refund_goes_back_once(world: World) -> None:
    order = await an_order()
    await pay_for(world, order)
    for _ in range(2):
        await refund(order_id=order.id, amount_fen=900, reason="少发一件", key="case-1")
    await tell_everyone()
    row = await Refund.get()
    await world.timetable.advance(world.now() + timedelta(minutes=10))
    await ask_refund(refund_id=row.id)
    await ask_refund(refund_id=row.id)

    assert row.state is RefundState.PROCESSING
    [view] = await refunds_of(order.id)
    assert (view.refund_no, view.state, view.is_of_sale) == (
        *(row.refund_no, RefundState.SETTLED, True),
    )
    assert (await Payment.get()).refunding_fen == 900
    assert await balance(house(AccountKind.MONEY_CUSTOMER)) == 0
    assert await count_refunds_booked() == 1


async def test_all_back_closes_the_order(world: World) -> None:
    order = await an_order()
    await pay_for(world, order)
    payment = await Payment.get(order_id=order.id)
    for part, amount_fen in enumerate((payment.amount_fen - 1, 1)):
        await refund(order_id=order.id, amount_fen=amount_fen, reason="退货", key=f"part-{part}")
    await tell_everyone()
    await world.timetable.advance(world.now() + timedelta(minutes=10))
    for row in await Refund.all():
        await ask_refund(refund_id=row.id)

    after = await order_of(order.id)
    assert (after.state, after.close_reason) == (OrderState.CLOSED, CloseReason.REFUNDED)


async def test_two_refunds_at_once_never_exceed_what_was_paid(world: World) -> None:
    order = await an_order()
    await pay_for(world, order)
    payment = await Payment.get(order_id=order.id)
    most = payment.amount_fen
    answers = await asyncio.gather(
        *[
            refund(order_id=order.id, amount_fen=most // 2 + 1, reason="退货", key=f"tap-{tap}")
            for tap in range(4)
        ],
        return_exceptions=True,
    )

    assert sum(isinstance(answer, RefundTooMuch) for answer in answers) == 3
    assert await Refund.all().count() == 1


async def test_refunds_that_make_no_sense_are_refused(world: World) -> None:
    order, unpaid = await an_order(), await an_order()
    await pay_for(world, order)
    payment = await Payment.get(order_id=order.id)
    with pytest.raises(PaymentNotFound):
        await refund(order_id=unpaid.id, amount_fen=1, reason="退货", key="case-1")
    with pytest.raises(RefundAmountNotPositive):
        await refund(order_id=order.id, amount_fen=0, reason="退货", key="case-1")
    with pytest.raises(RefundTooMuch):
        await refund(
            order_id=order.id, amount_fen=payment.amount_fen + 1, reason="退", key="case-1"
        )
    await refund(order_id=order.id, amount_fen=1, reason="退货", key="case-1")
    with pytest.raises(RefundKeyReused):
        await refund(order_id=order.id, amount_fen=2, reason="退货", key="case-1")


async def test_a_refund_that_is_unclear_is_sent_again_under_its_number(world: World) -> None:
    order = await an_order()
    await pay_for(world, order)
    await refund(order_id=order.id, amount_fen=900, reason="少发一件", key="case-1")
    goes_wrong(world, "POST /v3/refund", "http500", when="after")
    row = await Refund.get()
    with pytest.raises(RefundUnclear):
        await send_refund(refund_id=row.id)
    unclear = await Refund.get()
    await send_refund(refund_id=row.id)

    assert unclear.state is RefundState.UNKNOWN
    assert (await Refund.get()).state is RefundState.PROCESSING
    assert len(world.collection("pay_refunds")) == 1


async def test_a_refund_waits_while_they_are_too_busy(world: World) -> None:
    order = await an_order()
    await pay_for(world, order)
    await refund(order_id=order.id, amount_fen=900, reason="少发一件", key="case-1")
    goes_wrong(world, "POST /v3/refund", "429")
    with pytest.raises(Later):
        await send_refund(refund_id=(await Refund.get()).id)
    await tell_everyone()

    assert (await Refund.get()).state is RefundState.PROCESSING


async def test_a_refund_that_never_reached_them_is_sent_when_asked_about(world: World) -> None:
    order = await an_order()
    await pay_for(world, order)
    await refund(order_id=order.id, amount_fen=900, reason="少发一件", key="case-1")
    await ask_refund(refund_id=(await Refund.get()).id)

    assert (await Refund.get()).state is RefundState.PROCESSING


@pytest.mark.parametrize(
    ("status", "state", "claimed_fen"),
    [("CLOSED", RefundState.CLOSED, 0), ("ABNORMAL", RefundState.ABNORMAL, 900)],
)
async def test_a_refund_that_fails_is_shown_and_not_booked(
    world: World, status: str, state: RefundState, claimed_fen: int
) -> None:
    order = await an_order()
    await pay_for(world, order)
    payment = await Payment.get(order_id=order.id)
    asked = await refund(order_id=order.id, amount_fen=900, reason="少发一件", key="case-1")
    told = money_back(
        payment.payment_no,
        asked.refund_no,
        refund_fen=900,
        total_fen=payment.amount_fen,
        status=status,
        at=None,
    )
    booked = [await book_refund(told) for _ in range(2)]

    assert booked == [Booked.BOOKED, Booked.KNOWN]
    assert ((await Refund.get()).state, (await Payment.get()).refunding_fen) == (
        *(state, claimed_fen),
    )
    assert await count_refunds_booked() == 0


async def test_unwanted_money_goes_back_through_the_same_door(world: World) -> None:
    shelf = await a_shelf(units=1)
    order = await an_order(shelf)
    sheet = await a_sheet(world, order)
    await overdue(order)
    payment = await Payment.get()
    fact = confirm(world, sheet)
    await Payment.all().update(state=PaymentState.CLOSED)
    await expire_order(order_id=order.id)
    await an_order(shelf)
    await settle(
        await money_for(
            payment.payment_no,
            transaction_id=fact["transaction_id"],
            open_id=open_id_of(world),
        )
    )
    await tell_everyone()
    await world.timetable.advance(world.now() + timedelta(minutes=10))
    await ask_refund(refund_id=(await Refund.get()).id)

    assert (await Refund.get()).state is RefundState.SETTLED
    assert await balance(house(AccountKind.MONEY_CUSTOMER)) == 0
    [view] = await refunds_of(order.id)
    assert not view.is_of_sale


async def test_a_refund_told_before_its_payment_is_booked_once_both_are_known() -> None:
    order = await an_order()
    number = await a_payment(order)
    await register_refund(payment_no=number, refund_no="RF1", refund_fen=900)
    await register_refund(payment_no=number, refund_no="RF1", refund_fen=900)
    told = money_back(number, "RF1", refund_fen=900, total_fen=order.payable_fen)
    booked = [await book_refund(told) for _ in range(3)]
    early = await count_refunds_booked()
    await settle(await money_for(number))

    assert booked == [Booked.BOOKED, Booked.KNOWN, Booked.KNOWN]
    assert early == 1
    assert (await order_of(order.id)).state is OrderState.PAID
    assert await balance(house(AccountKind.MONEY_CUSTOMER)) == 0


@pytest.mark.parametrize("differs", ["refund_fen", "total_fen", "mch_id", "payment_no"])
async def test_a_refund_notice_that_does_not_fit_books_nothing(differs: str) -> None:
    order = await an_order()
    number = await a_payment(order)
    await register_refund(payment_no=number, refund_no="RF1", refund_fen=900)
    wrong: dict[str, Any] = {differs: 901 if differs.endswith("fen") else "X"}
    facts = {"refund_fen": 900, "total_fen": order.payable_fen, "payment_no": number, **wrong}
    told = money_back(facts.pop("payment_no"), "RF1", **facts)

    assert await book_refund(told) is Booked.PARKED
    assert [row.reason for row in await OddNotice.all()] == [differs]
    assert await count_refunds_booked() == 0


async def test_a_transfer_is_booked_once() -> None:
    for _ in range(2):
        await register_transfer(bill_no="TB1", amount_fen=101)
    fact = TransferFact("TB1", "133", "SUCCESS", 101, "1900000109", "o", "")
    booked = [await book_transfer(fact) for _ in range(3)]
    odd = [
        await book_transfer(TransferFact("TB1", "133", "FAIL", 101, "m", "o", "")),
        await book_transfer(TransferFact("TB1", "133", "SUCCESS", 1, "m", "o", "")),
        await book_transfer(TransferFact("TB2", "133", "SUCCESS", 101, "m", "o", "")),
    ]

    assert booked == [TransferBooked.BOOKED] + [TransferBooked.KNOWN] * 2
    assert odd == [TransferBooked.PARKED] * 3
    assert (await Transfer.get()).transfer_no == "133"
    assert await count_transfers_booked() == 1


async def test_a_kept_notice_is_believed_once() -> None:
    order = await an_order()
    number = await a_payment(order)
    fact = await money_for(number)
    body = {
        "out_trade_no": number,
        "transaction_id": fact.transaction_id,
        "trade_state": "SUCCESS",
        "amount": {"total": fact.total_fen, "currency": "CNY"},
        "mchid": fact.mch_id,
        "appid": fact.app_id,
        "payer": {"openid": fact.open_id},
        "success_time": "2026-01-01T08:01:40+08:00",
    }
    for key, text in (("a", json.dumps(body)), ("b", json.dumps(body) + " "), ("c", "{}")):
        await inbox.receive("wechat_pay", key, text, {"kind": "transaction"})
    await inbox.receive("wechat_pay", "d", "{}", {"kind": "profitsharing"})
    await tell_everyone()
    await make_due()
    await tell_everyone()

    assert (await order_of(order.id)).state is OrderState.PAID
    assert not await OddNotice.exists()
