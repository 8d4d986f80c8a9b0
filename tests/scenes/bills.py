"""Set the scene: money that WeChat Pay has on its side, and the same money in our books."""

import json
from datetime import date, datetime, timedelta
from itertools import count
from typing import Any

from core import clock
from core.database import sql
from core.settings import current
from sandbox import pay_bills, pay_ledger
from sandbox.world import World
from tests.scene import tell_everyone
from tests.scenes.orders import a_payment, an_order, money_for
from tests.scenes.payments import open_id_of
from trade.payments.bills.models import Bill, Difference
from trade.payments.service import settle

serial = count(1)
Edit = dict[str, Any]

# A row of ours like another one, whatever columns payments have.
LIKE = """
INSERT INTO {table} SELECT (jsonb_populate_record(NULL::{table}, to_jsonb(t) || more)).*
FROM {table} AS t, jsonb_array_elements($2::jsonb) AS more WHERE t.id = $1
"""


def merchant() -> str:
    pay = current().pay
    assert pay is not None
    return pay.mch_id


def a_past_day() -> date:
    """One whose bill is there, whatever the hour."""
    return clock.shop_day(clock.now()) - timedelta(days=2)


def noon(day: date, *, minutes: int = 0) -> datetime:
    moment = datetime.combine(day, datetime.min.time(), clock.SHOP_ZONE)
    return moment + timedelta(hours=12, minutes=minutes)


def ten_past_ten(day: date) -> datetime:
    """When the bill of a day is there."""
    return noon(day) + timedelta(hours=22, minutes=10)


def paid_there(
    world: World, payment_no: str, transaction_id: str, fen: int, at: datetime, **more: Any
) -> None:
    """WeChat Pay has taken this money."""
    pay = current().pay
    assert pay is not None
    key = f"{pay.mch_id}/{payment_no}"
    if key in world.collection("pay_orders"):
        key = f"{key}#{next(serial)}"
    doc = {
        "mch_id": pay.mch_id,
        "app_id": pay.app_id,
        "out_trade_no": payment_no,
        "description": "羊毛大衣",
        "attach": "",
        "trade_type": "JSAPI",
        "notify_url": "",
        "total": fen,
        "openid": open_id_of(world),
        "profit_sharing": False,
        "expires_at": noon(at.date(), minutes=10_000).isoformat(),
        "request": "",
        "state": "SUCCESS",
        "transaction_id": transaction_id,
        "success_time": at.astimezone(clock.SHOP_ZONE).isoformat(timespec="seconds"),
        "payer_total": fen,
        "fee": pay_ledger.fee_of(fen, 60),
    }
    world.collection("pay_orders")[key] = doc | more
    world.collection("pay_transactions")[transaction_id] = {"order": key}


def refunded_there(
    world: World, payment_no: str, refund_no: str, fen: int, at: datetime, **more: Any
) -> None:
    """WeChat Pay was asked to give this money back."""
    order_key = f"{merchant()}/{payment_no}"
    order = world.collection("pay_orders")[order_key]
    when = at.astimezone(clock.SHOP_ZONE).isoformat(timespec="seconds")
    doc = {
        "mch_id": merchant(),
        "key": f"{merchant()}/{refund_no}",
        "request": "",
        "order_key": order_key,
        "out_trade_no": payment_no,
        "out_refund_no": refund_no,
        "transaction_id": order["transaction_id"],
        "refund_id": f"50{next(serial):026}",
        "refund": fen,
        "total": order["total"],
        "payer_total": order["payer_total"],
        "payer_refund": fen,
        "fee_back": pay_ledger.fee_of(fen, 60),
        "status": "SUCCESS",
        "create_time": when,
        "success_time": when,
        "notify_url": "",
    }
    world.collection("pay_refunds")[f"{merchant()}/{refund_no}"] = doc | more


async def a_paid_payment(world: World | None, *, at: datetime) -> tuple[str, str, int]:
    """A real order that was paid: number, transaction and amount; there too with a `world`."""
    order = await an_order()
    number = await a_payment(order, payment_no=f"PB{next(serial):08}")
    await sql("UPDATE payments_payment SET created_at = $2 WHERE payment_no = $1", number, at)
    fact = await money_for(number, at=at)
    await settle(fact)
    if world is not None:
        paid_there(world, number, fact.transaction_id, fact.total_fen, at)
    return number, fact.transaction_id, fact.total_fen


async def rows_like(table: str, row_id: int, rows: list[dict[str, Any]]) -> None:
    """Rows as the one with `row_id`, but for what each of `rows` says."""
    await sql(LIKE.format(table=table), row_id, json.dumps(rows, default=str))


def spoil(world: World, day: date, *edits: Edit) -> None:
    pay_bills.spoil(world, merchant(), day, *edits)


async def the_bill(day: date) -> Bill:
    return await Bill.get(mch_id=merchant(), day=day)


async def differences(day: date) -> set[tuple[str, str, str]]:
    """What stands open: kind, aspect and subject."""
    rows = await Difference.filter(mch_id=merchant(), day=day, state="open")
    return {(row.kind.value, row.aspect.value, row.subject) for row in rows}


async def compared() -> None:
    """As if a worker had done all that is owed."""
    await tell_everyone()
