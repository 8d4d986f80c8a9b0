"""The auditor on bills: a clean day finds nothing, each corruption is named."""

import pytest
from tortoise.transactions import in_transaction

from core.audit import checks
from core.database import sql
from sandbox.world import World
from tests.scenes.bills import (
    a_paid_payment,
    a_past_day,
    merchant,
    noon,
    paid_there,
    ten_past_ten,
)
from trade.payments.bills.fetching import fetch_bill, want_bill
from trade.payments.bills.reconciling import reconcile_day

pytestmark = pytest.mark.usefixtures("db")

CORRUPTIONS = {
    "bills.missing": [
        "UPDATE bills_bill SET state = 'wanted', day = day - 5",
        "UPDATE bills_bill SET state = 'refused', day = day - 5",
    ],
    "bills.sums": [
        "DELETE FROM bills_line WHERE line_no = 2",
        "UPDATE bills_line SET amount_fen = amount_fen + 1 WHERE line_no = 2",
        "UPDATE bills_line SET fee_mfen = 0",
        "UPDATE bills_bill SET rows = rows + 1",
        "UPDATE bills_bill SET paid_fen = paid_fen - 1",
        "UPDATE bills_bill SET refunded_fen = 1",
    ],
    "bills.left_open": ["UPDATE bills_difference SET found_at = now() - interval '4 days'"],
}


class _Undo(Exception): ...


async def findings() -> set[str]:
    return {name for name, work in checks.items() if name.startswith("bills.") and await work()}


async def named_after(statement: str) -> set[str]:
    named: set[str] = set()
    try:
        async with in_transaction():
            await sql("SET LOCAL session_replication_role = replica")
            await sql("ALTER TABLE bills_bill DROP CONSTRAINT bills_bill_loaded_check")
            await sql(statement)
            named = await findings()
            raise _Undo
    except _Undo:
        return named


async def test_every_corruption_of_bills_is_named(world: World) -> None:
    day = a_past_day()
    for _ in range(2):
        await a_paid_payment(world, at=noon(day))
    paid_there(world, "SOMEBODY-ELSE", "4200000000000000000000000042", 100, noon(day))
    world.set_now(ten_past_ten(day))
    await fetch_bill(bill_id=await want_bill(merchant(), day, at=ten_past_ten(day)))
    await reconcile_day(merchant(), day)
    assert await findings() == set()
    missed = [
        statement
        for wanted, statements in CORRUPTIONS.items()
        for statement in statements
        if wanted not in await named_after(statement)
    ]

    assert missed == []
