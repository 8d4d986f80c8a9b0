"""A shelf that was short a moment ago is looked at before it is asked to give."""

from core import clock
from trade.stock.errors import OutOfStock
from trade.stock.service import ReserveLine, ReserveRequest, Shortages


def wish(order_no: str, sku_id: int) -> ReserveRequest:
    return ReserveRequest(order_no, 1, (ReserveLine(sku_id, 2),), clock.now())


def test_only_the_shelf_that_was_short_is_remembered() -> None:
    shortages = Shortages()
    shortages.note([wish("A", 7), wish("B", 8)], {"B": OutOfStock(sku_code="8", left=0, short="")})

    assert shortages.concern([wish("C", 8)])
    assert not shortages.concern([wish("D", 7), wish("E", 9)])


def test_a_refusal_for_another_reason_says_nothing_of_the_shelf() -> None:
    shortages = Shortages()
    shortages.note([wish("A", 7)], {"A": ValueError("too many open orders")})

    assert not shortages.concern([wish("B", 7)])
