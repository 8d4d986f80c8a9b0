"""From pack to refund over HTTP: a member and the people of two stores, each by their own door."""

from typing import Any

import httpx2
import pytest

from core.security.scope import Role
from tests.scene import signed_in_member, signed_in_staff, tell_everyone
from tests.scenes.fulfilment import key, refunds_arrive, sold, the_task
from tests.scenes.orders import a_shelf
from tests.scenes.people import a_member
from tests.scenes.stores import a_member_of_staff, a_store
from trade.orders.queries import Delivery, OrderView

Headers = dict[str, str]


class Door:
    """One person's way to the API; each POST has a key of its own."""

    def __init__(self, client: httpx2.AsyncClient, headers: Headers) -> None:
        self.client, self.headers = client, headers

    async def get(self, path: str) -> Any:
        answer = await self.client.get(f"/api/v1{path}", headers=self.headers)
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def post(self, path: str, body: Any = None, *, ok: int = 200) -> Any:
        headers = {**self.headers, "idempotency-key": f"{key()}-key"}
        answer = await self.client.post(f"/api/v1{path}", headers=headers, json=body)
        assert answer.status_code == ok, answer.text
        return answer.json()


@pytest.fixture
async def people(client: httpx2.AsyncClient) -> tuple[Door, Door, Door, OrderView, str]:
    """The buyer, a guide of the store that sold, the manager of another one, and the order."""
    guide = await a_member_of_staff()
    other = await a_store()
    manager = await a_member_of_staff(Role.STORE_MANAGER, store=other)
    member = await a_member()
    shelf = await a_shelf(store_id=guide.store_id)
    order = await sold(
        shelf, quantity=2, member_id=member.id, delivery=Delivery.EXPRESS, wechat=True
    )
    doors = [
        Door(client, await signed_in_member(member.id)),
        Door(client, await signed_in_staff(guide.id, Role.GUIDE)),
        Door(client, await signed_in_staff(manager.id, Role.STORE_MANAGER)),
    ]
    return doors[0], doors[1], doors[2], order, other.code


async def sent(guide: Door, order: OrderView) -> None:
    task = f"/store/tasks/{(await the_task(order)).public_id}"
    assert (await guide.get(f"{task}/consignee"))["consignee"]["name"] == "林晓"
    for step in ("accept", "pick"):
        await guide.post(f"{task}/{step}")
    label = {"carrier": "SF", "trackingNo": "SF1234567890123"}
    for _ in range(2):
        sku = order.lines[0].sku_code
        parcel = {**label, "trackingNo": f"SF{key()[-6:]}1234567"}
        lines = [{"skuCode": sku, "quantity": 1}]
        await guide.post(f"{task}/shipments", {"labels": [parcel], "lines": lines}, ok=201)


async def test_two_parcels_a_return_in_another_store_and_the_money(
    people: tuple[Door, Door, Door, OrderView, str],
) -> None:
    member, guide, manager, order, other_code = people
    await sent(guide, order)
    parcels = await member.get(f"/orders/{order.public_id}/shipments")
    done = await member.post(f"/orders/{order.public_id}/receipt")
    may = await member.get(f"/orders/{order.public_id}/returnable")
    sku = order.lines[0].sku_code
    wanted = {"lines": [{"skuCode": sku, "quantity": 1}], "reason": "尺码不合适"}
    case = await member.post(f"/orders/{order.public_id}/returns", wanted, ok=201)

    brought = {
        "storeCode": other_code,
        "lines": [{"skuCode": sku, "quantity": 1}],
        "place": "R-1",
    }
    await manager.post(f"/store/returns/{case['returnNo']}/receipts", brought)
    path = f"/store/returns/{case['returnId']}"
    choice = {"number": 1, "what": "restock", "quantity": 1}
    case = await manager.post(f"{path}/dispositions", choice, ok=201)
    chosen = {"dispositionId": case["dispositions"][0]["dispositionId"]}
    await manager.post(f"{path}/put-away", chosen)
    await manager.post(f"{path}/refunds", {}, ok=201)
    await refunds_arrive(order)
    await tell_everyone()
    closed = await manager.post(f"{path}/close")
    seen = await member.get(f"/returns/{case['returnId']}")

    assert [len(parcels), done["state"]] == [2, "done"]
    assert (may["lines"][0]["quantity"], may["lines"][0]["worthFen"]) == (2, 79_800)
    assert (closed["state"], seen["money"], seen["worthFen"]) == ("closed", "settled", 39_900)
    assert [step["action"] for step in seen["timeline"]][-1] == "close"


async def test_a_purchase_is_proved_in_any_store_and_an_exchange_is_even(
    people: tuple[Door, Door, Door, OrderView, str],
) -> None:
    member, guide, manager, order, other_code = people
    await sent(guide, order)
    await member.post(f"/orders/{order.public_id}/receipt")
    proof = {"proof": "order", "value": order.order_no}
    [found] = await manager.post("/store/purchases", proof)
    sku = order.lines[0].sku_code
    lines = [{"skuCode": sku, "quantity": 1}]
    opened = await manager.post(
        "/store/returns", {**proof, "storeCode": other_code, "lines": lines}, ok=201
    )
    brought = {"storeCode": other_code, "lines": lines}
    await manager.post(f"/store/returns/{opened['returnNo']}/receipts", brought)
    path = f"/store/returns/{opened['returnId']}"
    choice = {"number": 1, "what": "restock", "quantity": 1}
    case = await manager.post(f"{path}/dispositions", choice, ok=201)
    chosen = {"dispositionId": case["dispositions"][0]["dispositionId"]}
    await manager.post(f"{path}/put-away", chosen)

    case = await manager.post(f"{path}/exchange", {"storeCode": other_code, "lines": lines}, ok=201)

    assert (found["orderNo"], found["lines"][0]["quantity"]) == (order.order_no, 2)
    assert (case["kind"], case["money"]) == ("exchange", "settled")
    assert [refund["refundTo"] for refund in case["refunds"]] == ["credit"]
