import asyncio
from dataclasses import replace
from datetime import date, timedelta

import asyncpg
import pytest

from core.database import sql
from core.outbox import OutboxRow
from tests.scenes.orders import Shelf, a_cart, a_shelf, an_order, some_rates
from tests.scenes.stores import a_store
from trade.catalog.models import Sku
from trade.orders.errors import (
    ConsigneeNeeded,
    OrderKeyReused,
    StoreIsClosed,
)
from trade.orders.models import Order
from trade.orders.queries import Delivery, OrderState, Source, consignee_of, order_of, timeline_of
from trade.orders.service import Consignee, OrderedLine, place_order
from trade.promotions.service import FullReductionDraft, put_full_reductions
from trade.stock.errors import OutOfStock
from trade.stock.queries import availability

pytestmark = pytest.mark.usefixtures("db")


async def stock_of(shelf: Shelf) -> tuple[int, int]:
    view = (await availability([shelf.sku_id], [shelf.store_id]))[shelf.sku_id, shelf.store_id]
    return view.on_hand, view.reserved


async def test_an_order_keeps_the_quote_the_source_and_the_stock() -> None:
    await some_rates()
    shelf = await a_shelf(units=10, list_price_fen=30_000)
    new_year = date(2026, 1, 1)
    await put_full_reductions(
        [FullReductionDraft("M500", "满 500 减 50", None, 50_000, 5_000, new_year, None)]
    )
    source = Source(guide_id=3, store_id=4, group_id=5)
    order = await an_order(shelf, quantity=2, source=source)

    assert (order.goods_fen, order.discount_fen, order.payable_fen) == (60_000, 5_000, 55_000)
    assert (order.state, order.source, order.points_earned) == (OrderState.PLACED, source, 550)
    assert order.expires_at - order.placed_at == timedelta(minutes=15)
    assert [reason.rule for reason in order.reasons] == ["full_reduction"]
    [line] = order.lines
    assert (line.title, line.spec_text, line.quantity) == ("羊绒围巾", "燕麦色 / M", 2)
    assert (line.list_fen, line.price_fen, line.discount_fen, line.payable_fen) == (
        *(30_000, 30_000, 5_000, 55_000),
    )
    assert (line.tax_code, line.tax_bp) == ("1040201990000000000", 1300)
    assert await stock_of(shelf) == (10, 2)
    [step] = await timeline_of(order.id)
    assert (step.action, step.state, step.actor) == ("place", "placed", "member:7")


async def test_the_same_key_is_the_same_order() -> None:
    shelf = await a_shelf()
    cart = a_cart(shelf)
    first, again = await place_order(cart), await place_order(replace(cart, tier="gold"))

    assert first == again
    assert await stock_of(shelf) == (10, 1)


async def test_eight_taps_at_once_are_one_order() -> None:
    shelf = await a_shelf()
    cart = a_cart(shelf)
    orders = await asyncio.gather(*[place_order(cart) for _ in range(8)])

    assert len({order.id for order in orders}) == 1
    assert await stock_of(shelf) == (10, 1)


async def test_a_key_that_placed_something_else_is_refused() -> None:
    shelf = await a_shelf()
    cart = a_cart(shelf)
    await place_order(cart)
    with pytest.raises(OrderKeyReused):
        await place_order(replace(cart, lines=(OrderedLine(shelf.sku_id, 2),)))

    assert await Order.all().count() == 1


async def test_one_key_of_two_members_is_two_orders() -> None:
    shelf = await a_shelf()
    cart = a_cart(shelf)
    mine, theirs = await place_order(cart), await place_order(replace(cart, member_id=8))

    assert mine.id != theirs.id


async def test_without_stock_there_is_no_order_and_no_news() -> None:
    shelf, scarce = await a_shelf(units=10), await a_shelf(units=1)
    scarce_here = await a_shelf(units=1, store_id=shelf.store_id)
    with pytest.raises(OutOfStock) as refusal:
        await an_order(shelf, scarce_here, quantity=2)

    code = (await Sku.get(id=scarce_here.sku_id)).code
    assert refusal.value.facts == {"sku_code": code, "left": 1, "short": f"{code}:1"}
    assert not await Order.exists()
    assert not await OutboxRow.exists()
    assert await stock_of(shelf) == (10, 0)
    assert await stock_of(scarce) == (1, 0)


async def test_two_lines_of_one_sku_cannot_oversell_together() -> None:
    shelf = await a_shelf(units=3)
    cart = a_cart(shelf)
    two = OrderedLine(shelf.sku_id, 2)
    with pytest.raises(OutOfStock):
        await place_order(replace(cart, lines=(two, two)))


async def test_thirty_two_shoppers_of_ten_units_place_exactly_ten_orders() -> None:
    shelf = await a_shelf(units=10)
    answers = await asyncio.gather(
        *[place_order(a_cart(shelf, member_id=number)) for number in range(1, 33)],
        return_exceptions=True,
    )

    assert sum(isinstance(answer, OutOfStock) for answer in answers) == 22
    assert await Order.all().count() == 10
    assert await stock_of(shelf) == (10, 10)


async def test_what_costs_nothing_is_paid_at_once() -> None:
    shelf = await a_shelf(list_price_fen=0)
    cart = a_cart(shelf)
    order, again = await place_order(cart), await place_order(cart)

    assert (order.state, order.paid_fen, order.payable_fen) == (OrderState.PAID, 0, 0)
    assert again == order
    assert await stock_of(shelf) == (9, 0)


async def test_a_closed_store_and_a_parcel_to_nobody_are_refused() -> None:
    closed = await a_shelf(store_id=(await a_store(is_open=False)).id)
    shelf = await a_shelf()
    with pytest.raises(StoreIsClosed):
        await an_order(closed)
    with pytest.raises(ConsigneeNeeded):
        await an_order(shelf, delivery=Delivery.EXPRESS)


async def test_a_consignee_is_encrypted_at_rest() -> None:
    to = Consignee("何远", "13800138000", "杭州市西湖区文三路 1 号")
    order = await an_order(delivery=Delivery.EXPRESS, consignee=to)

    assert await consignee_of(order.id) == to
    dump = str(await sql("SELECT * FROM orders_order, orders_consignee"))
    assert not any(secret in dump for secret in ("何远", "13800138000", "文三路"))


async def test_the_database_refuses_to_change_the_timeline() -> None:
    order = await an_order()
    with pytest.raises(asyncpg.RaiseError, match="never changed"):
        await sql("UPDATE orders_timeline SET actor = 'me' WHERE order_id = $1", order.id)

    assert await order_of(order.id) == order
