"""Orders a guide prepares: the price stays, whoever places it and when; once is once."""

import asyncio
from datetime import date

import pytest

from core.database import sql
from tests.scenes.orders import Shelf, a_shelf, an_order, some_rates
from trade.catalog.models import Sku
from trade.orders.errors import (
    DraftEnded,
    DraftNotFound,
    DraftOfSomebodyElse,
    GoodsWithdrawn,
    OrderNotFound,
)
from trade.orders.models import Order
from trade.orders.queries import Delivery, Entrance, Source, notes_of
from trade.orders.service import (
    DraftView,
    MakeDraft,
    OrderedLine,
    add_note,
    drafts_of,
    get_draft,
    make_draft,
    place_draft,
    withdraw_draft,
)
from trade.promotions.reading import kept_rules
from trade.promotions.service import PriceDraft, put_prices
from trade.stock.errors import OutOfStock
from trade.stock.queries import availability

pytestmark = pytest.mark.usefixtures("db")

GUIDE = 3


async def a_draft(shelf: Shelf, *, member_id: int | None = 7, quantity: int = 2) -> DraftView:
    lines = (OrderedLine(shelf.sku_id, quantity),)
    return await make_draft(MakeDraft(GUIDE, shelf.store_id, lines, member_id=member_id))


async def dearer(shelf: Shelf) -> None:
    await Sku.filter(id=shelf.sku_id).update(list_price_fen=99_900)


async def test_a_draft_freezes_the_price_and_reserves_nothing() -> None:
    await some_rates()
    shelf = await a_shelf(units=5, list_price_fen=30_000)
    draft = await a_draft(shelf)
    await dearer(shelf)
    free = (await availability([shelf.sku_id], [shelf.store_id]))[shelf.sku_id, shelf.store_id]
    order = await place_draft(code=draft.code, actor="member:7", member_id=7)
    again = await place_draft(code=draft.code, actor=f"guide:{GUIDE}")

    assert free.available == 5
    assert order == again
    assert (order.payable_fen, order.points_earned) == (60_000, 600)
    assert (order.member_id, order.entrance) == (7, Entrance.GUIDE)
    assert order.source == Source(GUIDE, shelf.store_id)
    after = await get_draft(draft.code)
    assert (after.order_id, after.is_open) == (order.id, False)
    assert await drafts_of(GUIDE) == []


async def test_a_draft_is_not_frozen_at_rules_this_process_kept_too_long() -> None:
    await some_rates()
    shelf = await a_shelf(units=5, list_price_fen=30_000)
    assert (await a_draft(shelf)).payable_fen == 60_000
    kept = kept_rules()
    assert kept is not None
    dear = PriceDraft(shelf.store_id, shelf.sku_id, 20_000, date(2026, 1, 1), None)
    await put_prices([dear])  # as in another process: the price below is what this one kept
    assert kept_rules() is kept

    assert (await a_draft(shelf)).payable_fen == 40_000


async def test_a_member_and_the_guide_at_once_place_one_order() -> None:
    shelf = await a_shelf(units=5)
    draft = await a_draft(shelf)
    orders = await asyncio.gather(
        place_draft(code=draft.code, actor="member:7", member_id=7),
        place_draft(code=draft.code, actor=f"guide:{GUIDE}"),
    )

    assert orders[0].id == orders[1].id
    assert await Order.all().count() == 1


async def test_a_draft_for_nobody_is_for_whoever_takes_it_and_one_for_somebody_is_not() -> None:
    shelf = await a_shelf(units=9)
    shared, named = await a_draft(shelf, member_id=None), await a_draft(shelf)
    order = await place_draft(code=shared.code, actor="member:9", member_id=9)
    with pytest.raises(DraftOfSomebodyElse):
        await place_draft(code=named.code, actor="member:9", member_id=9)

    assert order.member_id == 9


async def test_what_is_withdrawn_over_or_unknown_is_refused() -> None:
    shelf = await a_shelf(units=9)
    gone, late, taken = [await a_draft(shelf) for _ in range(3)]
    for _ in range(2):
        await withdraw_draft(code=gone.code, guide_id=GUIDE)
    await sql("UPDATE orders_draft SET valid_until = now() WHERE code = $1", late.code)
    order = await place_draft(code=taken.code, actor="member:7", member_id=7)
    for draft in (gone, late):
        with pytest.raises(DraftEnded):
            await place_draft(code=draft.code, actor="member:7", member_id=7)
    with pytest.raises(DraftEnded):
        await withdraw_draft(code=taken.code, guide_id=GUIDE)
    with pytest.raises(DraftNotFound):
        await withdraw_draft(code=late.code, guide_id=GUIDE + 1)
    with pytest.raises(DraftNotFound):
        await get_draft("drf_none")

    assert [row.id for row in await Order.all()] == [order.id]


async def test_goods_taken_off_the_shelf_are_named() -> None:
    shelf = await a_shelf(units=9)
    draft = await a_draft(shelf)
    await Sku.filter(id=shelf.sku_id).update(on_sale=False)
    with pytest.raises(GoodsWithdrawn) as refusal:
        await place_draft(code=draft.code, actor="member:7", member_id=7)

    assert refusal.value.facts == {"sku_code": (await Sku.get(id=shelf.sku_id)).code}


async def test_a_frozen_price_is_no_promise_of_stock() -> None:
    shelf = await a_shelf(units=1)
    draft = await a_draft(shelf)
    with pytest.raises(OutOfStock):
        await place_draft(code=draft.code, actor="member:7", member_id=7)

    assert (await get_draft(draft.code)).is_open


async def test_inner_notes_are_for_staff_only() -> None:
    order = await an_order(note="请包装")
    await add_note(order_id=order.id, text="熟客", by="guide:3")
    await add_note(order_id=order.id, text="已备货", by="guide:3", is_inner=False)

    assert order.note == "请包装"
    assert order.delivery is Delivery.PICKUP
    assert [note.text for note in await notes_of(order.id, with_inner=True)] == ["熟客", "已备货"]
    assert [note.text for note in await notes_of(order.id, with_inner=False)] == ["已备货"]
    with pytest.raises(OrderNotFound):
        await add_note(order_id=0, text="?", by="guide:3")
