"""Orders whose amounts were fixed elsewhere: at a till, in another shop, by an exchange."""

from datetime import timedelta
from typing import Any

import pytest

from core import clock
from core.database import use_case
from tests.scenes.orders import Shelf, a_cart, a_shelf, some_rates
from trade.orders.errors import BadLines
from trade.orders.queries import Delivery, OrderState, OrderView, order_of, timeline_of
from trade.orders.service import (
    Agreed,
    AgreedLine,
    Entrance,
    PlaceOrder,
    place_order,
    take_money,
)
from trade.stock.errors import OutOfStock
from trade.stock.queries import availability

pytestmark = pytest.mark.usefixtures("db")

LAST_YEAR = clock.now() - timedelta(days=400)


def agreed(shelf: Shelf, *, quantity: int = 2, **more: Any) -> PlaceOrder:
    """Two pieces for 180 yuan each, five yuan off."""
    line = AgreedLine(shelf.sku_id, quantity, 20_000, 18_000, 500, 18_000 * quantity - 500)
    facts = {"at": LAST_YEAR, **more}
    return PlaceOrder(
        store_id=shelf.store_id,
        lines=(),
        idempotency_key="till-1-000017",
        placed_by="till:1",
        entrance=Entrance.TILL,
        outside_no="000017",
        delivery=Delivery.TAKEN,
        agreed=Agreed(lines=(line,), **facts),
    )


async def stock_of(shelf: Shelf) -> tuple[int, int]:
    view = (await availability([shelf.sku_id], [shelf.store_id]))[shelf.sku_id, shelf.store_id]
    return view.on_hand, view.reserved


@use_case
async def sold(request: PlaceOrder) -> OrderView:
    """As a till does it: placed and paid in one."""
    order = await place_order(request)
    at = (request.agreed.at if request.agreed else None) or clock.now()
    await take_money(order_id=order.id, payment_no="T17", amount_fen=order.payable_fen, at=at)
    return await order_of(order.id)


async def test_an_agreed_order_costs_what_was_agreed_when_it_was_agreed() -> None:
    await some_rates()
    shelf = await a_shelf(units=10, list_price_fen=99_900)
    order = await place_order(agreed(shelf, points_earned=7))

    assert (order.goods_fen, order.discount_fen, order.payable_fen) == (36_000, 500, 35_500)
    assert (order.member_id, order.placed_by, order.outside_no) == (None, "till:1", "000017")
    assert (order.placed_at, order.points_earned) == (LAST_YEAR, 7)
    assert order.expires_at > clock.now()
    assert order == await order_of(order.id)
    [step] = await timeline_of(order.id)
    assert (step.cause, step.actor) == ("till:000017", "till:1")


async def test_a_till_sale_is_placed_paid_and_done_in_one_use_case_and_only_once() -> None:
    shelf = await a_shelf(units=10)
    first, again = await sold(agreed(shelf)), await sold(agreed(shelf))

    assert first.id == again.id
    assert first.state is OrderState.DONE
    assert await stock_of(shelf) == (8, 0)


async def test_goods_that_are_gone_are_sold_whatever_the_shelf_says() -> None:
    shelf = await a_shelf(units=1)
    with pytest.raises(OutOfStock):
        await sold(agreed(shelf))
    await sold(agreed(shelf, is_forced=True))

    assert await stock_of(shelf) == (-1, 0)


async def test_an_imported_past_moves_no_stock() -> None:
    shelf = await a_shelf(units=1)
    order = await sold(agreed(shelf, moves_stock=False))

    assert order.state is OrderState.DONE
    assert not order.moves_stock
    assert await stock_of(shelf) == (1, 0)


async def test_amounts_that_do_not_add_up_are_refused() -> None:
    shelf = await a_shelf()
    wrong = AgreedLine(shelf.sku_id, 2, 20_000, 18_000, 500, 1)
    for lines in ((), (wrong,)):
        request = a_cart(shelf, agreed=Agreed(lines=lines, at=LAST_YEAR))
        with pytest.raises(BadLines):
            await place_order(request)
    worth_nothing = AgreedLine(shelf.sku_id, 1, 100, 100, 0, 100)
    below = Agreed(lines=(worth_nothing,), at=LAST_YEAR, freight_fen=-101)
    with pytest.raises(BadLines):
        await place_order(a_cart(shelf, agreed=below))
