"""Orders a guide prepares, from the counter to the member's phone."""

from typing import Any

from httpx2 import AsyncClient

from core.security.scope import Role
from tests.miniapp_api.test_orders_api import a_body, key
from tests.scene import signed_in_member, signed_in_staff
from tests.scenes.orders import Shelf, a_shelf
from tests.scenes.people import a_member
from tests.scenes.stores import a_member_of_staff, a_store
from trade.catalog.models import Sku
from trade.orders.models import Order
from trade.orders.queries import Entrance, Source, order_of
from trade.stores.models import Store

Json = dict[str, Any]


async def a_guide(shelf: Shelf) -> tuple[int, Json]:
    guide = await a_member_of_staff(Role.GUIDE, store=await Store.get(id=shelf.store_id))
    return guide.id, await signed_in_staff(guide.id, guide.role)


async def test_a_draft_from_the_guide_to_the_members_order(client: AsyncClient) -> None:
    shelf = await a_shelf(units=5, list_price_fen=30_000)
    guide_id, guide = await a_guide(shelf)
    body = {**await a_body(shelf, quantity=2), "note": "周末来取"}
    made = await client.post("/api/v1/guide/drafts", headers={**guide, **key()}, json=body)
    code = made.json()["code"]
    await Sku.filter(id=shelf.sku_id).update(list_price_fen=99_900)
    buyer = await a_member()
    me = await signed_in_member(buyer.id)
    seen = (await client.get(f"/api/v1/drafts/{code}", headers=me)).json()
    path = f"/api/v1/drafts/{code}/order"
    placed = await client.post(path, headers={**me, **key()}, json={})
    again = await client.post(path, headers={**me, **key()}, json={})
    order = await order_of((await Order.get(public_id=placed.json()["orderId"])).id)

    assert made.status_code == 201, made.text
    assert (seen["payableFen"], seen["isOpen"], seen["note"]) == (60_000, True, "周末来取")
    assert seen["lines"][0]["priceFen"] == 30_000
    assert (placed.status_code, placed.json()["payableFen"]) == (201, 60_000)
    assert placed.json()["orderId"] == again.json()["orderId"]
    assert (order.member_id, order.entrance) == (buyer.id, Entrance.GUIDE)
    assert order.source == Source(guide_id, shelf.store_id)
    assert (await client.get("/api/v1/guide/drafts", headers=guide)).json() == []
    ended = await client.delete(f"/api/v1/guide/drafts/{code}", headers={**guide, **key()})
    assert ended.json()["error"]["code"] == "orders.draft_ended"


async def test_a_draft_that_was_taken_back_cannot_be_placed(client: AsyncClient) -> None:
    shelf = await a_shelf()
    _, guide = await a_guide(shelf)
    _, colleague = await a_guide(shelf)
    body = await a_body(shelf)
    made = await client.post("/api/v1/guide/drafts", headers={**guide, **key()}, json=body)
    path = f"/api/v1/guide/drafts/{made.json()['code']}"
    foreign = await client.delete(path, headers={**colleague, **key()})
    gone = [await client.delete(path, headers={**guide, **key()}) for _ in range(2)]
    me = await signed_in_member((await a_member()).id)
    late = await client.post(
        f"/api/v1/drafts/{made.json()['code']}/order", headers={**me, **key()}, json={}
    )

    assert (foreign.status_code, [one.status_code for one in gone]) == (404, [204, 204])
    assert late.json()["error"]["code"] == "orders.draft_ended"
    assert not await Order.exists()


async def test_a_draft_for_somebody_is_nothing_for_others(client: AsyncClient) -> None:
    shelf = await a_shelf()
    guide = await a_member_of_staff(Role.GUIDE, store=await Store.get(id=shelf.store_id))
    mine = await a_member(guide=guide)
    headers = await signed_in_staff(guide.id, guide.role)
    body = {**await a_body(shelf), "memberId": mine.public_id}
    made = await client.post("/api/v1/guide/drafts", headers={**headers, **key()}, json=body)
    path = f"/api/v1/drafts/{made.json()['code']}"
    other = await signed_in_member((await a_member()).id)
    read = await client.get(path, headers=other)
    taken = await client.post(f"{path}/order", headers={**other, **key()}, json={})
    by_guide = await client.post(
        f"/api/v1/guide{path.removeprefix('/api/v1')}/order", headers={**headers, **key()}, json={}
    )

    assert (read.status_code, taken.status_code) == (404, 404)
    assert by_guide.status_code == 201, by_guide.text
    assert (await Order.get(public_id=by_guide.json()["orderId"])).member_id == mine.id


async def test_a_guide_prepares_only_for_the_own_store_and_the_own_members(
    client: AsyncClient,
) -> None:
    shelf, elsewhere = await a_shelf(), await a_store()
    _, guide = await a_guide(shelf)
    stranger = await a_member()
    body = await a_body(shelf)
    wrong = [
        {**body, "storeCode": elsewhere.code},
        {**body, "memberId": stranger.public_id},
        {**body, "delivery": "city"},
    ]
    answers = [
        await client.post("/api/v1/guide/drafts", headers={**guide, **key()}, json=one)
        for one in wrong
    ]

    assert [answer.json()["error"]["code"] for answer in answers] == [
        "stores.store_not_found",
        "people.member_not_found",
        "orders.delivery_not_offered",
    ]
