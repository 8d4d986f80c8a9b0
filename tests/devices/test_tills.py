"""Sales of tills: any order, any age, exactly once; what does not fit is told and kept apart."""

import asyncio
from typing import Any

import pytest

from core.database import sql
from core.security.rotation import still_old
from core.security.scope import Grant, Scope
from devices.errors import TillTooMany
from devices.queries import odd_receipts, till_state
from devices.service import Item, take_receipts
from devices.service.till_booking import book, retry_unknown_goods
from tests.scene import make_due, tell_everyone
from tests.scenes.catalog import a_sku
from tests.scenes.orders import some_rates
from tests.scenes.people import a_member, with_phone
from tests.scenes.stores import a_member_of_staff, a_store
from tests.scenes.tills import a_line, a_partner, a_receipt, upload, uploaded
from trade.catalog.models import Sku
from trade.orders.models import Order, OrderLine
from trade.orders.rules import OrderState
from trade.payments.models import Payment
from trade.stock.service import receive_stock
from trade.stores.models import Store

pytestmark = pytest.mark.usefixtures("db")


class Shop:
    """One store with one SKU on its shelf, and the partner of its till."""

    store: Store
    sku: Sku
    scope: Scope

    async def on_hand(self) -> int:
        rows = await sql(
            "SELECT on_hand FROM stock_level WHERE sku_id = $1 AND store_id = $2",
            self.sku.id,
            self.store.id,
        )
        return int(rows[0]["on_hand"]) if rows else 0

    def sale(self, *, quantity: int = 1, **more: Any) -> dict[str, Any]:
        return a_receipt(self.store.code, a_line(self.sku.code, quantity=quantity), **more)

    def back(self, of: str, *, quantity: int = 1, **more: Any) -> dict[str, Any]:
        return self.sale(quantity=quantity, kind="return", of={"receiptNo": of}, **more)


async def a_shop(units: int = 10) -> Shop:
    await some_rates()
    shop = Shop()
    shop.store, shop.sku = await a_store(), await a_sku(list_price_fen=1_000)
    if units:
        await receive_stock(
            cause="opening", quantity=units, sku_id=shop.sku.id, store_id=shop.store.id
        )
    shop.scope = await a_partner(shop.store)
    return shop


async def test_a_sale_becomes_an_order_that_is_paid_and_taken_in_the_tills_own_time() -> None:
    shop = await a_shop()
    sale = shop.sale(quantity=2, receipt_no="A-7", tenders=[
        {"kind": "cash", "amountFen": 500}, {"kind": "card", "amountFen": 1_000},
        {"kind": "wechat", "amountFen": 500},
    ])  # fmt: skip

    assert await uploaded(shop.scope, sale) == ["accepted"]
    order = await Order.get()
    assert (order.state, order.entrance, order.outside_no) == (OrderState.DONE, "till", "1/A-7")
    assert (order.payable_fen, order.paid_fen, order.member_id) == (2_000, 2_000, None)
    assert order.placed_at.isoformat() == "2026-05-01T02:00:00+00:00"
    methods = await Payment.all().order_by("id").values_list("method", "amount_fen")
    assert methods == [("cash", 500), ("card", 1_000), ("other", 500)]
    assert await shop.on_hand() == 8


async def test_the_same_receipt_again_is_known_and_changes_nothing() -> None:
    shop = await a_shop()
    sale = shop.sale(receipt_no="7")
    moved = {**sale, "soldAt": "2026-05-01T02:00:00Z"}

    assert await uploaded(shop.scope, sale) == ["accepted"]
    assert await uploaded(shop.scope, sale, moved, shop.sale(receipt_no="8")) == [
        "known", "known", "accepted",
    ]  # fmt: skip
    assert await Order.all().count() == 2
    assert await shop.on_hand() == 8


async def test_other_content_under_a_taken_number_is_kept_for_a_person_and_never_booked() -> None:
    shop = await a_shop()
    sale, other = shop.sale(receipt_no="7"), shop.sale(receipt_no="7", quantity=3)
    answers = await upload(shop.scope, sale, other)
    await tell_everyone()
    assert [answer.result for answer in answers] == ["accepted", "conflict"]
    assert answers[1].error is not None
    assert answers[1].error.code == "devices.till_conflict"
    assert await uploaded(shop.scope, other, {**sale, "member": "13900000000"}) == ["conflict"] * 2

    assert (await Order.get()).payable_fen == 1_000
    assert await shop.on_hand() == 9
    [odd] = await odd_receipts(shop.scope)
    assert (odd.receipt_no, odd.reason, odd.conflicts) == ("7", "devices.till_conflict", 2)


async def test_one_number_in_two_tills_and_two_stores_is_three_receipts() -> None:
    shop, elsewhere = await a_shop(), await a_store()
    scope = await a_partner()
    sales = [shop.sale(receipt_no="7"), shop.sale(till="2", receipt_no="7")]
    there = a_receipt(elsewhere.code, a_line(shop.sku.code), receipt_no="7")

    assert await uploaded(scope, *sales, there) == ["accepted"] * 3
    assert await Order.all().count() == 3


async def test_many_at_once_leave_each_receipt_once() -> None:
    shop = await a_shop(units=100)
    sales = [shop.sale(receipt_no=f"{number}") for number in range(20)]
    halves = [upload(shop.scope, *sales[start:]) for start in (0, 5, 10)]
    backwards = [upload(shop.scope, *sales[::-1]) for _ in range(2)]
    answers = [each for part in await asyncio.gather(*halves, *backwards) for each in part]
    await tell_everyone(30)

    assert sum(answer.result == "accepted" for answer in answers) == 20
    assert {answer.result for answer in answers} == {"accepted", "known"}
    assert await Order.all().count() == 20
    assert await shop.on_hand() == 80


async def test_a_sale_that_happened_takes_the_shelf_below_zero() -> None:
    shop = await a_shop(units=1)

    assert await uploaded(shop.scope, shop.sale(quantity=3)) == ["accepted"]
    assert await shop.on_hand() == -2


async def test_unknown_goods_park_the_receipt_until_the_catalog_knows_them() -> None:
    shop = await a_shop()
    late = a_receipt(shop.store.code, a_line("NEW-1"), receipt_no="9")
    assert await uploaded(shop.scope, late, shop.sale()) == ["accepted"] * 2
    state = await till_state(shop.scope, store_code=shop.store.code, till="1")
    assert (state.received, state.booked, state.parked) == (2, 1, 1)
    assert [odd.reason for odd in await odd_receipts(shop.scope)] == ["devices.till_goods_unknown"]
    await Sku.filter(id=(await a_sku()).id).update(code="NEW-1")

    assert await retry_unknown_goods() == 1
    await tell_everyone()
    assert await Order.filter(outside_no="1/9", state="done").count() == 1
    assert await retry_unknown_goods() == 0


async def test_a_return_takes_goods_and_money_back() -> None:
    shop = await a_shop()
    sale = shop.sale(receipt_no="7", quantity=3)

    assert await uploaded(shop.scope, sale) == ["accepted"]
    assert await uploaded(shop.scope, shop.back("7")) == ["accepted"]
    order = await Order.get()
    assert (order.paid_fen, order.refunded_fen) == (3_000, 1_000)
    assert await shop.on_hand() == 8


async def test_a_return_that_comes_before_its_sale_waits_for_it() -> None:
    shop = await a_shop()
    back = shop.back("7", receipt_no="8")
    assert await uploaded(shop.scope, back) == ["accepted"]
    assert [odd.reason for odd in await odd_receipts(shop.scope)] == ["devices.till_origin_awaited"]
    assert await shop.on_hand() == 10

    assert await uploaded(shop.scope, shop.sale(receipt_no="7", quantity=2)) == ["accepted"]
    assert await odd_receipts(shop.scope) == []
    assert (await Order.get()).refunded_fen == 1_000
    assert await shop.on_hand() == 9


async def test_a_return_and_its_sale_that_come_at_once_find_each_other() -> None:
    shop = await a_shop()
    for number in range(6):
        both = (shop.sale(receipt_no=f"{number}"), shop.back(f"{number}", receipt_no=f"b{number}"))
        await asyncio.gather(*(upload(shop.scope, each) for each in both))
    owed = await sql("SELECT id FROM devices_till_receipt ORDER BY random()")
    await asyncio.gather(*(book(row["id"]) for row in owed))
    await make_due()
    await tell_everyone(30)

    assert await Order.filter(refunded_fen=1_000).count() == 6
    assert await shop.on_hand() == 10


async def test_a_return_in_another_store_lands_on_that_shelf() -> None:
    shop, other = await a_shop(), await a_store()
    scope = await a_partner(shop.store, other)
    back = a_receipt(
        other.code, a_line(shop.sku.code), kind="return",
        of={"receiptNo": "7", "storeCode": shop.store.code},
    )  # fmt: skip

    assert await uploaded(scope, shop.sale(receipt_no="7"), back) == ["accepted"] * 2
    assert (await Order.get()).refunded_fen == 1_000
    assert await shop.on_hand() == 9
    rows = await sql("SELECT on_hand FROM stock_level WHERE store_id = $1", other.id)
    assert [row["on_hand"] for row in rows] == [1]


async def test_a_return_of_more_than_was_sold_is_parked_for_a_person() -> None:
    shop = await a_shop()
    await uploaded(shop.scope, shop.sale(receipt_no="7"))
    strange = await a_sku()
    origin = {"receiptNo": "7"}
    other = a_receipt(shop.store.code, a_line(strange.code), kind="return", of=origin)

    assert await uploaded(shop.scope, shop.back("7", quantity=2), other) == ["accepted"] * 2
    reasons = {odd.reason for odd in await odd_receipts(shop.scope)}
    assert len(reasons) == 2
    assert "devices.till_return_unfit" in reasons
    assert (await Order.get()).refunded_fen == 0
    assert await shop.on_hand() == 9


async def test_a_voided_receipt_gives_everything_back_and_a_cancelled_one_uses_its_number() -> None:
    shop = await a_shop()
    nothing: dict[str, Any] = {"lines": [], "totalFen": 0, "tenders": []}
    void = shop.sale(kind="void", of={"receiptNo": "1"}, receipt_no="3") | nothing
    void |= {"totalFen": 2_000, "tenders": [{"kind": "cash", "amountFen": 2_000}]}
    cancelled = shop.sale(kind="cancelled", receipt_no="2") | nothing

    sale = shop.sale(receipt_no="1", quantity=2)
    assert await uploaded(shop.scope, void, cancelled, sale) == ["accepted"] * 3
    order = await Order.get()
    assert (order.paid_fen, order.refunded_fen) == (2_000, 2_000)
    assert await shop.on_hand() == 10
    state = await till_state(shop.scope, store_code=shop.store.code, till="1")
    assert (state.booked, state.missing, state.last_sequence) == (3, (), 3)


async def test_discounts_are_shared_to_the_fen_and_two_lines_of_one_sku_become_one() -> None:
    shop = await a_shop()
    other = await a_sku(list_price_fen=999)
    lines = (
        a_line(shop.sku.code, quantity=2, price_fen=999, discountFen=100),
        a_line(shop.sku.code, price_fen=777),
        a_line(other.code, price_fen=333),
    )
    assert await uploaded(shop.scope, a_receipt(shop.store.code, *lines, discountFen=1_000)) == [
        "accepted"
    ]
    order = await Order.get()
    lines_kept = await OrderLine.filter(order_id=order.id)
    assert order.payable_fen == 1_898 + 777 + 333 - 1_000
    assert sorted(line.quantity for line in lines_kept) == [1, 3]
    assert sum(line.payable_fen for line in lines_kept) == order.payable_fen


async def test_a_free_gift_at_a_till_is_a_sale_of_nothing() -> None:
    shop = await a_shop()
    gift = a_receipt(shop.store.code, a_line(shop.sku.code, discountFen=1_000))

    assert await uploaded(shop.scope, gift) == ["accepted"]
    assert (await Order.get()).state == OrderState.DONE
    assert await shop.on_hand() == 9


async def test_a_member_is_known_by_phone_and_the_phone_is_kept_no_longer_than_needed() -> None:
    shop, member = await a_shop(), await a_member()
    phone = "13912345678"
    member = await with_phone(member, phone)
    mine = shop.sale(member="+86 139-1234-5678", receipt_no="1")
    await upload(shop.scope, mine, shop.sale(member=member.public_id, receipt_no="2"))
    await upload(shop.scope, shop.sale(member="13900000000", receipt_no="3"))
    kept = str(await sql("SELECT * FROM devices_till_receipt, devices_till_upload"))
    assert phone not in kept.replace("-", "")
    assert (await still_old())["devices_till_receipt.member_cipher"] == 0
    await tell_everyone(30)

    numbers = [order.member_id for order in await Order.all().order_by("outside_no")]
    assert numbers == [member.id, member.id, None]
    assert await sql("SELECT FROM devices_till_receipt WHERE member_cipher IS NOT NULL") == []
    assert await uploaded(shop.scope, mine) == ["known"]


async def test_the_clerk_gets_the_sale_when_the_till_names_one_of_ours() -> None:
    shop = await a_shop()
    clerk = await a_member_of_staff(store=shop.store)
    await uploaded(shop.scope, shop.sale(clerk=clerk.user_id), shop.sale(clerk="nobody"))

    assert [order.guide_id for order in await Order.all().order_by("id")] == [clerk.id, None]


async def test_what_a_till_lacks_is_told() -> None:
    shop = await a_shop()
    numbers = ("1", "2", "5", "6", "7", "11", "no-number")
    await uploaded(shop.scope, *(shop.sale(receipt_no=number) for number in numbers))
    state = await till_state(shop.scope, store_code=shop.store.code, till="1")

    assert (state.last_sequence, state.missing) == (11, ((3, 4), (8, 10)))
    assert (state.received, state.booked) == (7, 7)
    [day] = state.days
    assert (day.day.isoformat(), day.sales, day.sales_fen) == ("2026-05-01", 7, 7_000)


async def test_a_receipt_of_a_foreign_store_is_refused_as_if_there_were_none() -> None:
    shop, foreign = await a_shop(), await a_store()
    line = a_line(shop.sku.code)
    there, nowhere = a_receipt(foreign.code, line), a_receipt("NOPE", line)
    lured = shop.sale(kind="return", of={"receiptNo": "1", "storeCode": foreign.code})
    answers = await upload(shop.scope, there, nowhere, lured)

    assert [str(a.error and a.error.code) for a in answers] == ["devices.till_store_unknown"] * 3
    assert await sql("SELECT FROM devices_till_receipt") == []


async def test_five_hundred_at_most() -> None:
    scope = await a_partner(grants=[Grant.TILL_WRITE])
    with pytest.raises(TillTooMany):
        await take_receipts(scope, [Item(1)] * 501, name="api", raw="")


async def test_what_is_wrong_with_one_receipt_stops_no_other() -> None:
    shop = await a_shop()
    good = shop.sale()
    odd: list[Any] = [None, 7, [], "x", {}, {**good, "receiptNo": ""}, {**good, "extra": 1}]
    results = await uploaded(shop.scope, *odd, good)

    assert results == ["refused"] * 7 + ["accepted"]
