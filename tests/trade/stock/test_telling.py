"""News of changed shelves: one for a shelf, however often it moved."""

import asyncio
from collections.abc import Iterator

import pytest

from core import clock, events
from core.database import sql, use_case
from core.events import on
from tests.scene import tell_everyone
from tests.trade.stock.room import HERE, SKU, on_shelf
from trade.stock.events import StockChange, StockChanged
from trade.stock.service import ReserveLine, ReserveRequest, reserve, set_safety, tell_changes

pytestmark = pytest.mark.usefixtures("db")


@pytest.fixture
def heard() -> Iterator[list[StockChange]]:
    kept: list[StockChange] = []

    async def keep(event: StockChanged) -> None:
        kept.extend(event.changes)

    before = dict(events.listeners)
    on(StockChanged)(keep)
    yield kept
    events.listeners.clear()
    events.listeners.update(before)


async def held(order_no: str) -> None:
    line = (ReserveLine(SKU, 1),)
    await use_case(reserve)(ReserveRequest(order_no, HERE, line, clock.now()))


async def test_many_movements_of_a_shelf_are_one_news_with_the_latest_numbers(
    heard: list[StockChange],
) -> None:
    await on_shelf(9)
    for number in range(4):
        await held(f"A{number}")
    told = [await tell_changes(), await tell_changes()]
    await held("A9")
    told.append(await tell_changes())
    await set_safety(sku_id=SKU, store_id=HERE, safety=2)
    told.append(await tell_changes())
    await tell_everyone()

    assert told == [1, 0, 1, 1]
    assert sorted(heard, key=lambda change: change.no) == [
        StockChange(SKU, HERE, 1, 9, 4, 5, 0),
        StockChange(SKU, HERE, 2, 9, 5, 4, 0),
        StockChange(SKU, HERE, 3, 9, 5, 2, 0),
    ]


async def test_a_shelf_somebody_waits_on_is_told_too(heard: list[StockChange]) -> None:
    await on_shelf(9)

    @use_case
    async def slow() -> None:
        await sql("SELECT FROM stock_level FOR UPDATE")
        await asyncio.sleep(0.3)

    _, told = await asyncio.gather(slow(), tell_changes())
    told += await tell_changes()
    await tell_everyone()

    assert told == 1
    assert [change.no for change in heard] == [1]


async def test_orders_write_nothing_for_the_news_of_a_shelf_that_is_waiting_for_it() -> None:
    await on_shelf(9)
    await held("A1")
    owed = await sql("SELECT count(*) AS n FROM core_outbox")

    assert owed[0]["n"] == 0
