"""The worked numbers of docs/why/stock.md, worked out again."""

from datetime import datetime, timedelta
from pathlib import Path

import pytest

from core import clock
from core.database import use_case
from tests.trade.stock.room import HERE, SKU, THERE, findings, level, on_shelf
from trade.orders.rules import MOVES
from trade.stock.queries import Disposition, StockView
from trade.stock.rules import fullness
from trade.stock.service import (
    Arrived,
    Counted,
    FeedRow,
    Piece,
    ReserveLine,
    ReserveRequest,
    apply_stock_feed,
    approve_count,
    capture_reservation,
    close_inbound,
    enter_count,
    open_count,
    put_back,
    receive_inbound,
    receive_return,
    reserve,
    ship_transfer,
    take_back,
    take_out,
)

PAGE = (Path(__file__).parents[3] / "docs/why/stock.md").read_text(encoding="utf-8")


def row(step: str) -> list[int]:
    """The whole numbers of a row of the page, named by its first words."""
    [line] = [line for line in PAGE.splitlines() if line.startswith(f"| {step}")]
    cells = [cell.strip() for cell in line.strip("|").split("|")[1:]]
    return [int(cell) for cell in cells if cell.lstrip("-").isdigit()]


def shown(view: StockView) -> list[int]:
    return [view.on_hand, view.reserved, view.available]


@pytest.mark.usefixtures("db")
async def test_an_order_on_the_shelf() -> None:
    await on_shelf(10)
    assert shown(await level()) == row("ten units arrive")
    line = (ReserveLine(SKU, 3),)
    await use_case(reserve)(ReserveRequest("A1", HERE, line, clock.now()))
    assert shown(await level()) == row("an order of 3 is placed")
    await capture_reservation(order_no="A1")
    assert shown(await level()) == row("it is paid")
    await take_back(order_no="A1")
    assert shown(await level()) == row("it is refunded in full")


@pytest.mark.usefixtures("db")
async def test_a_transfer() -> None:
    async def now() -> list[int]:
        there = await level(store_id=THERE)
        return [(await level()).on_hand, there.in_transit, there.on_hand, there.damaged]

    await on_shelf(10)
    pieces = [Piece(SKU, 5)]
    await ship_transfer(number="TF1", from_store_id=HERE, store_id=THERE, pieces=pieces, actor="a")
    assert await now() == row("sent")
    await receive_inbound(number="TF1", key="k", pieces=[Arrived(SKU, 3, 1)], actor="b")
    assert await now() == row("received: 3 good")
    await close_inbound(number="TF1", actor="b")
    assert await now() == row("closed: the missing one")


@pytest.mark.usefixtures("db")
@pytest.mark.parametrize("disposition", list(Disposition))
async def test_goods_that_come_back(disposition: Disposition) -> None:
    await on_shelf(3)
    await receive_return(cause="in", sku_id=SKU, store_id=HERE, quantity=2)
    seen = await level()
    waiting = [seen.on_hand, seen.in_returns, seen.available]
    await put_back(
        cause="out",
        sku_id=SKU,
        store_id=HERE,
        quantity=2,
        disposition=disposition,
        to_store_id=THERE if disposition is Disposition.TRANSFER else None,
    )
    seen = await level()
    step = "put back" if disposition is Disposition.RESTOCK else "or: to the vendor"

    assert waiting == row("3 on the shelf")
    assert [seen.on_hand, seen.in_returns, seen.available] == row(step)


@pytest.mark.usefixtures("db")
async def test_a_count_and_a_feed() -> None:
    day = clock.now() - timedelta(days=1)

    def at(hour: int, minute: int = 0) -> datetime:
        return day.replace(hour=hour, minute=minute)

    async def sold(order_no: str, units: int, moment: datetime) -> None:
        lines = [(SKU, units)]
        await take_out(order_no=order_no, store_id=HERE, lines=lines, is_forced=True, at=moment)

    async def told(seq: int, units: int, moment: datetime) -> None:
        row = FeedRow(SKU, HERE, units, moment)
        await apply_stock_feed(source="erp", seq=seq, rows=[row])

    async def now() -> int:
        return (await level()).on_hand

    await told(1, 10, at(7))
    assert await now() == row("ten on the shelf")[0]
    await open_count(number="PD1", store_id=HERE, actor="a")
    await enter_count(number="PD1", found=[Counted(SKU, 8)], actor="a", at=at(9))
    assert await now() == row("09:00")[0]
    await sold("T1", 1, at(9, 30))
    assert await now() == row("09:30")[0]
    await approve_count(number="PD1", actor="b")
    assert await now() == row("10:00")[0]
    await sold("T2", 2, at(8))
    assert await now() == row("10:10")[0]
    await told(2, 10, at(8, 30))
    assert await now() == row("10:20")[0]
    await told(3, 6, at(10, 25))
    assert await now() == row("10:30")[0]
    assert await findings() == set()


def test_what_shoppers_see() -> None:
    assert "none (0), few (1-2), some (3-9) or plenty (from 10)" in PAGE
    assert [fullness(pieces).value for pieces in (-1, 0, 1, 2, 3, 9, 10)] == [
        *("none", "none", "few", "few", "some", "some", "plenty"),
    ]


def test_the_states_of_an_order_are_those_of_the_table() -> None:
    for _, action in MOVES:
        assert any(f"| {action}" in line for line in PAGE.splitlines()), action
