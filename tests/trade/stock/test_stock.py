import asyncio
from datetime import timedelta

import asyncpg
import pytest
from tortoise.exceptions import IntegrityError

from core import clock
from core.audit import Finding
from core.database import sql
from trade.stock.audit import (
    nothing_is_negative,
    on_hand_is_the_sum_of_movements,
    reserved_is_the_sum_of_live_reservations,
)
from trade.stock.errors import (
    MovementCauseReused,
    NothingReserved,
    OutOfStock,
    QuantityNotPositive,
)
from trade.stock.models import StockMovement
from trade.stock.queries import StockView, availability, held_orders
from trade.stock.service import (
    ReserveLine,
    ReserveRequest,
    capture_reservation,
    receive_stock,
    release_reservation,
    reserve,
    set_safety,
    take_back,
)

pytestmark = pytest.mark.usefixtures("db")

STORE = 1


async def on_shelf(**quantities: int) -> None:
    """`sku7=10` puts ten units of SKU 7 on the shelf."""
    for name, quantity in quantities.items():
        sku_id = int(name.removeprefix("sku"))
        await receive_stock(
            cause=f"first:{sku_id}", sku_id=sku_id, store_id=STORE, quantity=quantity
        )


def wanted(order_no: str, *lines: tuple[int, int]) -> ReserveRequest:
    kept = tuple(ReserveLine(sku_id, quantity) for sku_id, quantity in lines)
    return ReserveRequest(order_no, STORE, kept, clock.now() + timedelta(minutes=15))


async def shelf(sku_id: int) -> StockView:
    return (await availability([sku_id], [STORE]))[sku_id, STORE]


async def findings() -> list[Finding]:
    checks = (
        on_hand_is_the_sum_of_movements,
        reserved_is_the_sum_of_live_reservations,
        nothing_is_negative,
    )
    return [finding for check in checks for finding in await check()]


async def test_a_sale_goes_from_the_shelf_by_way_of_a_reservation() -> None:
    await on_shelf(sku7=10)
    await reserve(wanted("A1", (7, 3)))
    held = await shelf(7)
    await capture_reservation(order_no="A1")

    assert held == StockView(on_hand=10, reserved=3, safety=0, available=7)
    assert await shelf(7) == StockView(on_hand=7, reserved=0, safety=0, available=7)
    assert await StockMovement.all().order_by("id").values_list("cause", "quantity") == [
        ("first:7", 10),
        ("sold:A1:7", -3),
    ]
    assert await findings() == []


async def test_every_step_bears_repetition() -> None:
    await on_shelf(sku7=10)
    for _ in range(2):
        await on_shelf(sku7=10)
        await reserve(wanted("A1", (7, 3)))
    for _ in range(2):
        await capture_reservation(order_no="A1")
        await release_reservation(order_no="A1")
    await reserve(wanted("A1", (7, 3)))
    sold = await shelf(7)
    for _ in range(2):
        await take_back(order_no="A1")

    assert (sold.on_hand, sold.reserved) == (7, 0)
    assert (await shelf(7)).on_hand == 10
    assert await findings() == []


async def test_all_lines_are_reserved_or_none_and_the_refusal_says_what_is_left() -> None:
    await on_shelf(sku7=10, sku8=1, sku9=2)
    with pytest.raises(OutOfStock) as refusal:
        await reserve(wanted("A1", (7, 3), (8, 2), (9, 5), (99, 1)))

    assert refusal.value.facts == {"sku_code": "8", "left": 1, "short": "8:1,9:2,99:0"}
    assert (await shelf(7)).reserved == 0
    assert await held_orders() == set()


async def test_two_lines_of_one_sku_are_one_demand() -> None:
    await on_shelf(sku7=3)
    with pytest.raises(OutOfStock):
        await reserve(wanted("A1", (7, 2), (7, 2)))
    await reserve(wanted("A2", (7, 2), (7, 1)))

    assert (await shelf(7)).available == 0


async def test_safety_stock_is_promised_to_nobody() -> None:
    await on_shelf(sku7=3)
    await set_safety(sku_id=7, store_id=STORE, safety=2)
    with pytest.raises(OutOfStock):
        await reserve(wanted("A1", (7, 2)))

    assert (await shelf(7)).available == 1


async def test_what_is_released_can_be_reserved_again_by_the_same_order() -> None:
    await on_shelf(sku7=3)
    await reserve(wanted("A1", (7, 3)))
    await release_reservation(order_no="A1")
    await release_reservation(order_no="A1")
    freed = await shelf(7)
    await reserve(wanted("A1", (7, 3)))

    assert (freed.reserved, (await shelf(7)).reserved) == (0, 3)
    assert await findings() == []


async def test_an_order_that_holds_nothing_captures_nothing() -> None:
    await on_shelf(sku7=3)
    await reserve(wanted("A1", (7, 3)))
    await release_reservation(order_no="A1")
    with pytest.raises(NothingReserved):
        await capture_reservation(order_no="A1")


async def test_one_cause_names_one_movement() -> None:
    await on_shelf(sku7=3)
    with pytest.raises(MovementCauseReused):
        await receive_stock(cause="first:7", sku_id=7, store_id=STORE, quantity=4)
    with pytest.raises(QuantityNotPositive):
        await receive_stock(cause="none", sku_id=7, store_id=STORE, quantity=0)
    with pytest.raises(QuantityNotPositive):
        await set_safety(sku_id=7, store_id=STORE, safety=-1)

    assert (await shelf(7)).on_hand == 3


@pytest.mark.parametrize(
    "statement", ["UPDATE stock_movement SET quantity = 1", "DELETE FROM stock_movement"]
)
async def test_the_database_refuses_to_change_a_movement(statement: str) -> None:
    await on_shelf(sku7=3)
    with pytest.raises(asyncpg.RaiseError, match="never changed"):
        await sql(statement)


@pytest.mark.parametrize("column", ["on_hand = 1", "reserved = -1", "reserved = 4", "safety = -1"])
async def test_the_database_refuses_an_impossible_shelf(column: str) -> None:
    await on_shelf(sku7=3)
    await reserve(wanted("A1", (7, 2)))
    with pytest.raises(IntegrityError):
        await sql(f"UPDATE stock_level SET {column}")  # noqa: S608  columns of this test


async def test_thirty_two_buyers_of_ten_units_get_exactly_ten() -> None:
    await on_shelf(sku7=10)
    answers = await asyncio.gather(
        *[reserve(wanted(f"A{n}", (7, 1))) for n in range(32)], return_exceptions=True
    )
    refused = [answer for answer in answers if isinstance(answer, OutOfStock)]

    assert (answers.count(None), len(refused)) == (10, 22)
    assert {refusal.facts["left"] for refusal in refused} == {0}
    assert await shelf(7) == StockView(on_hand=10, reserved=10, safety=0, available=0)
    assert await findings() == []


async def test_carts_in_opposite_order_never_wait_in_a_ring() -> None:
    await on_shelf(sku7=50, sku8=50, sku9=50)

    async def buy(number: int) -> None:
        lines = [(7, 1), (8, 1), (9, 1)]
        await reserve(wanted(f"A{number}", *(lines if number % 2 else lines[::-1])))
        if number % 3:
            await capture_reservation(order_no=f"A{number}")
        else:
            await release_reservation(order_no=f"A{number}")

    await asyncio.gather(*[buy(number) for number in range(30)])

    assert {(await shelf(sku)).on_hand for sku in (7, 8, 9)} == {30}
    assert await findings() == []


async def test_the_auditor_names_a_shelf_that_does_not_add_up() -> None:
    await on_shelf(sku7=10, sku8=10)
    await sql("UPDATE stock_level SET on_hand = 11 WHERE sku_id = 7")
    await sql("UPDATE stock_level SET reserved = 1 WHERE sku_id = 8")

    assert [(finding.check, finding.key) for finding in await findings()] == [
        ("stock.on_hand", "sku:7 store:1"),
        ("stock.reserved", "sku:8 store:1"),
    ]
