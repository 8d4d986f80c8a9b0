"""Goods bought in one owner's store and brought back to another's: who owes whom, once."""

import asyncio
from dataclasses import replace

import pytest

from core.database import sql
from core.ledger import Account, AccountKind, balance, house
from tests.scene import tell_everyone
from tests.scenes.auditing import named_in, overlooked_of
from tests.scenes.fulfilment import ME, key, people_of, sold
from tests.scenes.orders import Shelf, a_shelf, some_rates
from tests.scenes.stores import a_franchisee, a_store
from trade.fulfilment.service import (
    Arrived,
    AskReturn,
    Delivered,
    Pieces,
    ask_return,
    receive_goods,
)
from trade.orders.queries import OrderView
from trade.promotions.models import ProgramRate
from trade.settlement.models import GoodsMoved
from trade.settlement.queries import explain_sale, shares_of
from trade.settlement.rules import price_of_moved
from trade.settlement.service import MovedGoods, settle_moved_goods
from trade.stores.models import Franchisee
from trade.stores.rules import StoreKind

pytestmark = pytest.mark.usefixtures("db")
ROOMS = ("settlement",)


async def brought(order: OrderView, pieces: int, store_id: int) -> None:
    """The buyer brings pieces to a store, which takes them in; whoever hears of it has heard."""
    staff, line_id = people_of(order.store_id, store_id), order.lines[0].id
    ask = AskReturn((Pieces(line_id, pieces),), key())
    case = await ask_return(scope=ME, order_id=order.public_id, ask=ask)
    delivered = Delivered(store_id, (Arrived(line_id, pieces),), key())
    await receive_goods(scope=staff, return_no=case.return_no, delivered=delivered)
    await tell_everyone()


async def a_sale_of(owner: Franchisee | None) -> tuple[Shelf, OrderView]:
    """Three pieces of 100 yuan each, taken from the store at once."""
    if not await ProgramRate.exists():
        await some_rates()
    store = await a_store(franchisee=owner)
    shelf = await a_shelf(store_id=store.id, list_price_fen=10_000)
    return shelf, await sold(shelf, quantity=3, delivery="taken")


async def owed(*owners: Franchisee) -> list[int]:
    """What the books changed by, beyond the share of the sale."""
    return [await shares_of(owner.id) for owner in owners]


async def test_who_takes_goods_of_another_owner_owes_their_share_of_the_price() -> None:
    seller, taker = await a_franchisee(), await a_franchisee()
    _, order = await a_sale_of(seller)
    there = await a_store(franchisee=taker)
    before = await owed(seller, taker)
    await brought(order, 2, there.id)
    after = await owed(seller, taker)
    row = await GoodsMoved.get()
    told = await explain_sale(order.order_no)

    assert [b - a for a, b in zip(before, after, strict=True)] == [14_000, -14_000]
    assert (row.pieces, row.worth_fen, row.share_bp, row.amount_fen) == (2, 20_000, 7_000, 14_000)
    assert (row.sold_franchisee_id, row.franchisee_id) == (seller.id, taker.id)
    assert sum("异店退货货款" in sentence for sentence in told) == 2
    assert any(row.return_no in sentence for sentence in told)
    assert await named_in(ROOMS) == set()


async def test_the_house_pays_and_is_paid_like_any_owner() -> None:
    owner = await a_franchisee()
    _, order = await a_sale_of(owner)
    own = await a_store()
    cost = house(AccountKind.SHARE_COST)
    before = await balance(cost), await shares_of(owner.id)
    await brought(order, 1, own.id)

    assert await balance(cost) - before[0] == -7_000
    assert await shares_of(owner.id) - before[1] == 7_000
    _, ours = await a_sale_of(None)
    before = await balance(cost), await shares_of(owner.id)
    await brought(ours, 1, order.store_id)
    assert await balance(cost) - before[0] == 7_000
    assert await shares_of(owner.id) - before[1] == -7_000
    assert await named_in(ROOMS) == set()


async def test_an_agency_store_settles_like_its_owner_in_the_sale_and_in_the_return() -> None:
    await some_rates()
    agent, taker = await a_franchisee(), await a_franchisee()
    agency = await a_store(kind=StoreKind.AGENCY, franchisee=agent)
    shelf = await a_shelf(store_id=agency.id, list_price_fen=10_000)
    order = await sold(shelf, quantity=3, delivery="taken")
    await tell_everyone()
    of_sale = await owed(agent)
    there = await a_store(kind=StoreKind.AGENCY, franchisee=taker)
    before = await owed(agent, taker)
    await brought(order, 1, there.id)
    after = await owed(agent, taker)
    before_joint = await owed(agent)
    joint = await a_store(kind=StoreKind.JOINT, franchisee=taker)
    await brought(order, 1, joint.id)

    assert of_sale == [21_000]
    assert [b - a for a, b in zip(before, after, strict=True)] == [7_000, -7_000]
    assert [b - a for a, b in zip(before_joint, await owed(agent), strict=True)] == [7_000]
    assert (await owed(taker)) == [-7_000]  # a joint store's goods are the house's
    assert await named_in(ROOMS) == set()


async def test_stores_of_one_owner_owe_each_other_nothing_and_it_is_noted() -> None:
    owner = await a_franchisee()
    _, order = await a_sale_of(owner)
    there = await a_store(franchisee=owner)
    before = await shares_of(owner.id)
    await brought(order, 1, there.id)
    await brought(order, 1, order.store_id)

    assert await shares_of(owner.id) == before
    [row] = await GoodsMoved.all()
    assert (row.store_id, row.pieces, row.amount_fen) == (there.id, 1, 0)
    assert await named_in(ROOMS) == set()


async def test_the_same_receipt_many_times_at_once_is_booked_once() -> None:
    seller, taker = await a_franchisee(), await a_franchisee()
    _, order = await a_sale_of(seller)
    there = await a_store(franchisee=taker)
    moved = MovedGoods(
        receipt_id=900,
        return_no="T1",
        order_id=order.id,
        sold_store_id=order.store_id,
        store_id=there.id,
        pieces=1,
        worth_fen=9_999,
        at=order.placed_at,
    )
    await asyncio.gather(*(settle_moved_goods(moved) for _ in range(6)))
    await settle_moved_goods(replace(moved, worth_fen=1))

    assert await shares_of(taker.id) == -price_of_moved(9_999, share_bp_=7_000, sold_by=1, has=2)
    assert await GoodsMoved.all().count() == 1
    assert await balance(Account(AccountKind.FRANCHISE_SHARE, f"franchisee:{taker.id}")) == -6_999


CORRUPTIONS = {
    "settlement.moved": [
        "DELETE FROM settlement_goods_moved",
        "UPDATE settlement_goods_moved SET pieces = pieces + 1",
        "UPDATE settlement_goods_moved SET store_id = store_id + 1",
    ],
    "settlement.owed": [
        "UPDATE settlement_goods_moved SET worth_fen = worth_fen + 100",
        "UPDATE settlement_goods_moved SET franchisee_id = NULL",
        "DELETE FROM settlement_goods_moved",
        (
            "UPDATE core_ledger_entry SET amount = amount * 2 WHERE journal_id ="
            " (SELECT id FROM core_ledger_journal WHERE cause_kind = 'return_received.goods')"
        ),
    ],
}


async def test_each_corruption_of_moved_goods_is_named() -> None:
    seller, taker = await a_franchisee(), await a_franchisee()
    _, order = await a_sale_of(seller)
    await brought(order, 2, (await a_store(franchisee=taker)).id)
    await sql("UPDATE fulfilment_returned_pieces SET at = at - interval '1 hour'")
    assert await named_in(ROOMS) == set()

    assert await overlooked_of(CORRUPTIONS, ROOMS) == []
