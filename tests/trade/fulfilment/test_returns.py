"""Goods come back: receipt, what becomes of them, and the money; each by itself."""

import asyncio

import pytest

from core.database import sql
from tests.scenes.fulfilment import (
    ME,
    key,
    on_hand,
    people_of,
    refunds_arrive,
    waiting,
)
from tests.scenes.orders import Shelf, a_shelf
from tests.scenes.returns import a_case, brought, received_by_member
from tests.scenes.stores import a_store
from trade.fulfilment.errors import (
    NotResellable,
    ReturnNotFound,
    TooManyPieces,
)
from trade.fulfilment.queries import (
    Condition,
    Disposition,
    MoneyState,
    ReceiptState,
    ReturnState,
)
from trade.fulfilment.service import (
    Arrived,
    Decision,
    Delivered,
    GiveBack,
    close_return,
    dispose,
    finish_receipt,
    pay_back,
    put_away,
    receive_goods,
    withdraw_return,
)
from trade.payments.queries import refunds_of

pytestmark = pytest.mark.usefixtures("db")


async def test_a_return_walks_through_receipt_disposition_and_money_by_itself() -> None:
    shelf = await a_shelf()
    order = await received_by_member(shelf)
    staff = people_of(shelf.store_id)
    case = await a_case(order)

    case = await receive_goods(
        scope=staff, return_no=case.return_no, delivered=brought(case, shelf.store_id)
    )
    lying = (await on_hand(shelf), await waiting(shelf))
    choice = Decision(case.arrived[0].id, Disposition.RESTOCK, 1, key())
    case = await dispose(scope=staff, decision=choice)
    decided = (await on_hand(shelf), await waiting(shelf))
    case = await put_away(scope=staff, disposition_id=case.dispositions[0].public_id)
    shelved = (await on_hand(shelf), await waiting(shelf))
    case = await pay_back(scope=staff, return_id=case.public_id, wish=GiveBack(key()))
    paying = case.money
    await refunds_arrive(order)
    case = await close_return(scope=staff, return_no=case.return_no)

    # hotwax april-may22: pieces counted as stock before anybody had put them away
    assert (lying, decided, shelved) == ((7, 1), (7, 1), (8, 0))
    assert (paying, case.money) == (MoneyState.ASKED, MoneyState.SETTLED)
    assert case.state is ReturnState.CLOSED
    assert [step.action for step in case.steps] == [
        *("ask", "receive", "dispose", "put_away", "money", "pay_back", "close")
    ]


async def test_goods_can_be_received_without_any_refund() -> None:
    # medusa#4052
    shelf = await a_shelf()
    order = await received_by_member(shelf)
    case = await a_case(order)

    case = await receive_goods(
        scope=people_of(shelf.store_id),
        return_no=case.return_no,
        delivered=brought(case, shelf.store_id),
    )

    assert (case.receipt, case.money) == (ReceiptState.RECEIVED, MoneyState.NONE)
    assert await refunds_of(order.id) == ()


async def test_another_store_takes_goods_back_into_its_own_books() -> None:
    # magento/inventory#377, spree#4324: returns went to the default source
    shelf, other = await a_shelf(), await a_store()
    order = await received_by_member(shelf)
    case = await a_case(order)
    staff = people_of(other.id)

    case = await receive_goods(
        scope=staff, return_no=case.return_no, delivered=brought(case, other.id)
    )
    choice = Decision(case.arrived[0].id, Disposition.RESTOCK, 1, key())
    case = await dispose(scope=staff, decision=choice)
    await put_away(scope=staff, disposition_id=case.dispositions[0].public_id)

    there = Shelf(other.id, shelf.sku_id)
    assert (await on_hand(shelf), await on_hand(there)) == (7, 1)
    assert (case.sold_store_id, case.store_id) == (shelf.store_id, other.id)
    with pytest.raises(ReturnNotFound):
        await receive_goods(
            scope=staff, return_no=case.return_no, delivered=brought(case, shelf.store_id)
        )


async def test_what_arrives_may_be_more_or_less_than_what_was_announced() -> None:
    shelf = await a_shelf()
    order = await received_by_member(shelf)
    more, fewer = await a_case(order), await a_case(order)
    staff = people_of(shelf.store_id)

    with pytest.raises(TooManyPieces):
        await receive_goods(
            scope=staff, return_no=more.return_no, delivered=brought(more, shelf.store_id, 3)
        )
    more = await receive_goods(
        scope=staff, return_no=more.return_no, delivered=brought(more, shelf.store_id, 2)
    )
    await withdraw_return(scope=ME, return_id=fewer.public_id)
    late = await a_case(order)

    assert (more.worth_fen, more.receipt) == (79_800, ReceiptState.RECEIVED)
    assert late.worth_fen == 39_900


async def test_what_never_arrived_stays_the_buyers_and_its_money_with_us() -> None:
    shelf = await a_shelf()
    order = await received_by_member(shelf)
    case = await a_case(order, 3)
    staff = people_of(shelf.store_id)
    case = await receive_goods(
        scope=staff, return_no=case.return_no, delivered=brought(case, shelf.store_id, 2)
    )
    partly = case.receipt

    case = await finish_receipt(scope=staff, return_no=case.return_no)

    assert (partly, case.receipt, case.worth_fen) == (
        ReceiptState.PARTLY,
        ReceiptState.RECEIVED,
        79_800,
    )
    assert (await a_case(order)).worth_fen == 39_900


async def test_each_piece_has_its_own_fate_and_none_is_restocked_by_one_tick() -> None:
    # magento/inventory#2851, spree#5928, medusajs/admin#377
    shelf, other = await a_shelf(), await a_store()
    order = await received_by_member(shelf)
    case = await a_case(order, 3)
    staff = people_of(shelf.store_id)
    line_id = case.lines[0].line_id
    goods = (Arrived(line_id, 2), Arrived(line_id, 1, Condition.WORN))
    case = await receive_goods(
        scope=staff,
        return_no=case.return_no,
        delivered=Delivered(shelf.store_id, goods, key()),
    )
    intact, worn = case.arrived

    with pytest.raises(NotResellable):
        await dispose(scope=staff, decision=Decision(worn.id, Disposition.RESTOCK, 1, key()))
    with pytest.raises(TooManyPieces):
        await dispose(scope=staff, decision=Decision(intact.id, Disposition.VENDOR, 3, key()))
    await dispose(scope=staff, decision=Decision(worn.id, Disposition.SCRAP, 1, key()))
    await dispose(scope=staff, decision=Decision(intact.id, Disposition.VENDOR, 1, key()))
    case = await dispose(
        scope=staff,
        decision=Decision(intact.id, Disposition.TRANSFER, 1, key(), to_store_id=other.id),
    )

    assert [piece.waiting for piece in case.arrived] == [0, 0]
    assert (await on_hand(shelf), await waiting(shelf)) == (7, 0)
    rows = await sql("SELECT kind FROM stock_movement WHERE place = 'returns' ORDER BY id")
    assert sorted(row["kind"] for row in rows if row["kind"] != "returned") == [
        *("scrapped", "to_vendor", "transferred_out")
    ]


async def test_a_disposition_asked_twice_moves_once() -> None:
    shelf = await a_shelf()
    order = await received_by_member(shelf)
    staff = people_of(shelf.store_id)
    case = await a_case(order, 2)
    case = await receive_goods(
        scope=staff, return_no=case.return_no, delivered=brought(case, shelf.store_id, 2)
    )
    choice = Decision(case.arrived[0].id, Disposition.RESTOCK, 1, key())

    for _ in range(2):
        case = await dispose(scope=staff, decision=choice)
    await asyncio.gather(
        *(put_away(scope=staff, disposition_id=case.dispositions[0].public_id) for _ in range(4))
    )

    assert (await on_hand(shelf), await waiting(shelf)) == (8, 1)


async def test_a_receipt_noted_twice_is_one_receipt() -> None:
    shelf = await a_shelf()
    order = await received_by_member(shelf)
    case, staff = await a_case(order, 2), people_of(shelf.store_id)
    delivered = brought(case, shelf.store_id, 1)

    await asyncio.gather(
        *(
            receive_goods(scope=staff, return_no=case.return_no, delivered=delivered)
            for _ in range(3)
        )
    )

    assert await waiting(shelf) == 1
