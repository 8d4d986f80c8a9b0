"""200 of 200: whatever is spoilt in the books, in whatever row, the auditor names; clean ones not.

A corruption changes one column of one row, or loses the row, behind the triggers' backs. Those that
the database itself refuses are not counted: nobody can make them.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from random import Random

import pytest
from tortoise.exceptions import BaseORMException
from tortoise.transactions import in_transaction

from core import clock
from core.database import sql
from core.ledger import seal_new
from tests.scene import tell_everyone
from tests.scenes.fulfilment import a_days_work, key, refunds_arrive, sold
from tests.scenes.orders import Shelf
from tests.scenes.trading import MEMBERS, STEPS, a_trading_shop, act, all_findings, end_the_day
from trade.fulfilment.queries import RefundTo
from trade.fulfilment.service import Pieces, RecordReturn, record_return
from trade.orders.queries import Delivery
from trade.stock.service import receive_stock

pytestmark = pytest.mark.usefixtures("db")

# What the auditor vouches for; `-` is the loss of the row. What is left out is nobody's claim:
# names, pictures, remarks, the hour of day, rules of tomorrow.
BOOKS = {
    "core_ledger_account": "balance kind owner -",
    "core_ledger_entry": "amount account_id journal_id -",
    "core_ledger_journal": "cause_kind cause_key at -",
    "core_ledger_lot": "remaining account_id -",
    "core_ledger_hold": "amount kind owner journal_id -",
    "stock_level": "on_hand reserved -",
    "stock_movement": "quantity sku_id store_id cause place -",
    "stock_reservation": "quantity sku_id store_id order_no state -",
    "orders_order": "order_no store_id state goods_fen discount_fen freight_fen payable_fen"
    " paid_fen refunded_fen points_spent -",
    "orders_line": "order_id quantity price_fen discount_fen payable_fen -",
    "orders_money": "order_id payment_no amount_fen -",
    "orders_money_back": "order_id refund_no amount_fen -",
    "orders_timeline": "order_id state -",
    "payments_payment": "order_id amount_fen state has_paid_order refunding_fen -",
    "payments_refund": "payment_id amount_fen state -",
    "payments_top_up": "amount_fen -",
    "promotions_campaign": "used_fen used_times claimed -",
    "promotions_coupon": "order_no state campaign_id -",
    "promotions_use": "order_no ref fen times state -",
    "settlement_sale_credit": "order_id order_no store_id guide_id franchisee_id paid_fen"
    " commission_bp share_bp commission_fen share_fen -",
    "fulfilment_store_task": "order_id -",
    "fulfilment_task_line": "quantity gone -",
    "fulfilment_shipment_line": "quantity line_id -",
    "fulfilment_return": "worth_fen asked_fen -",
    "fulfilment_return_line": "quantity received worth_fen -",
    "fulfilment_returned_pieces": "quantity disposed line_id -",
    "fulfilment_return_money": "amount_fen -",
}

# Of these only rows that say something: not an empty lot, not a use that was given free again.
ONLY = {
    "core_ledger_lot": "remaining <> 0",
    "promotions_use": "kind = 'deal' AND state IN ('held', 'captured')",
    "settlement_sale_credit": "commission_fen > 0 AND share_fen > 0",
    "fulfilment_store_task": "state <> 'cancelled'",
    "fulfilment_task_line": "gone > 0",
}

OTHER = {
    "bigint": "{column} + 1",
    "integer": "{column} + 1",
    "boolean": "NOT {column}",
    "timestamp with time zone": "{column} + interval '3 days'",
    "character varying": "coalesce((SELECT max({column}) FROM {table} AS x"
    " WHERE x.{column} <> o.{column}), o.{column} || 'x')",
}

KIND = """
SELECT data_type FROM information_schema.columns WHERE (table_name, column_name) = ($1, $2)
"""


SURELY = [
    *(("earn", which, 11) for which in (1, 1, 1, 5)),
    *(("claim", which, 0) for which in (1, 1, 2)),
    *(("purse", 0, 9), ("place", 1, 9), ("place", 1, 8), ("place", 5, 8), ("place", 0, 2)),
    *(("wechat", 0, 1), ("wechat", 1, 1), ("pay_purse", 3, 4), ("refund", 1, 1)),
]


async def a_base(seed: int) -> None:
    """A day of trade with everything in it, ended and sealed."""
    dice, shop = Random(seed), await a_trading_shop()
    for sku_id in shop.kit:
        cause = f"more:{seed}:{sku_id}"
        await receive_stock(cause=cause, sku_id=sku_id, store_id=shop.store_id, quantity=40)
    rolled = ((dice.choice(STEPS), dice.randrange(12), dice.randrange(12)) for _ in range(60))
    for step in (*SURELY, *rolled):
        await act(shop, step)
    shelf = Shelf(shop.store_id, shop.kit[seed % 3])
    paid = await sold(shelf, quantity=2, wechat=True, member_id=MEMBERS[0], source=shop.guide)
    await a_days_work(shelf, paid, MEMBERS[1])
    taken = await sold(
        shelf, quantity=3, wechat=True, member_id=MEMBERS[2], delivery=Delivery.TAKEN
    )
    await record_return(
        RecordReturn(
            order_id=taken.id,
            pieces=(Pieces(taken.lines[0].id, 2),),
            store_id=shop.store_id,
            key=key(),
            actor="till:1",
            at=clock.now(),
            refund_to=RefundTo.ORIGIN,
        )
    )
    await refunds_arrive(taken)
    await end_the_day(shop)
    await tell_everyone()
    await seal_new()


@asynccontextmanager
async def spoilt(table: str, column: str, dice: Random) -> AsyncIterator[bool]:
    """The database with one row of a table spoilt; False where it would not have it."""
    async with in_transaction() as transaction:
        await sql("SET LOCAL session_replication_role = replica")
        yield await _spoil(table, column, dice)
        await transaction.rollback()


async def _spoil(table: str, column: str, dice: Random) -> bool:
    wanted = ONLY.get(table, "true") + ("" if column == "-" else f" AND {column} IS NOT NULL")
    rows = await sql(f"SELECT ctid::text AS row FROM {table} WHERE {wanted} ORDER BY 1")  # noqa: S608
    assert rows, f"the base has no {table}.{column}"
    row = dice.choice(rows)["row"]
    if column == "-":
        await sql(f"DELETE FROM {table} WHERE ctid = '{row}'")  # noqa: S608  names of ours
        return True
    [found] = await sql(KIND, table, column)
    other = OTHER[found["data_type"]].format(table=table, column=column)
    try:
        await sql(f"UPDATE {table} AS o SET {column} = {other} WHERE ctid = '{row}'")  # noqa: S608
    except BaseORMException:
        return False
    return True


async def overlooked(number: int, seed: int) -> tuple[list[str], int]:
    """Spoil the books so many times; what the auditor did not see, and how many there were."""
    dice, seen, missed = Random(seed), 0, []
    claims = [(table, name) for table, names in BOOKS.items() for name in names.split()]
    dice.shuffle(claims)
    turn = 0
    while seen < number and turn < 4 * number:
        table, column = claims[turn % len(claims)]
        turn += 1
        async with spoilt(table, column, dice) as is_spoilt:
            if is_spoilt:
                seen += 1
                if not await all_findings():
                    missed.append(f"{table}.{column}")
    return missed, seen


async def test_each_of_a_handful_of_corruptions_is_named() -> None:
    await a_base(1)

    assert await all_findings() == []
    assert await overlooked(40, seed=1) == ([], 40)


@pytest.mark.long
async def test_two_hundred_of_two_hundred_corruptions_are_named() -> None:
    await a_base(2)

    assert await all_findings() == []
    assert await overlooked(200, seed=2) == ([], 200)


@pytest.mark.long
@pytest.mark.parametrize("seed", range(10))
async def test_a_clean_base_finds_nothing(seed: int) -> None:
    await a_base(100 + seed)

    assert await all_findings() == []
