"""MP-10: goods are kept for somebody who called, and bought in the store later."""

from typing import Any

import pytest
from httpx2 import AsyncClient

from core.database import sql
from core.security.scope import Role
from tests.miniapp_api.test_buying_ways import Caller, lies_in
from tests.scene import signed_in_staff, tell_everyone
from tests.scenes.catalog import a_sku
from tests.scenes.orders import overdue
from tests.scenes.stores import a_member_of_staff, a_store
from trade.catalog.models import Sku
from trade.orders.models import Order
from trade.orders.queries import order_of
from trade.payments.service import expire_order
from trade.stock.queries import availability
from trade.stores.models import Store

Json = dict[str, Any]


@pytest.fixture
async def counter(client: AsyncClient) -> tuple[Caller, Store, Sku]:
    store, sku = await a_store(), await a_sku(list_price_fen=39_900)
    await lies_in(store, sku, 3)
    guide = await a_member_of_staff(store=store)
    return Caller(client, await signed_in_staff(guide.id, Role.GUIDE)), store, sku


def wish_of(store: Store, sku: Sku, **more: Any) -> Json:
    lines = [{"skuCode": sku.code, "quantity": 2}]
    who = {"name": "林女士", "phone": "13800138000"}
    return {"storeCode": store.code, "lines": lines, **who, **more}


async def free(store: Store, sku: Sku) -> int:
    return (await availability([sku.id], [store.id]))[sku.id, store.id].available


async def test_goods_are_kept_for_a_caller_and_bought_at_the_counter(
    counter: tuple[Caller, Store, Sku],
) -> None:
    staff, store, sku = counter
    held = await staff.post("/store/holds", wish_of(store, sku, hours=48), ok=201)
    [listed] = await staff.get("/store/holds")
    while_held = await free(store, sku)
    tender = {"method": "cash", "amountFen": held["payableFen"]}
    await staff.post(f"/counter/orders/{held['orderId']}/tenders", tender, ok=201)
    await tell_everyone()
    [row] = await sql("SELECT expires_at - placed_at AS kept, state FROM orders_order")

    assert (listed["name"], listed["phone"]) == ("林女士", "13800138000")
    assert (while_held, row["kept"].total_seconds()) == (1, 48 * 3600)
    assert (row["state"], await free(store, sku)) == ("done", 1)
    assert await staff.get("/store/holds") == []
    [kept] = await sql("SELECT cipher FROM orders_consignee")
    assert "13800138000" not in kept["cipher"]


async def test_a_hold_ends_by_itself_or_when_the_caller_says_no(
    counter: tuple[Caller, Store, Sku],
) -> None:
    staff, store, sku = counter
    late = await staff.post("/store/holds", wish_of(store, sku), ok=201)
    row = await Order.get(public_id=late["orderId"])
    await expire_order(order_id=row.id)
    not_yet = await free(store, sku)
    await overdue(await order_of(row.id))
    await expire_order(order_id=row.id)
    after = await free(store, sku)
    no = await staff.post("/store/holds", wish_of(store, sku), ok=201)
    path = f"/store/holds/{no['orderId']}/release"
    released = [await staff.post(path, {}) for _ in range(2)]

    assert (not_yet, after, await free(store, sku)) == (1, 3, 3)
    assert [each["state"] for each in released] == ["closed", "closed"]


async def test_nothing_is_kept_that_is_not_there_or_not_ours(
    client: AsyncClient, counter: tuple[Caller, Store, Sku]
) -> None:
    staff, store, sku = counter
    other = await a_member_of_staff()
    stranger = Caller(client, await signed_in_staff(other.id, Role.GUIDE))
    held = await staff.post("/store/holds", wish_of(store, sku), ok=201)
    said = [
        await staff.post("/store/holds", wish_of(store, sku), ok=409),
        await staff.post("/store/holds", wish_of(store, sku, hours=73), ok=422),
        await stranger.post("/store/holds", wish_of(store, sku), ok=404),
        await stranger.post(f"/store/holds/{held['orderId']}/release", {}, ok=404),
    ]

    assert [answer["error"]["code"] for answer in said] == [
        "stock.out_of_stock",
        "orders.hold_too_long",
        "stores.store_not_found",
        "orders.not_found",
    ]
    assert await stranger.get("/store/holds") == []
