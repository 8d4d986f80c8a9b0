"""A person answers what another content under a taken number is; what was booked stays."""

import asyncio
from typing import Any

import pytest

from core.database import sql
from core.security.scope import Role, Scope
from devices.errors import ConflictAnswered, ConflictNotFound, ConflictNotMore
from devices.queries import odd_receipts, open_conflicts, till_state
from devices.service import ConflictAnswer, Resolve, resolve_conflict
from devices.till.differing import more_of
from devices.till.shapes import read_receipt
from tests.devices.test_tills import Shop, a_shop
from tests.scene import tell_everyone
from tests.scenes.stores import a_store
from tests.scenes.tills import a_line, a_receipt, uploaded
from trade.orders.models import Order

pytestmark = pytest.mark.usefixtures("db")
OFFICE = Scope(Role.HEAD_OFFICE, staff_id=1)


async def a_conflict(shop: Shop, **other: Any) -> int:
    """One piece was booked under number 7; then 7 came again with other content."""
    again = shop.sale(receipt_no="7", **{"quantity": 3, **other})
    assert await uploaded(shop.scope, shop.sale(receipt_no="7"), again) == ["accepted", "conflict"]
    return (await open_conflicts(shop.scope))[0].id


def saying(conflict_id: int, answer: ConflictAnswer) -> Resolve:
    return Resolve(conflict_id, answer, "店长核对过纸质小票", "store_manager:5")


async def sold_for() -> list[int]:
    return [order.payable_fen for order in await Order.all().order_by("id")]


async def test_a_dismissed_conflict_is_nothing_and_is_on_record() -> None:
    shop = await a_shop()
    conflict_id = await a_conflict(shop)
    [waits] = await open_conflicts(shop.scope)
    wish = saying(conflict_id, ConflictAnswer.DISMISSED)
    assert [await resolve_conflict(OFFICE, wish) for _ in range(2)] == [None, None]
    await tell_everyone()

    assert (waits.receipt_no, waits.total_fen, waits.other_fen) == ("7", 1_000, 3_000)
    assert await open_conflicts(OFFICE) == []
    assert await odd_receipts(OFFICE) == []
    state = await till_state(OFFICE, store_code=shop.store.code, till="1")
    assert (state.conflicts, state.received) == (0, 1)
    assert await sold_for() == [1_000]
    [row] = await sql("SELECT answer, answer_reason, answered_by FROM devices_till_conflict")
    assert row == {
        "answer": "dismissed",
        "answer_reason": "店长核对过纸质小票",
        "answered_by": "store_manager:5",
    }


async def test_the_difference_is_a_sale_of_its_own_under_number_2() -> None:
    shop = await a_shop()
    wish = saying(await a_conflict(shop), ConflictAnswer.DIFFERENCE)
    numbers = [await resolve_conflict(OFFICE, wish) for _ in range(2)]
    await tell_everyone()

    assert numbers == ["7#2", "7#2"]
    assert await sold_for() == [1_000, 2_000]
    assert await shop.on_hand() == 7
    assert (await Order.all().order_by("-id").first()).outside_no == "1/7#2"  # type: ignore[union-attr]
    assert await uploaded(shop.scope, shop.sale(receipt_no="7", quantity=3)) == ["conflict"]
    assert await open_conflicts(OFFICE) == []


async def test_a_number_used_twice_is_another_sale_as_a_whole() -> None:
    shop = await a_shop()
    first = await a_conflict(shop)
    third = shop.sale(receipt_no="7", quantity=2)
    assert await uploaded(shop.scope, third) == ["conflict"]
    second = (await open_conflicts(OFFICE))[1].id
    numbers = [
        await resolve_conflict(OFFICE, saying(one, ConflictAnswer.WHOLE)) for one in (first, second)
    ]
    await tell_everyone()

    assert numbers == ["7#2", "7#3"]
    assert await sold_for() == [1_000, 3_000, 2_000]
    assert await shop.on_hand() == 4


async def test_what_is_less_is_no_sale_and_an_answer_stays() -> None:
    shop = await a_shop()
    less = await a_conflict(shop, quantity=1, soldAt="2026-05-02T10:00:00+08:00")
    with pytest.raises(ConflictNotMore):
        await resolve_conflict(OFFICE, saying(less, ConflictAnswer.DIFFERENCE))
    await resolve_conflict(OFFICE, saying(less, ConflictAnswer.DISMISSED))
    with pytest.raises(ConflictAnswered):
        await resolve_conflict(OFFICE, saying(less, ConflictAnswer.WHOLE))

    assert await sold_for() == [1_000]


async def test_many_answers_at_once_book_one_sale() -> None:
    shop = await a_shop()
    wish = saying(await a_conflict(shop), ConflictAnswer.DIFFERENCE)
    numbers = await asyncio.gather(*(resolve_conflict(OFFICE, wish) for _ in range(5)))
    await tell_everyone()

    assert set(numbers) == {"7#2"}
    assert await sold_for() == [1_000, 2_000]


async def test_a_conflict_of_another_store_is_none() -> None:
    shop, elsewhere = await a_shop(), await a_store()
    conflict_id = await a_conflict(shop)
    stranger = Scope(Role.STORE_MANAGER, staff_id=2, store_ids=frozenset({elsewhere.id}))
    for scope, number in ((stranger, conflict_id), (OFFICE, 999)):
        with pytest.raises(ConflictNotFound):
            await resolve_conflict(scope, saying(number, ConflictAnswer.DISMISSED))


def receipts(first: dict[str, Any], second: dict[str, Any]) -> Any:
    return more_of(read_receipt(first), read_receipt(second))


async def test_a_difference_keeps_discounts_and_tenders_apart() -> None:
    cash, card = {"kind": "cash", "amountFen": 900}, {"kind": "card", "amountFen": 1_900}
    one = a_receipt("S1", a_line("A", discountFen=100), receipt_no="7", tenders=[cash])
    lines = [a_line("A", quantity=2, discountFen=100), a_line("B", price_fen=950, discountFen=50)]
    two = a_receipt("S1", *lines, receipt_no="7", tenders=[cash, card])
    more = receipts(one, two)

    assert [(line.sku, line.quantity, line.payable_fen) for line in more.lines] == [
        ("A", 1, 1_000),
        ("B", 1, 900),
    ]
    assert [(tender.kind, tender.amount_fen) for tender in more.tenders] == [("card", 1_900)]
    assert more.total_fen == 1_900
    assert receipts(two, one) is None
    other_goods = a_receipt("S1", a_line("C", quantity=5), receipt_no="7")
    assert receipts(one, other_goods) is None
