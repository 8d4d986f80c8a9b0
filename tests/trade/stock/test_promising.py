"""What may be promised where: at one place, of goods that are free there, by places that may."""

from datetime import date, timedelta
from typing import Any

import pytest

from core import clock
from core.database import use_case
from tests.scenes.stores import a_franchisee, a_store
from tests.trade.stock.room import on_shelf
from trade.stock.errors import OutOfStock
from trade.stock.queries import Promise, Reason, Wish, promise
from trade.stock.service import (
    Piece,
    ReserveLine,
    ReserveRequest,
    adjust,
    announce_receipt,
    receive_return,
    reserve,
    set_safety,
)
from trade.stores.models import Store

pytestmark = pytest.mark.usefixtures("db")
HERE = (31.23, 121.47)
LAMP, CHAIR = 7, 8


async def asked(*lines: tuple[int, int], **more: Any) -> list[Promise]:
    said = {name: more.pop(name) for name in ("for_store", "delivery", "radius_m") if name in more}
    page = await promise(lines, Wish(HERE, **said), **more)
    return list(page.promises)


async def stores_with(*lines: tuple[int, int], **more: Any) -> list[int]:
    return [each.store.id for each in await asked(*lines, **more)]


async def stocked(units: int, sku_id: int = LAMP, **facts: Any) -> Store:
    store = await a_store(**facts)
    await on_shelf(units, sku_id=sku_id, store_id=store.id)
    return store


async def test_what_is_promised_at_a_place_can_be_reserved_there() -> None:
    # medusa#14987, #15132, #10658: availability confirmed as a sum over places, reserved at one.
    near, far = await stocked(2), await stocked(3, latitude=31.3)
    assert await stores_with((LAMP, 4)) == []
    [told] = await asked((LAMP, 3))

    line = (ReserveLine(LAMP, 3),)
    await use_case(reserve)(ReserveRequest("A1", told.store.id, line, clock.now()))

    assert told.store.id == far.id
    assert await stores_with((LAMP, 1)) == [near.id]
    with pytest.raises(OutOfStock):
        await use_case(reserve)(ReserveRequest("A2", far.id, line, clock.now()))


async def test_lines_that_share_a_stock_item_are_one_demand() -> None:
    # medusa#16502: two lines of one stock item pass one by one and oversell together.
    _ = await stocked(3)

    assert await stores_with((LAMP, 2), (LAMP, 2)) == []
    assert len(await stores_with((LAMP, 2), (LAMP, 1))) == 1


async def test_all_of_a_wish_lies_in_one_place() -> None:
    both = await stocked(2)
    await on_shelf(1, sku_id=CHAIR, store_id=both.id)
    _ = await stocked(9)
    [told] = await asked((LAMP, 1), (CHAIR, 1))

    assert told.store.id == both.id
    assert told.available == {LAMP: 2, CHAIR: 1}


async def test_safety_stock_held_damaged_and_returned_goods_are_promised_to_nobody() -> None:
    # vendure#4030: allocation ignores what is already allocated.
    store = await stocked(5)
    place: dict[str, Any] = {"sku_id": LAMP, "store_id": store.id}
    await set_safety(**place, safety=1)
    await adjust(cause="x", **place, quantity=-1, reason=Reason.DAMAGED, actor="a")
    await receive_return(cause="r", **place, quantity=4)
    line = (ReserveLine(LAMP, 1),)
    await use_case(reserve)(ReserveRequest("A1", store.id, line, clock.now()))
    [told] = await asked((LAMP, 1))

    assert told.available == {LAMP: 2}
    assert await stores_with((LAMP, 3)) == []


async def test_franchise_stock_serves_other_stores_only_if_its_owner_says_so() -> None:
    # saleor#9970, vendure#2356: "in stock" only from places that may serve the asking store.
    asking = await a_store()
    kept = await stocked(5, franchisee=await a_franchisee())
    lent = await stocked(5, franchisee=await a_franchisee(), lends_stock=True)
    own = await stocked(5)
    everybody = {kept.id, lent.id, own.id}

    assert set(await stores_with((LAMP, 1), for_store=asking.id)) == {lent.id, own.id}
    assert set(await stores_with((LAMP, 1), for_store=kept.id)) == everybody
    assert set(await stores_with((LAMP, 1))) == everybody
    others = await asked((LAMP, 1), for_store=asking.id, with_others=True)
    assert {each.store.id for each in others if not each.may_serve} == {kept.id}


async def test_closed_stores_and_those_that_do_not_deliver_so_promise_nothing() -> None:
    _ = await stocked(5, is_open=False)
    _ = await stocked(5, offers_pickup=False)
    open_one = await stocked(5)

    assert await stores_with((LAMP, 1), delivery="pickup") == [open_one.id]


async def test_goods_on_their_way_are_named_with_their_day() -> None:
    here, there = await stocked(1), await a_store(latitude=31.4)
    day = date(2026, 12, 1)
    for number, store, due_on in (
        ("PO1", there, day),
        ("PO2", there, day + timedelta(3)),
        ("PO3", here, None),
    ):
        pieces = [Piece(LAMP, 3)]
        await announce_receipt(
            number=number, store_id=store.id, pieces=pieces, actor="x", due_on=due_on
        )
    told = await asked((LAMP, 2), with_coming=True)

    assert [(each.store.id, each.is_enough, each.is_coming, each.coming_on) for each in told] == [
        (here.id, False, True, None),
        (there.id, False, True, day),
    ]
    assert await stores_with((LAMP, 1)) == [here.id]


async def test_pages_follow_each_other() -> None:
    stores = [await stocked(1, latitude=31.23 + step / 100) for step in range(5)]
    wish, cursor, seen = Wish(HERE), None, []
    for _ in range(3):
        page = await promise([(LAMP, 1)], wish, cursor=cursor, limit=2)
        seen += [each.store.id for each in page.promises]
        cursor = page.next_cursor

    assert seen == [store.id for store in stores]
    assert cursor is None
