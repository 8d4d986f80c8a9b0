"""From pack to refund over HTTP: a member and the people of two stores, each by their own door."""

from typing import Any

import httpx2
import pytest

from core.security.scope import Role
from crm.people.models import Member
from devices.queries import receipt_code_of
from tests.scene import signed_in_member, signed_in_staff, tell_everyone
from tests.scenes.fulfilment import key, refunds_arrive, sold, the_task
from tests.scenes.orders import a_shelf, an_order
from tests.scenes.people import a_member
from tests.scenes.stores import a_member_of_staff, a_store
from trade.fulfilment.models import Return
from trade.orders.queries import Delivery, OrderView, order_of
from trade.stores.models import Store

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
    first_to = case["goesTo"]
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
    sold_by = (await Store.get(id=order.store_id)).code

    assert [len(parcels), done["state"]] == [2, "done"]
    assert (first_to["storeCode"], first_to["address"]) == (sold_by, "南京西路 1 号")
    assert seen["goesTo"]["storeCode"] == other_code
    assert (may["lines"][0]["quantity"], may["lines"][0]["worthFen"]) == (2, 79_800)
    assert (closed["state"], seen["money"], seen["worthFen"]) == ("closed", "settled", 39_900)
    assert [step["action"] for step in seen["timeline"]][-1] == "close"


async def test_every_proof_of_purchase_opens_the_same_return(
    people: tuple[Door, Door, Door, OrderView, str],
) -> None:
    # FU-25: receipt, card, or other proof of purchase, in another store than the one that sold
    _, guide, manager, bought, other_code = people
    member = await Member.get(id=bought.member_id)
    shelf = await a_shelf(store_id=bought.store_id)
    order = await an_order(shelf, quantity=3, delivery=Delivery.TAKEN, member_id=member.id)
    tender = {"method": "card", "amountFen": order.payable_fen, "slipNo": "SLIP-004217"}
    paid = await guide.post(f"/counter/orders/{order.public_id}/tenders", tender, ok=201)
    await tell_everyone()
    proofs = {
        "order": order.order_no,
        "receipt": await receipt_code_of(await order_of(order.id)),
        "payment": paid["paymentNo"],
        "member": member.public_id,
    }
    slip = {"proof": "payment", "value": "SLIP-004217"}
    asked = [{"proof": proof, "value": value} for proof, value in proofs.items()] + [slip]
    found = [await manager.post("/store/purchases", each) for each in asked]
    lines = [{"skuCode": order.lines[0].sku_code, "quantity": 1}]
    chosen = {"orderNo": order.order_no, "storeCode": other_code, "lines": lines}
    opened = [
        await manager.post("/store/returns", {**each, **chosen}, ok=201)
        for each in (asked[1], asked[3], slip)
    ]

    assert all(order.order_no in {one["orderNo"] for one in each} for each in found)
    assert [len(each) for each in found] == [1, 1, 1, 2, 1]  # the member has bought before
    assert {each["orderNo"] for each in opened} == {order.order_no}
    proved = [row.proof for row in await Return.filter(order_id=order.id).order_by("id")]
    assert proved == ["receipt", "member", "payment"]


@pytest.mark.parametrize(
    "proof",
    [
        {"proof": "receipt", "value": "A" * 42},
        {"proof": "payment", "value": "0000"},
        {"proof": "member", "value": "mem_somebody"},
        {"proof": "member", "value": "13800138000"},
    ],
)
async def test_what_proves_nothing_finds_nothing(
    client: httpx2.AsyncClient, proof: dict[str, str]
) -> None:
    manager = await a_member_of_staff(Role.STORE_MANAGER)
    headers = await signed_in_staff(manager.id, Role.STORE_MANAGER)
    answer = await client.post(
        "/api/v1/store/purchases", json=proof, headers={**headers, "idempotency-key": key() * 2}
    )

    assert (answer.status_code, answer.json()["error"]["code"]) == (
        *(404, "fulfilment.proof_needed"),
    )


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
