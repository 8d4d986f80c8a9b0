"""Orders that are placed together: each gets its own answer, and nobody pays for a neighbour."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from datetime import date

import pytest

from core.database import sql
from core.ledger.lots import NEVER
from core.settings import Settings, configure
from tests.scenes.orders import Shelf, a_cart, a_shelf, overdue, some_rates
from trade.orders.audit import an_order_holds_and_moves_what_it_sold
from trade.orders.errors import OrderKeyReused, TooManyHeldUnits, TooManyOpenOrders
from trade.orders.models import Order
from trade.orders.queries import CloseReason, OrderView, order_of
from trade.orders.service import OrderedLine, PlaceOrder, close_order, place_order
from trade.orders.service.placing import place_group
from trade.orders.service.pricing import price_group
from trade.orders.service.readying import Ready
from trade.promotions.service import FullReductionDraft, put_full_reductions
from trade.stock.audit import on_hand_is_the_sum_of_movements
from trade.stock.errors import OutOfStock
from trade.stock.queries import availability

pytestmark = pytest.mark.usefixtures("db")


async def together(*wishes: PlaceOrder) -> list[OrderView | BaseException]:
    """As they arrive while another commit is under way."""
    group = await price_group(wishes)
    assert all(isinstance(one, Ready) for one in group)
    return await place_group([one for one in group if isinstance(one, Ready)])


def placed(answers: Sequence[OrderView | BaseException]) -> list[int]:
    return [at for at, answer in enumerate(answers) if isinstance(answer, OrderView)]


async def reserved(shelf: Shelf) -> int:
    view = await availability([shelf.sku_id], [shelf.store_id])
    return view[shelf.sku_id, shelf.store_id].reserved


async def test_the_last_units_go_to_those_who_came_first() -> None:
    shelf = await a_shelf(units=3)
    wishes = [a_cart(shelf, member_id=member) for member in range(1, 8)]
    answers = await together(*wishes)

    assert placed(answers) == [0, 1, 2]
    assert all(isinstance(answer, OutOfStock) for answer in answers[3:])
    assert await reserved(shelf) == 3
    assert await Order.all().count() == 3


async def test_a_greater_wish_that_fails_leaves_its_units_to_the_next() -> None:
    shelf = await a_shelf(units=5)
    sizes = (4, 9, 2, 1, 1)
    answers = await together(
        *[a_cart(shelf, quantity=size, member_id=at + 1) for at, size in enumerate(sizes)]
    )

    assert placed(answers) == [0, 3]
    assert await reserved(shelf) == 5


async def test_one_refusal_never_fails_its_neighbours() -> None:
    await some_rates()
    shelf, elsewhere = await a_shelf(units=10), await a_shelf(units=1)
    both = PlaceOrder(
        store_id=shelf.store_id,
        member_id=5,
        idempotency_key="both-000001",
        lines=(OrderedLine(shelf.sku_id, 1), OrderedLine(elsewhere.sku_id, 1)),
    )
    answers = await together(a_cart(shelf, member_id=1), both, a_cart(shelf, member_id=2))

    assert placed(answers) == [0, 2]
    assert await reserved(shelf) == 2
    assert await an_order_holds_and_moves_what_it_sold() == []
    assert await on_hand_is_the_sum_of_movements() == []


async def test_a_group_of_many_writes_what_groups_of_one_write() -> None:
    await some_rates()
    await put_full_reductions(
        [FullReductionDraft("M500", "满 500 减 50", None, 50_000, 5_000, date(2026, 1, 1), None)]
    )
    shelf = await a_shelf(units=50, list_price_fen=30_000)
    wishes = [a_cart(shelf, quantity=at % 3 + 1, member_id=at + 1) for at in range(6)]
    apart = [
        (await together(replace(one, idempotency_key=f"apart-{at:04}")))[0]
        for at, one in enumerate(wishes)
    ]
    joint = await together(*wishes)

    for one, other in zip(apart, joint, strict=True):
        assert isinstance(one, OrderView)
        assert isinstance(other, OrderView)
        assert other == await order_of(other.id)
        assert facts(one) == facts(other)


def facts(order: OrderView) -> OrderView:
    """Without what is never the same twice."""
    lines = tuple(replace(line, id=0) for line in order.lines)
    same = replace(order, id=0, public_id="", order_no="", lines=lines)
    return replace(same, placed_at=NEVER, expires_at=NEVER)


async def test_the_same_key_twice_in_a_group_is_one_order() -> None:
    shelf = await a_shelf()
    cart = a_cart(shelf)
    other = replace(cart, lines=(OrderedLine(shelf.sku_id, 2),))
    first, again, changed = await together(cart, cart, other)

    assert isinstance(first, OrderView)
    assert first == again
    assert isinstance(changed, OrderKeyReused)
    assert await reserved(shelf) == 1


async def test_a_shopper_who_leaves_has_ordered_all_the_same() -> None:
    shelf = await a_shelf()
    gone = asyncio.create_task(place_order(a_cart(shelf, member_id=1)))
    stays = asyncio.create_task(place_order(a_cart(shelf, member_id=2)))
    while not await Order.exists():
        if gone.done():
            break
        await asyncio.sleep(0)
        gone.cancel()
    await stays

    assert await reserved(shelf) == await Order.all().count()
    assert await an_order_holds_and_moves_what_it_sold() == []


async def test_prices_that_change_after_the_quote_are_asked_again() -> None:
    await some_rates()
    shelf = await a_shelf(list_price_fen=60_000)
    [one] = await price_group([a_cart(shelf)])
    assert isinstance(one, Ready)
    await put_full_reductions(
        [FullReductionDraft("M500", "满 500 减 50", None, 50_000, 5_000, date(2026, 1, 1), None)]
    )
    [order] = await place_group([one])

    assert one.amounts.payable_fen == 60_000
    assert isinstance(order, OrderView)
    assert order.payable_fen == 55_000


async def test_nobody_keeps_more_open_orders_than_allowed(settings: Settings) -> None:
    configure(settings.model_copy(update={"max_open_orders": 2}))
    shelf = await a_shelf(units=10)
    answers = await together(*[a_cart(shelf) for _ in range(3)], a_cart(shelf, member_id=8))

    assert placed(answers) == [0, 1, 3]
    assert isinstance(answers[2], TooManyOpenOrders)
    assert isinstance(answers[0], OrderView)
    await close_order(order_id=answers[0].id, reason=CloseReason.CANCELLED, actor="member:7")
    await place_order(a_cart(shelf))
    assert await reserved(shelf) == 3


async def test_nobody_keeps_more_units_of_one_sku_than_allowed(settings: Settings) -> None:
    configure(settings.model_copy(update={"max_held_units": 5}))
    shelf, other = await a_shelf(units=20), await a_shelf(units=20)
    await place_order(a_cart(shelf, quantity=3))
    with pytest.raises(TooManyHeldUnits):
        await place_order(a_cart(shelf, quantity=3))
    await place_order(a_cart(shelf, quantity=2))
    await place_order(a_cart(other, quantity=5))

    assert (await reserved(shelf), await reserved(other)) == (5, 5)


async def test_who_lets_three_orders_run_out_gets_less_time(settings: Settings) -> None:
    shelf = await a_shelf(units=10)
    times = []
    for _ in range(4):
        order = await place_order(a_cart(shelf))
        times.append((order.expires_at - order.placed_at).total_seconds())
        await overdue(order)
        await close_order(order_id=order.id, reason=CloseReason.EXPIRED)

    assert times == [settings.pay_within_s] * 3 + [settings.pay_within_short_s]


async def test_the_cart_keeps_what_was_not_ordered() -> None:
    shelf = await a_shelf(units=10)
    kept = f'[{{"sku_id": {shelf.sku_id}, "quantity": 3}}, {{"sku_id": 99, "quantity": 1}}]'
    await sql(
        "INSERT INTO orders_cart (member_id, store_id, lines) VALUES (7, $1, $2::jsonb)",
        shelf.store_id,
        kept,
    )
    await place_order(a_cart(shelf, quantity=2))
    await place_order(a_cart(shelf, quantity=1))
    [row] = await sql("SELECT lines::text AS lines FROM orders_cart")

    assert row["lines"] == '[{"sku_id": 99, "quantity": 1}]'


async def test_a_number_that_is_taken_is_drawn_anew_and_no_neighbour_is_lost() -> None:
    shelf = await a_shelf(units=10)
    there = await place_order(a_cart(shelf))
    group = await price_group([a_cart(shelf), a_cart(shelf)])
    one, other = [one for one in group if isinstance(one, Ready)]
    placed = await place_group([replace(one, order_no=there.order_no), other])

    numbers = {order.order_no for order in placed if isinstance(order, OrderView)}
    assert len(numbers | {there.order_no}) == 3
    assert await Order.all().count() == 3
