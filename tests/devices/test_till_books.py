"""Any shuffle, repetition and split of a day's receipts gives the same, clean books."""

import json
import random
from collections import Counter
from typing import Any

import pytest
from tortoise.transactions import in_transaction

from core.audit import checks
from core.database import sql
from core.security.scope import Scope
from devices.queries import odd_receipts
from devices.service import take_file
from tests.scene import make_due, tell_everyone
from tests.scenes.catalog import a_sku
from tests.scenes.orders import some_rates
from tests.scenes.stores import a_franchisee, a_store
from tests.scenes.tills import a_line, a_partner, a_receipt, upload

pytestmark = pytest.mark.usefixtures("db")


async def findings() -> list[str]:
    return [f"{f.check} {f.key} {f.text}" for work in checks.values() for f in await work()]


def a_day(store_code: str, skus: list[str], dice: random.Random) -> list[dict[str, Any]]:
    """Sales, returns in one and two parts, a void, a cancelled number, a gift."""
    day = list[dict[str, Any]]()

    def add(*lines: dict[str, Any], **more: Any) -> str:
        number = str(100 + len(day))
        minute = f"2026-05-01T{10 + len(day) // 60:02}:{len(day) % 60:02}:00+08:00"
        day.append(
            a_receipt(store_code, *lines, receipt_no=number, soldAt=minute, clerk="u1", **more)
        )
        return number

    nothing: dict[str, Any] = {"totalFen": 0, "tenders": []}
    for _ in range(8):
        sku, other = dice.sample(skus, 2)
        price = dice.randrange(100, 9_999)
        sold = [a_line(sku, quantity=3, price_fen=price), a_line(other, price_fen=price + 7)]
        sale = add(*sold, discountFen=dice.randrange(0, price))
        if dice.random() < 0.6:
            one = a_line(sku, price_fen=price // 2)
            add(one, kind="return", of={"receiptNo": sale})
        if dice.random() < 0.4:
            add(a_line(other, price_fen=50), kind="return", of={"receiptNo": sale})
    voided = add(a_line(skus[0], quantity=2))
    add(kind="void", of={"receiptNo": voided}, totalFen=2_000,
        tenders=[{"kind": "cash", "amountFen": 2_000}])  # fmt: skip
    add(kind="cancelled", **nothing)
    add(a_line(skus[1], discountFen=1_000))
    return day


def jsonl(receipts: list[dict[str, Any]]) -> bytes:
    return "\n".join(json.dumps(receipt) for receipt in receipts).encode()


async def send(scope: Scope, day: list[dict[str, Any]], dice: random.Random) -> None:
    """In any order, some twice, by API and by file, booked now and then; in the end all again."""
    mixed = [*day, *dice.sample(day, 6)]
    dice.shuffle(mixed)
    while mixed:
        part, mixed = mixed[: dice.randrange(1, 9)], mixed[9:]
        if dice.random() < 0.5:
            await upload(scope, *part)
        else:
            await take_file(scope, name="day.jsonl", raw=jsonl(part))
        if dice.random() < 0.5:
            await tell_everyone(30)
    await upload(scope, *day)
    for _ in range(3):
        await make_due()
        await tell_everyone(50)


Day = list[dict[str, Any]]


def sales_of(day: Day) -> dict[str, dict[str, Any]]:
    return {each["receiptNo"]: each for each in day if each.get("kind", "sale") == "sale"}


def expected_orders(day: Day) -> dict[str, tuple[int, int, int]]:
    """Payable, paid and refunded by outside number, worked out by hand."""
    back = dict.fromkeys(sales_of(day), 0)
    for receipt in day:
        if "of" in receipt:
            back[receipt["of"]["receiptNo"]] += receipt["totalFen"]
    totals = {number: sale["totalFen"] for number, sale in sales_of(day).items()}
    return {f"1/{number}": (total, total, back[number]) for number, total in totals.items()}


def expected_stock(day: Day) -> Counter[str]:
    """What moved by SKU; a void brings back what its sale took."""
    moved: Counter[str] = Counter()
    for receipt in day:
        sold = sales_of(day)[receipt["of"]["receiptNo"]]["lines"] if "of" in receipt else []
        for line in receipt["lines"] or sold:
            sign = -1 if receipt.get("kind", "sale") == "sale" else 1
            moved[line["sku"]] += sign * line["quantity"]
    return moved


@pytest.mark.parametrize("seed", range(3))
async def test_any_shuffle_repetition_and_split_gives_the_same_books(seed: int) -> None:
    dice = random.Random(seed)
    await some_rates()
    store = await a_store(franchisee=await a_franchisee())
    skus = [(await a_sku(list_price_fen=1_000)).code for _ in range(3)]
    scope, day = await a_partner(store), a_day(store.code, skus, dice)
    await send(scope, day, dice)

    assert await odd_receipts(scope) == []
    assert await findings() == []
    orders = await sql("SELECT outside_no, payable_fen, paid_fen, refunded_fen FROM orders_order")
    shelf = await sql(
        "SELECT code, on_hand FROM stock_level JOIN catalog_sku AS s ON s.id = sku_id"
    )
    assert {no: tuple(fen) for no, *fen in (row.values() for row in orders)} == expected_orders(day)
    assert Counter({row["code"]: row["on_hand"] for row in shelf}) == expected_stock(day)


CORRUPTIONS = {
    "devices.till_sales": [
        "UPDATE devices_till_receipt SET total_fen = total_fen + 1 WHERE kind = 'sale'",
        "UPDATE devices_till_receipt SET order_id = NULL WHERE kind = 'sale'",
        "UPDATE devices_till_receipt SET order_id = 999 WHERE kind = 'sale' AND receipt_no = '7'",
        "UPDATE devices_till_receipt SET order_id = 1",
        "UPDATE orders_order SET outside_no = '1/other' WHERE outside_no = '1/7'",
        "DELETE FROM devices_till_receipt WHERE receipt_no = '6'",
    ],
    "devices.till_returns": [
        "UPDATE devices_till_receipt SET total_fen = total_fen + 5000 WHERE kind = 'return'",
        "UPDATE orders_order SET refunded_fen = 0",
    ],
    "devices.till_receipts_end": [
        """UPDATE devices_till_receipt SET state = 'waiting', booked_at = NULL,
        received_at = now() - interval '2 days'""",
    ],
}


async def test_the_auditor_names_each_corruption_of_a_tills_books() -> None:
    await some_rates()
    store, sku = await a_store(), await a_sku()
    scope, line = await a_partner(store), a_line(sku.code)
    sales = [a_receipt(store.code, line, receipt_no=number) for number in ("6", "7")]
    back = a_receipt(store.code, line, kind="return", of={"receiptNo": "7"}, receipt_no="8")
    await upload(scope, *sales, back)
    await tell_everyone(30)
    assert await findings() == []

    for name, corruptions in CORRUPTIONS.items():
        for corruption in corruptions:
            async with in_transaction() as undo:
                await sql(corruption)
                assert await checks[name]() != [], corruption
                await undo.rollback()
