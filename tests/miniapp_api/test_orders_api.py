from typing import Any
from uuid import uuid4

import pytest
from httpx2 import AsyncClient

from core import outbox
from core.outbox import OutboxRow
from core.security.scope import Role
from core.security.source_code import mint_source
from tests.scene import signed_in_member, signed_in_staff, tell_everyone
from tests.scenes.orders import Shelf, a_payment, a_shelf, money_for, some_rates
from tests.scenes.people import a_member
from tests.scenes.stores import a_member_of_staff
from trade.catalog.models import Sku
from trade.orders.models import Order
from trade.orders.queries import Source, find_order, order_of
from trade.payments.service import settle
from trade.stores.models import Store

Json = dict[str, Any]


def key() -> dict[str, str]:
    return {"idempotency-key": uuid4().hex}


async def a_body(*shelves: Shelf, quantity: int = 1, **more: Any) -> Json:
    store = await Store.get(id=shelves[0].store_id)
    codes = [(await Sku.get(id=shelf.sku_id)).code for shelf in shelves]
    lines = [{"skuCode": code, "quantity": quantity} for code in codes]
    return {"storeCode": store.code, "lines": lines, "delivery": "pickup", **more}


async def a_shopper() -> dict[str, str]:
    return await signed_in_member((await a_member()).id)


async def test_an_order_from_the_cart_to_the_counter(client: AsyncClient) -> None:
    await some_rates()
    me, shelf = await a_shopper(), await a_shelf(list_price_fen=39_900)
    placed = await client.post("/api/v1/orders", headers={**me, **key()}, json=await a_body(shelf))
    order = placed.json()
    row = await order_of((await Order.get(public_id=order["orderId"])).id)
    await settle(await money_for(await a_payment(row)))
    await tell_everyone()
    seen = (await client.get(f"/api/v1/orders/{order['orderId']}", headers=me)).json()

    assert placed.status_code == 201, order
    assert order["orderId"].startswith("ord_")
    assert (order["state"], order["payableFen"]) == ("placed", 39_900)
    assert order["lines"][0]["specText"] == "燕麦色 / M"
    assert order["expiresAt"].endswith("Z")
    assert (seen["state"], seen["paidFen"], seen["pointsEarned"]) == ("paid", 39_900, 399)
    assert len(seen["pickupCode"]) == 8
    assert [step["action"] for step in seen["timeline"]] == ["place", "pay"]
    assert not await OutboxRow.filter(dead_at__isnull=False).exists()
    assert await outbox.pending() == 0


async def test_the_same_key_answers_with_the_same_order(client: AsyncClient) -> None:
    me, body, same = await a_shopper(), await a_body(await a_shelf()), key()
    first = await client.post("/api/v1/orders", headers={**me, **same}, json=body)
    again = await client.post("/api/v1/orders", headers={**me, **same}, json=body)
    other = {**body, "lines": [{**body["lines"][0], "quantity": 2}]}
    changed = await client.post("/api/v1/orders", headers={**me, **same}, json=other)

    assert first.json() == again.json()
    assert changed.status_code == 422
    assert changed.json()["error"]["code"] == "core.idempotency_key_reused"
    assert await Order.all().count() == 1


async def test_what_is_sold_out_is_named_with_what_is_left(client: AsyncClient) -> None:
    me, shelf = await a_shopper(), await a_shelf(units=1)
    body = await a_body(shelf, quantity=2)
    answer = await client.post("/api/v1/orders", headers={**me, **key()}, json=body)

    assert answer.status_code == 409
    error = answer.json()["error"]
    assert (error["code"], error["facts"]["left"]) == ("stock.out_of_stock", 1)
    assert error["facts"]["sku_code"] == body["lines"][0]["skuCode"]


@pytest.mark.parametrize(
    ("change", "status", "code"),
    [
        ({"payableFen": 1}, 422, "core.bad_body"),
        ({"lines": []}, 422, "core.bad_body"),
        ({"lines": [{"skuCode": "X", "quantity": 0}]}, 422, "core.bad_body"),
        ({"lines": [{"skuCode": "X", "quantity": 1}]}, 404, "catalog.sku_not_found"),
        ({"storeCode": "nowhere"}, 404, "stores.store_not_found"),
        ({"delivery": "drone"}, 422, "core.bad_body"),
        ({"delivery": "express"}, 422, "orders.consignee_needed"),
        ({"memberId": 1, "state": "paid"}, 422, "core.bad_body"),
    ],
)
async def test_a_bad_order_is_refused_and_leaves_no_trace(
    client: AsyncClient, change: Json, status: int, code: str
) -> None:
    me, body = await a_shopper(), await a_body(await a_shelf())
    answer = await client.post("/api/v1/orders", headers={**me, **key()}, json={**body, **change})

    assert (answer.status_code, answer.json()["error"]["code"]) == (status, code)
    assert not await Order.exists()


async def test_the_card_the_wish_began_with_is_kept(client: AsyncClient) -> None:
    me, shelf = await a_shopper(), await a_shelf()
    cards = {mint_source(3, 4, 5, 6): Source(3, 4, 5), "forged": None}
    for code, source in cards.items():
        body = await a_body(shelf, source=code)
        answer = await client.post("/api/v1/orders", headers={**me, **key()}, json=body)
        order = await find_order(answer.json()["orderNo"])

        assert order is not None
        assert order.source == source


async def test_orders_of_others_answer_like_missing_ones(client: AsyncClient) -> None:
    me, other, shelf = await a_shopper(), await a_shopper(), await a_shelf()
    body = await a_body(shelf)
    mine = (await client.post("/api/v1/orders", headers={**me, **key()}, json=body)).json()
    for order_id in (mine["orderId"], "ord_missing"):
        path = f"/api/v1/orders/{order_id}"
        answers = [
            await client.get(path, headers=other),
            await client.post(f"{path}/cancel", headers={**other, **key()}, json={}),
            await client.post(f"{path}/payments", headers={**other, **key()}, json={}),
        ]
        codes = {answer.json()["error"]["code"] for answer in answers[:2]}

        assert [answer.status_code for answer in answers[:2]] == [404, 404]
        assert codes == {"orders.not_found"}
    assert (await client.get("/api/v1/orders", headers=other)).json()["items"] == []


async def test_only_members_have_orders(client: AsyncClient) -> None:
    staff = await a_member_of_staff(Role.STORE_MANAGER)
    manager = await signed_in_staff(staff.id, Role.STORE_MANAGER)

    assert (await client.get("/api/v1/orders")).status_code == 401
    assert (await client.get("/api/v1/orders", headers=manager)).status_code == 403


async def test_my_orders_come_by_pages(client: AsyncClient) -> None:
    me, body = await a_shopper(), await a_body(await a_shelf())
    placed = [
        (await client.post("/api/v1/orders", headers={**me, **key()}, json=body)).json()["orderId"]
        for _ in range(3)
    ]
    first = (await client.get("/api/v1/orders", headers=me, params={"limit": 2})).json()
    after = {"limit": 2, "cursor": first["nextCursor"]}
    last = (await client.get("/api/v1/orders", headers=me, params=after)).json()
    bad = await client.get("/api/v1/orders", headers=me, params={"cursor": "ord_nobodys"})

    seen = [item["orderId"] for item in first["items"] + last["items"]]
    assert (seen, last["nextCursor"]) == (placed[::-1], None)
    assert bad.json()["error"]["code"] == "orders.bad_cursor"


async def test_an_unpaid_order_is_taken_back(client: AsyncClient) -> None:
    me, body = await a_shopper(), await a_body(await a_shelf(units=1))
    order = (await client.post("/api/v1/orders", headers={**me, **key()}, json=body)).json()
    path = f"/api/v1/orders/{order['orderId']}/cancel"
    answer = await client.post(path, headers={**me, **key()}, json={})
    again = await client.post("/api/v1/orders", headers={**me, **key()}, json=body)

    assert answer.status_code == 200
    assert (answer.json()["state"], answer.json()["closeReason"]) == ("closed", "cancelled")
    assert again.status_code == 201
