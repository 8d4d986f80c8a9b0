"""What people of a store see of its orders, and write to them."""

from datetime import timedelta
from typing import Any

from httpx2 import AsyncClient

from core import clock
from core.database import sql
from core.security.scope import Role
from tests.miniapp_api.test_orders_api import key
from tests.scene import signed_in_member, signed_in_staff
from tests.scenes.orders import a_payment, a_shelf, an_order, money_for
from tests.scenes.people import a_member
from tests.scenes.stores import a_member_of_staff, a_store
from trade.orders.queries import OrderView
from trade.payments.service import settle
from trade.stores.models import Store

Json = dict[str, Any]
PATH = "/api/v1/store/orders"


async def listed(client: AsyncClient, who: Json, **query: Any) -> list[str]:
    answer = await client.get(PATH, headers=who, params=query)
    assert answer.status_code == 200, answer.text
    return [one["orderNo"] for one in answer.json()["items"]]


async def the_manager(store_id: int) -> Json:
    store = await Store.get(id=store_id)
    manager = await a_member_of_staff(Role.STORE_MANAGER, store=store)
    return await signed_in_staff(manager.id, manager.role)


async def paid(order: OrderView) -> OrderView:
    await settle(await money_for(await a_payment(order)))
    return order


async def outside(order: OrderView, number: str) -> None:
    await sql("UPDATE orders_order SET outside_no = $2 WHERE id = $1", order.id, number)


async def test_orders_are_found_by_state_day_and_every_number(client: AsyncClient) -> None:
    shelf = await a_shelf()
    me = await the_manager(shelf.store_id)
    first, second, third = [await an_order(shelf) for _ in range(3)]
    await paid(second)
    await outside(first, "POS-7788-1")
    old = "UPDATE orders_order SET placed_at = placed_at - interval '3 days' WHERE id = $1"
    await sql(old, third.id)
    today = clock.shop_day(clock.now())
    store = (await Store.get(id=shelf.store_id)).code

    assert await listed(client, me) == [third.order_no, second.order_no, first.order_no]
    assert await listed(client, me, storeCode=store, state="paid") == [second.order_no]
    assert await listed(client, me, day=str(today)) == [second.order_no, first.order_no]
    assert await listed(client, me, day=str(today - timedelta(days=3))) == [third.order_no]
    assert await listed(client, me, number=third.order_no) == [third.order_no]
    assert await listed(client, me, number="POS-7788-1") == [first.order_no]
    assert await listed(client, me, number="7788") == []
    assert await listed(client, me, outside="7788") == [first.order_no]
    assert await listed(client, me, outside="%") == []


async def test_pages_follow_each_other_and_a_bad_cursor_is_told(client: AsyncClient) -> None:
    shelf = await a_shelf()
    me = await the_manager(shelf.store_id)
    numbers = [(await an_order(shelf)).order_no for _ in range(5)]
    seen: list[str] = []
    cursor: Json = {}
    while True:
        params = {"limit": 2, **cursor}
        page = (await client.get(PATH, headers=me, params=params)).json()
        seen += [one["orderNo"] for one in page["items"]]
        if page["nextCursor"] is None:
            break
        cursor = {"cursor": page["nextCursor"]}
    bad = await client.get(PATH, headers=me, params={"cursor": "ord_nothing"})

    assert seen == numbers[::-1]
    assert bad.json()["error"]["code"] == "orders.bad_cursor"


async def test_a_store_sees_its_own_orders_only(client: AsyncClient) -> None:
    shelf, elsewhere = await a_shelf(), await a_store()
    order = await an_order(shelf)
    stranger = await the_manager(elsewhere.id)
    here = (await Store.get(id=shelf.store_id)).code
    answers = [
        await client.get(f"{PATH}/{order.public_id}", headers=stranger),
        await client.get(PATH, headers=stranger, params={"storeCode": here}),
        await client.post(
            f"{PATH}/{order.public_id}/notes", headers={**stranger, **key()}, json={"text": "好"}
        ),
    ]

    assert await listed(client, stranger) == []
    assert [answer.status_code for answer in answers] == [404, 404, 404]
    chief = await a_member_of_staff(Role.HEAD_OFFICE)
    office = await signed_in_staff(chief.id, chief.role)
    assert await listed(client, office, storeCode=here) == [order.order_no]


async def test_staff_read_every_step_and_write_remarks_the_buyer_sees_or_not(
    client: AsyncClient,
) -> None:
    member = await a_member()
    shelf = await a_shelf()
    me = await the_manager(shelf.store_id)
    order = await paid(await an_order(shelf, member_id=member.id, note="请包装好"))
    path = f"{PATH}/{order.public_id}"
    for text, inner in (("熟客，送礼袋", True), ("已为您加急", False)):
        body = {"text": text, "isInner": inner}
        written = await client.post(f"{path}/notes", headers={**me, **key()}, json=body)
        assert written.status_code == 201, written.text
    seen = (await client.get(path, headers=me)).json()
    buyer = await signed_in_member(member.id)
    theirs = (await client.get(f"/api/v1/orders/{order.public_id}", headers=buyer)).json()

    assert seen["note"] == "请包装好"
    assert [(one["text"], one["isInner"]) for one in seen["notes"]] == [
        ("熟客，送礼袋", True),
        ("已为您加急", False),
    ]
    assert seen["notes"][0]["by"].startswith("store_manager:")
    steps = [(step["action"], step["cause"], step["actor"]) for step in seen["timeline"]]
    assert steps[0] == ("place", "mini_program", f"member:{member.id}")
    assert steps[1][0] == "pay"
    assert steps[1][1]
    assert [one["text"] for one in theirs["remarks"]] == ["已为您加急"]
    assert "熟客" not in str(theirs)
