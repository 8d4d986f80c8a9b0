"""The auditor of the stock room: clean books find nothing, each corruption is named."""

import pytest
from tortoise.transactions import in_transaction

from core import clock
from core.audit import checks
from core.database import sql, use_case
from tests.trade.stock.room import HERE, SKU, THERE, ago, findings, on_shelf
from trade.stock.queries import Disposition, Reason
from trade.stock.service import (
    Arrived,
    Counted,
    Piece,
    ReserveLine,
    ReserveRequest,
    adjust,
    announce_receipt,
    approve_count,
    capture_reservation,
    enter_count,
    open_count,
    put_back,
    receive_inbound,
    receive_return,
    reserve,
    ship_transfer,
    take_out,
)

pytestmark = pytest.mark.usefixtures("db")


async def a_busy_room() -> None:
    """Sold, held, forced, sent, half arrived, counted, broken, returned."""
    await on_shelf(50)
    for order_no in ("A1", "A2"):
        line = (ReserveLine(SKU, 2),)
        await use_case(reserve)(ReserveRequest(order_no, HERE, line, clock.now()))
    await capture_reservation(order_no="A1")
    await take_out(order_no="T1", store_id=HERE, lines=[(8, 1)], is_forced=True)
    pieces = [Piece(SKU, 5)]
    for number in ("TF1", "TF2"):
        await ship_transfer(
            number=number, from_store_id=HERE, store_id=THERE, pieces=pieces, actor="a"
        )
    await receive_inbound(number="TF1", key="k", pieces=[Arrived(SKU, 3, 1)], actor="b")
    await announce_receipt(number="PO1", store_id=HERE, pieces=pieces, actor="a")
    await receive_inbound(number="PO1", key="k", pieces=[Arrived(SKU, 5)], actor="b")
    await adjust(
        cause="x", sku_id=SKU, store_id=HERE, quantity=-1, reason=Reason.DAMAGED, actor="a"
    )
    await receive_return(cause="RT", sku_id=SKU, store_id=HERE, quantity=2)
    await put_back(
        cause="PB", sku_id=SKU, store_id=HERE, quantity=1, disposition=Disposition.RESTOCK
    )
    await open_count(number="PD1", store_id=HERE, actor="a")
    await enter_count(number="PD1", found=[Counted(SKU, 30)], actor="a", at=ago(0.01))
    await approve_count(number="PD1", actor="b")


CORRUPTIONS = {
    "stock.on_hand": [
        "UPDATE stock_level SET on_hand = on_hand + 1 WHERE sku_id = 7",
        "UPDATE stock_movement SET quantity = quantity + 1 WHERE kind = 'counted'",
        "UPDATE stock_movement SET place = 'damaged' WHERE kind = 'sold' AND sku_id = 7",
        "DELETE FROM stock_movement WHERE cause = 'first:7:1'",
        "DELETE FROM stock_level WHERE sku_id = 8",
        "UPDATE stock_movement SET store_id = 2 WHERE kind = 'put_away' AND place = 'shelf'",
    ],
    "stock.in_transit": [
        "UPDATE stock_level SET in_transit = in_transit + 1 WHERE store_id = 2",
        "DELETE FROM stock_movement WHERE place = 'transit' AND quantity < 0",
    ],
    "stock.in_returns": [
        "UPDATE stock_level SET in_returns = 0 WHERE store_id = 1",
        "DELETE FROM stock_movement WHERE cause = 'RT'",
    ],
    "stock.damaged": [
        "UPDATE stock_level SET damaged = 9 WHERE store_id = 2",
        "DELETE FROM stock_movement WHERE place = 'damaged' AND store_id = 1",
    ],
    "stock.reserved": [
        "UPDATE stock_level SET reserved = reserved + 1 WHERE sku_id = 7 AND store_id = 1",
        "UPDATE stock_reservation SET state = 'released' WHERE state = 'held'",
        "UPDATE stock_reservation SET store_id = 2 WHERE state = 'held'",
    ],
    "stock.not_negative": [
        "UPDATE stock_level SET shortfall = 0 WHERE sku_id = 8",
        "UPDATE stock_level SET safety = -1 WHERE sku_id = 8",
    ],
    "stock.sales": [
        "UPDATE stock_reservation SET quantity = quantity + 1 WHERE order_no = 'A1'",
        "UPDATE stock_reservation SET state = 'captured' WHERE state = 'held'",
        "UPDATE stock_reservation SET state = 'released' WHERE order_no = 'T1'",
        "UPDATE stock_movement SET quantity = -9 WHERE cause = 'sold:A1:7'",
        "UPDATE stock_movement SET store_id = 2 WHERE cause = 'sold:A1:7'",
    ],
    "stock.transfers": [
        "UPDATE stock_inbound_line SET sent = sent + 1",
        "DELETE FROM stock_inbound_line",
        "UPDATE stock_inbound SET state = 'closed', closed_at = now() WHERE number = 'TF2'",
        "UPDATE stock_movement SET quantity = quantity - 1 WHERE cause = 'ship:TF2:7:out'",
        "DELETE FROM stock_movement WHERE cause = 'ship:TF2:7:out:transit'",
        "UPDATE stock_movement SET document_no = 'other' WHERE cause = 'ship:TF1:7:out'",
    ],
    "stock.counts": [
        "UPDATE stock_count SET state = 'rejected'",
        "UPDATE stock_count SET closed_by = 'a'",
        "UPDATE stock_count SET store_id = 2",
        "UPDATE stock_count_line SET counted_at = counted_at - interval '1 hour'",
    ],
}
# Corrupted books no longer obey the rules of the database: it is told to look away.
LOOK_AWAY = [
    "ALTER TABLE stock_level DROP CONSTRAINT stock_level_not_negative_check",
    "ALTER TABLE stock_level DROP CONSTRAINT stock_level_reserved_check",
    "SET LOCAL session_replication_role = replica",
]


async def test_clean_books_find_nothing() -> None:
    await a_busy_room()

    assert await findings() == set()


async def test_every_check_of_the_room_has_its_corruptions() -> None:
    assert {name for name in checks if name.startswith("stock.")} == CORRUPTIONS.keys()


class Undone(Exception):
    """Ends a corruption without keeping it."""


async def test_every_corruption_is_named() -> None:
    await a_busy_room()
    missed = []
    for wanted, statements in CORRUPTIONS.items():
        for statement in statements:
            named = await _corrupted(statement)
            if wanted not in named:
                missed.append((wanted, statement, named))

    assert missed == []


async def _corrupted(statement: str) -> set[str]:
    named: set[str] = set()
    try:
        async with in_transaction():
            for each in (*LOOK_AWAY, statement):
                await sql(each)
            named = {finding.split()[0] for finding in await findings()}
            raise Undone
    except Undone:
        return named
