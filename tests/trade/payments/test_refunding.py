"""Refunds at a WeChat Pay that plays along: the sandbox's."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest

from core import clock
from core.database import sql
from core.jobs import Later
from core.ledger import AccountKind, balance, house
from sandbox.world import World
from tests.scene import tell_everyone
from tests.scenes.orders import (
    a_payment,
    a_shelf,
    an_order,
    money_back,
    money_for,
    overdue,
)
from tests.scenes.payments import a_sheet, confirm, goes_wrong, open_id_of, pay_for
from trade.orders.queries import CloseReason, OrderState, order_of
from trade.payments.errors import (
    PaymentNotFound,
    RefundAmountNotPositive,
    RefundKeyReused,
    RefundTooMuch,
    RefundUnclear,
)
from trade.payments.models import OddNotice, Payment, Refund
from trade.payments.queries import (
    PaymentState,
    RefundState,
    count_refunds_booked,
    refunds_of,
    unfunded_refunds,
)
from trade.payments.service import (
    Booked,
    ask_refund,
    book_refund,
    expire_order,
    owe_questions,
    refund,
    register_refund,
    send_refund,
    settle,
)

pytestmark = pytest.mark.usefixtures("db")


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


@pytest.mark.parametrize(
    ("code", "state"),
    [("NOT_ENOUGH", RefundState.CREATED), ("INVALID_REQUEST", RefundState.ABNORMAL)],
)
async def test_a_refused_refund_waits_for_money_or_for_a_person(
    world: World, code: str, state: RefundState
) -> None:
    order = await an_order()
    await pay_for(world, order)
    await refund(order_id=order.id, amount_fen=900, reason="少发一件", key="case-1")
    goes_wrong(world, "POST /v3/refund", f"errcode:{code}")
    await tell_everyone()

    row = await Refund.get()
    assert (row.state, row.said) == (state, code)
    assert (await Payment.get()).refunding_fen == 900


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
    [asked] = await refund(order_id=order.id, amount_fen=900, reason="少发一件", key="case-1")
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


async def test_a_refund_refused_for_lack_of_money_goes_out_once_the_money_is_there(
    world: World,
) -> None:
    order = await an_order()
    await pay_for(world, order)
    await refund(order_id=order.id, amount_fen=900, reason="少发一件", key="case-1")
    goes_wrong(world, "POST /v3/refund", "errcode:NOT_ENOUGH", times=2)
    waits, debts = [], []
    row = await Refund.get()
    for _ in range(3):
        await tell_everyone()
        await row.refresh_from_db()
        waits.append((row.ask_at - clock.now()).total_seconds() // 60 if row.ask_at else None)
        debts.append([(view.refunds, view.fen) for view in await unfunded_refunds()])
        await Refund.all().update(ask_at=clock.now())
        await owe_questions()

    assert debts == [[(1, 900)], [(1, 900)], []]
    assert waits == [0, 0, 1]  # within a minute, then after one more, then two …
    assert (row.state, row.said) == (RefundState.PROCESSING, "PROCESSING")
    assert await Refund.all().count() == 1


async def test_whatever_is_due_is_asked_about_in_one_round(world: World) -> None:
    order = await an_order()
    await pay_for(world, order)
    payment = await Payment.get()
    await sql(
        "INSERT INTO payments_refund (refund_no, request_key, batch_key, payment_id, amount_fen,"
        " reason, state, ask_at) SELECT 'R' || n, n::text, 'many', $1, 1, '', 'processing', now()"
        " FROM generate_series(1, 130) AS n",
        payment.id,
    )
    await owe_questions(batch=50)

    owed = await sql("SELECT count(*) AS n FROM core_outbox WHERE name = 'payments.ask_refund'")
    assert owed[0]["n"] == 130
    assert not await Refund.exists(ask_at__lte=clock.now())
