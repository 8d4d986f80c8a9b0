"""How many pieces of a product one member may buy, whoever writes the orders down and when."""

import asyncio
from datetime import timedelta

import pytest

from core import clock
from core.database import sql
from core.security.scope import Role, Scope
from tests.scenes.catalog import a_sku
from tests.scenes.orders import Shelf, a_cart, a_shelf, an_order, some_rates
from trade.catalog.errors import BadLimit, ProductNotFound
from trade.catalog.models import Sku
from trade.catalog.service import set_limit_each
from trade.orders.errors import TooManyBought
from trade.orders.models import Order
from trade.orders.queries import CloseReason, OrderView
from trade.orders.service import close_order, place_order
from trade.orders.service.placing import place_group
from trade.orders.service.pricing import price_group
from trade.orders.service.readying import Ready
from trade.stock.service import receive_stock

pytestmark = pytest.mark.usefixtures("db")
OFFICE = Scope(Role.HEAD_OFFICE, staff_id=1)


async def a_limited_shelf(each: int = 2, *, days: int = 0) -> Shelf:
    await some_rates()
    shelf = await a_shelf(units=50)
    of = (await Sku.get(id=shelf.sku_id)).product_id
    assert await set_limit_each(OFFICE, product_id=of, each=each, days=days)
    assert not await set_limit_each(OFFICE, product_id=of, each=each, days=days)
    return shelf


async def another_colour(shelf: Shelf) -> Shelf:
    product = await (await Sku.get(id=shelf.sku_id)).product
    sku = await a_sku(product=product, colour="黑色")
    await receive_stock(cause="other", sku_id=sku.id, store_id=shelf.store_id, quantity=50)
    return Shelf(shelf.store_id, sku.id)


async def test_a_member_buys_so_many_of_a_product_in_whatever_colours() -> None:
    shelf = await a_limited_shelf(3)
    black = await another_colour(shelf)
    first = await an_order(shelf, black)
    await an_order(black)
    with pytest.raises(TooManyBought) as refused:
        await an_order(shelf)
    await an_order(shelf, quantity=3, member_id=8)
    with pytest.raises(TooManyBought):
        await an_order(shelf, black, quantity=2, member_id=9)
    await close_order(order_id=first.id, reason=CloseReason.CANCELLED)
    await an_order(shelf, quantity=2)

    assert (refused.value.facts["most"], refused.value.facts["pieces"]) == (3, 4)


async def test_what_was_bought_long_ago_counts_no_more() -> None:
    shelf = await a_limited_shelf(1, days=30)
    old = await an_order(shelf)
    past = clock.now() - timedelta(days=31)
    await sql("UPDATE orders_order SET placed_at = $2 WHERE id = $1", old.id, past)
    await an_order(shelf)
    with pytest.raises(TooManyBought):
        await an_order(shelf)

    assert await Order.all().count() == 2


async def test_orders_at_once_by_the_member_and_by_staff_keep_the_limit() -> None:
    shelf = await a_limited_shelf(2)
    wishes = [a_cart(shelf, placed_by=f"guide:{one}" if one % 2 else "") for one in range(8)]
    answers = await asyncio.gather(*map(place_order, wishes), return_exceptions=True)

    assert sum(isinstance(answer, OrderView) for answer in answers) == 2
    assert sum(isinstance(answer, TooManyBought) for answer in answers) == 6


async def test_who_is_refused_in_a_group_disturbs_nobody() -> None:
    shelf = await a_limited_shelf(1)
    group = await price_group([a_cart(shelf), a_cart(shelf), a_cart(shelf, member_id=8)])
    answers = await place_group([one for one in group if isinstance(one, Ready)])

    assert [isinstance(answer, OrderView) for answer in answers] == [True, False, True]
    assert isinstance(answers[1], TooManyBought)


@pytest.mark.parametrize(("each", "days"), [(0, 0), (None, 3), (1, -1), (10_001, 0), (1, 3_651)])
async def test_a_limit_that_is_none_is_refused(each: int | None, days: int) -> None:
    with pytest.raises(BadLimit):
        await set_limit_each(OFFICE, product_id=1, each=each, days=days)
    with pytest.raises(ProductNotFound):
        await set_limit_each(OFFICE, product_id=1, each=1)
