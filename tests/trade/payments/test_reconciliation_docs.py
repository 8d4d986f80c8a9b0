"""The worked day of docs/why/reconciliation.md, played; and every code the page has to name."""

import re
from datetime import date
from pathlib import Path

import pytest

from core.database import sql
from core.settings import current
from sandbox.world import World
from tests.scenes.bills import (
    a_paid_payment,
    a_past_day,
    merchant,
    noon,
    paid_there,
    refunded_there,
    rows_like,
    ten_past_ten,
)
from trade.payments.bills.fetching import fetch_bill, want_bill
from trade.payments.bills.models import Difference
from trade.payments.bills.reconciling import reconcile_day
from trade.payments.bills.rules import Aspect, Kind
from trade.payments.models import Payment, Refund
from trade.payments.service import refund

PAGE = (Path(__file__).parents[3] / "docs/why/reconciliation.md").read_text(encoding="utf-8")
ROW = re.compile(
    r"\| ([PQR]\d)(?: of P1)? \| (?:(\w+) (\d+))? ?\| (?:SUCCESS (\d+))?.*\| (?:`(.+)`)? ?\|"
)


def worked() -> list[tuple[str, str, int, int, str]]:
    """(name, our state, our fen, their fen, the difference) of each row of the worked day."""
    return [
        (name, state, int(ours or 0), int(theirs or 0), difference)
        for name, state, ours, theirs, difference in ROW.findall(PAGE)
    ]


def test_the_page_names_every_code() -> None:
    for code in [*Kind, *Aspect]:
        assert code is Aspect.WHOLE or f"`{code.value}`" in PAGE, code


def test_the_sums_of_the_page_are_right() -> None:
    payments = [row for row in worked() if row[0][0] in "PQ"]
    ours = sum(fen for _, state, fen, _, _ in payments if state == "paid")
    theirs = sum(fen for _, _, _, fen, _ in payments)

    assert len(worked()) == 9
    assert (ours, theirs) == (59_900, 54_400)
    assert f"= {ours} paid" in PAGE
    assert f"= {theirs}. The two totals differ by {ours - theirs}" in PAGE


@pytest.mark.usefixtures("db")
async def test_the_worked_day_comes_out_as_the_page_says(world: World) -> None:
    day = a_past_day()
    await play(world, day)
    world.set_now(ten_past_ten(day))
    await fetch_bill(bill_id=await want_bill(merchant(), day, at=ten_past_ten(day)))
    compared = await reconcile_day(merchant(), day)

    assert compared.ours_paid_fen == 59_900
    assert compared.theirs_paid_fen == 54_400
    found = {row.subject[:2]: row.kind.value for row in await Difference.all()}
    assert found == {name: kind for name, _, _, _, kind in worked() if kind}
    assert current().pay is not None


async def play(world: World, day: date) -> None:
    number, _, fen = await a_paid_payment(None, at=noon(day))
    assert fen == 39_900
    first = await Payment.get(payment_no=number)
    await refund(order_id=first.order_id or 0, amount_fen=100, reason="样例", key="like")
    like = await Refund.get()
    for index, (name, state, ours, theirs, _) in enumerate(worked(), start=1):
        if name[0] == "R":
            await play_refund(world, day, first, like.id + index, worked()[index - 1])
            continue
        made = f"{name}00000000{index}"
        if theirs:
            paid_there(world, made, made, theirs, noon(day))
        is_paid = state == "paid"
        row = {
            "id": first.id + index,
            "payment_no": made,
            "transaction_id": made if is_paid else None,
            "amount_fen": ours,
            "refunding_fen": 0,
            "order_id": 1_000_000 + index,
            "state": state,
            "paid_at": noon(day) if is_paid else None,
        }
        if ours:
            await rows_like("payments_payment", first.id, [row])
    await sql("DELETE FROM payments_refund WHERE id = $1", like.id)
    await sql("UPDATE payments_payment SET mch_id = 'another' WHERE id = $1", first.id)


async def play_refund(
    world: World, day: date, first: Payment, row_id: int, row: tuple[str, str, int, int, str]
) -> None:
    name, _, ours, theirs, _ = row
    like, at = await Refund.all().order_by("id").first(), noon(day)
    assert like is not None
    number = f"{name}0000000000"
    [of_p1] = await sql("SELECT id, payment_no FROM payments_payment WHERE payment_no LIKE 'P1%'")
    if theirs:
        refunded_there(world, of_p1["payment_no"], number, theirs, at)
    made = {
        "id": row_id,
        "refund_no": number,
        "request_key": number,
        "payment_id": of_p1["id"],
        "amount_fen": ours,
        "state": "settled",
        "settled_at": at,
        "created_at": at,
    }
    if ours:
        await rows_like("payments_refund", like.id, [made])
    assert first.id != of_p1["id"]
