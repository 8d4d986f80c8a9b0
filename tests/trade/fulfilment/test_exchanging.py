"""Exchanges, and returns that a till has done already."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest

from core import clock
from tests.scene import tell_everyone
from tests.scenes.catalog import a_sku
from tests.scenes.fulfilment import ME, key, on_hand, people_of, sold, waiting
from tests.scenes.orders import Shelf, a_shelf
from tests.scenes.stores import a_store
from trade.catalog.models import Sku
from trade.fulfilment.errors import (
    GoodsFirst,
    NoReplacement,
    NotResellable,
    NotWorthThat,
    TooManyPieces,
)
from trade.fulfilment.queries import (
    Condition,
    Disposition,
    MoneyState,
    ReceiptState,
    RefundTo,
    ReturnState,
    ReturnView,
)
from trade.fulfilment.service import (
    Arrived,
    AskReturn,
    Delivered,
    Exchange,
    Pieces,
    RecordReturn,
    ask_return,
    exchange,
    receive_goods,
    record_return,
)
from trade.orders.queries import Delivery, Entrance, OrderState, OrderView, order_of
from trade.orders.service import OrderedLine
from trade.payments.queries import payments_of, refunds_of
from trade.stock.service import receive_stock

pytestmark = pytest.mark.usefixtures("db")


async def taken_along(shelf: Shelf, quantity: int = 2) -> OrderView:
    """Bought in the store and carried home at once."""
    order = await sold(shelf, quantity=quantity, delivery=Delivery.TAKEN)
    assert order.state is OrderState.DONE
    return order


async def came_back(shelf: Shelf, order: OrderView, pieces: int = 1) -> ReturnView:
    [line] = order.lines
    ask = AskReturn((Pieces(line.id, pieces),), key())
    case = await ask_return(scope=ME, order_id=order.public_id, ask=ask)
    delivered = Delivered(shelf.store_id, (Arrived(line.id, pieces),), key())
    return await receive_goods(
        scope=people_of(shelf.store_id), return_no=case.return_no, delivered=delivered
    )


async def another_size(shelf: Shelf, *, list_price_fen: int = 39_900, units: int = 5) -> Shelf:
    product_id = (await Sku.get(id=shelf.sku_id)).product_id
    sku = await a_sku(list_price_fen=list_price_fen)
    await Sku.filter(id=sku.id).update(product_id=product_id, size=f"S{sku.id}")
    if units:
        await receive_stock(
            cause=f"size:{sku.id}", sku_id=sku.id, store_id=shelf.store_id, quantity=units
        )
    return Shelf(shelf.store_id, sku.id)


def instead(shelf: Shelf, quantity: int = 1) -> Exchange:
    return Exchange((OrderedLine(shelf.sku_id, quantity),), shelf.store_id, key())


async def test_an_even_exchange_moves_goods_and_no_money_of_the_guest() -> None:
    shelf = await a_shelf()
    order, other = await taken_along(shelf), await another_size(shelf)
    case = await came_back(shelf, order)
    staff = people_of(shelf.store_id)

    case = await exchange(scope=staff, return_id=case.public_id, wish=instead(other))

    assert case.exchange_order_id is not None
    new = await order_of(case.exchange_order_id)
    [tender] = await payments_of(new.id)
    [back] = await refunds_of(order.id)
    assert (new.entrance, new.state, new.payable_fen) == (
        Entrance.EXCHANGE,
        OrderState.DONE,
        39_900,
    )
    assert (tender.method, back.goes_to, back.amount_fen) == ("credit", "credit", 39_900)
    assert (await on_hand(other), case.money) == (4, MoneyState.SETTLED)


async def test_an_even_exchange_stays_even_when_the_list_price_has_fallen_since() -> None:
    shelf = await a_shelf()
    order, other = await taken_along(shelf, 3), await another_size(shelf)
    case = await came_back(shelf, order, 3)
    await Sku.filter(id__in=[shelf.sku_id, other.sku_id]).update(list_price_fen=10_001)
    case = await exchange(
        scope=people_of(shelf.store_id), return_id=case.public_id, wish=instead(other, 3)
    )

    assert case.exchange_order_id is not None
    new = await order_of(case.exchange_order_id)
    assert (new.payable_fen, new.goods_fen, new.discount_fen) == (119_700, 119_700, 0)
    assert (new.state, new.lines[0].list_fen) == (OrderState.DONE, 10_001)


async def test_an_exchange_asked_many_times_is_one() -> None:
    shelf = await a_shelf()
    order, other = await taken_along(shelf), await another_size(shelf)
    case = await came_back(shelf, order)
    staff, wish = people_of(shelf.store_id), instead(other)

    for _ in range(2):
        case = await exchange(scope=staff, return_id=case.public_id, wish=wish)

    assert await on_hand(other) == 4
    assert len(await refunds_of(order.id)) == 1


async def test_a_dearer_piece_leaves_the_difference_due_and_a_cheaper_one_gives_it_back() -> None:
    shelf = await a_shelf()
    order = await taken_along(shelf)
    dear = await another_size(shelf, list_price_fen=50_000)
    cheap = await another_size(shelf, list_price_fen=10_000)
    staff = people_of(shelf.store_id)
    one, two = await came_back(shelf, order), await came_back(shelf, order)

    more = await exchange(scope=staff, return_id=one.public_id, wish=instead(dear))
    less = await exchange(scope=staff, return_id=two.public_id, wish=instead(cheap))

    assert more.exchange_order_id is not None
    due = await order_of(more.exchange_order_id)
    assert (due.state, due.payable_fen - due.paid_fen) == (OrderState.PLACED, 10_100)
    assert sorted((m.amount_fen, m.refund_to) for m in less.refunds) == [
        (10_000, RefundTo.CREDIT),
        (29_900, RefundTo.ORIGIN),
    ]


async def test_nothing_is_exchanged_for_goods_that_are_not_there() -> None:
    shelf = await a_shelf()
    order = await taken_along(shelf)
    none = await another_size(shelf, units=0)
    staff = people_of(shelf.store_id)
    case = await came_back(shelf, order)
    ask = AskReturn((Pieces(order.lines[0].id, 1),), key())
    announced = await ask_return(scope=ME, order_id=order.public_id, ask=ask)

    with pytest.raises(NoReplacement):
        await exchange(scope=staff, return_id=case.public_id, wish=instead(none))
    with pytest.raises(GoodsFirst):
        await exchange(scope=staff, return_id=announced.public_id, wish=instead(shelf))

    assert await refunds_of(order.id) == ()


def at_the_till(shelf: Shelf, order: OrderView, pieces: int = 1, **more: object) -> RecordReturn:
    facts = {
        "order_id": order.id,
        "pieces": (Pieces(order.lines[0].id, pieces),),
        "store_id": shelf.store_id,
        "key": key(),
        "actor": "partner:1",
        "at": clock.now() - timedelta(hours=5),
        **more,
    }
    return RecordReturn(**facts)  # type: ignore[arg-type]


async def test_a_till_tells_a_return_it_has_done_once_with_goods_and_money() -> None:
    shelf = await a_shelf()
    order = await taken_along(shelf)
    request = at_the_till(shelf, order)

    told = await asyncio.gather(*(record_return(request) for _ in range(3)))
    await tell_everyone()

    case = told[0]
    assert {one.id for one in told} == {case.id}
    assert (case.state, case.receipt, case.money) == (
        ReturnState.CLOSED,
        ReceiptState.RECEIVED,
        MoneyState.SETTLED,
    )
    assert (await on_hand(shelf), await waiting(shelf)) == (9, 0)
    assert (await order_of(order.id)).refunded_fen == 39_900


async def test_a_till_elsewhere_takes_goods_without_money_and_worn_ones_are_not_shelved() -> None:
    shelf, other = await a_shelf(), await a_store()
    order = await taken_along(shelf, 3)
    there = Shelf(other.id, shelf.sku_id)
    goods: dict[str, Any] = {"refund_to": RefundTo.NONE, "store_id": other.id}
    worn: dict[str, Any] = {"condition": Condition.WORN, "store_id": other.id}

    await record_return(at_the_till(shelf, order, **goods))
    with pytest.raises(NotResellable):
        await record_return(at_the_till(shelf, order, **worn))
    await record_return(at_the_till(shelf, order, **worn, disposition=Disposition.SCRAP))

    assert (await on_hand(there), await on_hand(shelf)) == (1, 7)
    assert [refund.amount_fen for refund in await refunds_of(order.id)] == [39_900]


async def test_a_till_gives_back_no_more_than_was_sold_and_paid() -> None:
    shelf = await a_shelf()
    order = await taken_along(shelf)

    with pytest.raises(TooManyPieces):
        await record_return(at_the_till(shelf, order, 3))
    with pytest.raises(NotWorthThat):
        await record_return(at_the_till(shelf, order, amount_fen=39_901))

    assert (await on_hand(shelf), await refunds_of(order.id)) == (8, ())
