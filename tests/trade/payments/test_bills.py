"""Bills of WeChat Pay: checked, read strictly, kept once, and asked for until they are there."""

from datetime import date, timedelta

import pytest

from core.database import sql
from sandbox.world import World
from tests.scenes.bills import (
    a_paid_payment,
    a_past_day,
    differences,
    merchant,
    noon,
    paid_there,
    rows_like,
    spoil,
    ten_past_ten,
    the_bill,
)
from tests.scenes.payments import goes_wrong
from trade.payments.bills.errors import BillMisread, BillUnclear, DayNotOver
from trade.payments.bills.fetching import fetch_bill, want_bill, want_bills
from trade.payments.bills.models import Bill, BillLine
from trade.payments.bills.reconciling import reconcile_day
from trade.payments.bills.rules import BillState
from trade.payments.models import Payment

pytestmark = pytest.mark.usefixtures("db")


async def a_bill(world: World, day: date) -> int:
    world.set_now(ten_past_ten(day))
    return await want_bill(merchant(), day, at=ten_past_ten(day))


async def test_a_bill_is_wanted_for_each_day_since_the_first_payment(world: World) -> None:
    day = a_past_day()
    await a_paid_payment(world, at=noon(day - timedelta(days=2)))

    assert await want_bills(ten_past_ten(day) - timedelta(hours=1)) == 2
    assert await want_bills(ten_past_ten(day)) == 1
    assert await want_bills(ten_past_ten(day)) == 0
    assert await Bill.all().order_by("day").values_list("day", flat=True) == [
        day - timedelta(days=2),
        day - timedelta(days=1),
        day,
    ]


async def test_a_bill_is_kept_once(world: World) -> None:
    day = a_past_day()
    number, transaction_id, fen = await a_paid_payment(world, at=noon(day))
    bill_id = await a_bill(world, day)
    for again in (False, False, True):
        await fetch_bill(bill_id=bill_id, again=again)

    [line] = await BillLine.all()
    bill = await the_bill(day)
    assert (line.payment_no, line.transaction_id, line.amount_fen) == (number, transaction_id, fen)
    assert (bill.state, bill.rows, bill.paid_fen) == (BillState.LOADED, 1, fen)
    assert (await reconcile_day(bill.mch_id, day)).open == 0


async def test_a_bill_that_changed_replaces_its_lines(world: World) -> None:
    day = a_past_day()
    await a_paid_payment(world, at=noon(day))
    bill_id = await a_bill(world, day)
    await fetch_bill(bill_id=bill_id)
    paid_there(world, "P-late", "4200000000000000000000009999", 500, noon(day, minutes=1))
    await fetch_bill(bill_id=bill_id, again=True)

    assert await BillLine.all().count() == 2
    assert (await the_bill(day)).rows == 2


async def test_before_ten_there_is_no_bill_and_it_is_asked_for_again(world: World) -> None:
    day = a_past_day()
    await a_paid_payment(world, at=noon(day))
    with pytest.raises(DayNotOver):
        await want_bill(merchant(), day, at=ten_past_ten(day) - timedelta(hours=1))
    bill_id = await want_bill(merchant(), day, at=ten_past_ten(day))
    world.set_now(ten_past_ten(day) - timedelta(hours=1))
    await fetch_bill(bill_id=bill_id, at=ten_past_ten(day))
    assert (await the_bill(day)).state is BillState.WANTED
    world.set_now(ten_past_ten(day))
    await fetch_bill(bill_id=bill_id)

    assert (await the_bill(day)).state is BillState.LOADED


async def test_a_day_without_money_has_no_bill(world: World) -> None:
    day = a_past_day()
    bill_id = await a_bill(world, day)
    await fetch_bill(bill_id=bill_id, at=ten_past_ten(day))
    assert (await the_bill(day)).state is BillState.WANTED
    await fetch_bill(bill_id=bill_id, at=ten_past_ten(day) + timedelta(hours=9))

    assert (await the_bill(day)).state is BillState.EMPTY


async def test_money_of_ours_without_a_bill_is_found_after_three_days(world: World) -> None:
    day = a_past_day()
    _, transaction_id, _ = await a_paid_payment(None, at=noon(day))
    bill_id = await a_bill(world, day)
    await fetch_bill(bill_id=bill_id, at=ten_past_ten(day) + timedelta(hours=9))
    assert (await the_bill(day)).state is BillState.WANTED
    await fetch_bill(bill_id=bill_id, at=ten_past_ten(day) + timedelta(days=3))
    bill = await the_bill(day)
    await reconcile_day(bill.mch_id, day)

    assert bill.state is BillState.EMPTY
    assert await differences(day) == {("payment_only_here", "whole", transaction_id)}


@pytest.mark.parametrize("kind", ["wrong_hash", "truncated", "elsewhere"])
async def test_a_download_that_cannot_be_believed_is_tried_again(world: World, kind: str) -> None:
    day = a_past_day()
    await a_paid_payment(world, at=noon(day))
    bill_id = await a_bill(world, day)
    spoil(world, day, {"kind": kind})
    with pytest.raises(BillUnclear):
        await fetch_bill(bill_id=bill_id)
    assert not await BillLine.exists()
    spoil(world, day)
    await fetch_bill(bill_id=bill_id)

    assert (await the_bill(day)).state is BillState.LOADED


@pytest.mark.parametrize("kind", ["cut_and_hashed", "wrong_day"])
async def test_a_bill_that_is_not_as_agreed_is_refused_with_its_line(
    world: World, kind: str
) -> None:
    day = a_past_day()
    for _ in range(3):
        await a_paid_payment(world, at=noon(day))
    bill_id = await a_bill(world, day)
    spoil(world, day, {"kind": kind})
    with pytest.raises(BillMisread) as refused:
        await fetch_bill(bill_id=bill_id)

    bill = await the_bill(day)
    assert bill.state is BillState.REFUSED
    assert bill.said == f"line {refused.value.facts['line']}: {refused.value.facts['why']}"
    assert not await BillLine.exists()


@pytest.mark.parametrize("kind", ["http500", "unsigned", "wrong_signature", "429"])
async def test_an_answer_that_is_none_is_asked_for_again(world: World, kind: str) -> None:
    day = a_past_day()
    await a_paid_payment(world, at=noon(day))
    bill_id = await a_bill(world, day)
    goes_wrong(world, "GET /v3/bill/tradebill", kind)
    with pytest.raises(BillUnclear):
        await fetch_bill(bill_id=bill_id)
    await fetch_bill(bill_id=bill_id)

    assert (await the_bill(day)).state is BillState.LOADED


@pytest.mark.parametrize("kind", ["http500", "reset"])
async def test_a_download_that_breaks_is_tried_again(world: World, kind: str) -> None:
    day = a_past_day()
    await a_paid_payment(world, at=noon(day))
    bill_id = await a_bill(world, day)
    goes_wrong(world, "GET /v3/billdownload/file", kind)
    with pytest.raises(BillUnclear):
        await fetch_bill(bill_id=bill_id)
    await fetch_bill(bill_id=bill_id)

    assert (await the_bill(day)).state is BillState.LOADED


async def test_ten_thousand_lines_are_compared_in_a_row(world: World) -> None:
    day, lines = a_past_day(), 10_000
    await a_paid_payment(world, at=noon(day))
    first = await Payment.all().first()
    assert first is not None
    ours = []
    for index in range(1, lines):
        number, transaction_id = f"PM{index:08}", f"43{index:026}"
        at = noon(day) + timedelta(seconds=index)
        paid_there(world, number, transaction_id, 1_000 + index, at)
        ours.append(
            {
                "id": first.id + index,
                "payment_no": number,
                "transaction_id": transaction_id,
                "amount_fen": 1_000 + index,
                "paid_at": at,
                "order_id": index + 1_000_000,
            }
        )
    await rows_like("payments_payment", first.id, ours)
    await sql("ANALYZE payments_payment")
    await fetch_bill(bill_id=await a_bill(world, day))
    bill = await the_bill(day)
    compared = await reconcile_day(bill.mch_id, day)

    assert (compared.rows, compared.open) == (lines, 0)
    assert compared.ours_paid_fen == compared.theirs_paid_fen
