"""The stock room by its entrances: own stores only, each step once, differences shown."""

from dataclasses import dataclass
from typing import Any

import pytest
from httpx2 import AsyncClient

from core.audit_log import AuditRow
from core.security.scope import Role
from tests.scene import signed_in_staff
from tests.scenes.catalog import a_sku
from tests.scenes.stores import a_franchisee, a_member_of_staff, a_store
from trade.catalog.models import Sku
from trade.stock.service import receive_stock, take_out
from trade.stores.models import Store


@dataclass(slots=True)
class Room:
    """Somebody at the door of the stock room."""

    client: AsyncClient
    headers: dict[str, str]
    keys: int = 0

    async def post(self, path: str, body: dict[str, Any], *, key: str = "") -> Any:
        self.keys += 1
        headers = {**self.headers, "idempotency-key": key or f"stock-key-{self.keys}"}
        return await self.client.post(f"/api/v1/stock{path}", json=body, headers=headers)

    async def put(self, path: str, body: dict[str, Any]) -> Any:
        return await self.client.put(f"/api/v1/stock{path}", json=body, headers=self.headers)

    async def get(self, path: str, **query: str) -> Any:
        return await self.client.get(f"/api/v1/stock{path}", params=query, headers=self.headers)


async def a_room(client: AsyncClient, role: Role = Role.STORE_MANAGER, **facts: Any) -> Room:
    staff = await a_member_of_staff(role, **facts)
    return Room(client, await signed_in_staff(staff.id, role))


async def stocked(units: int, store: Store) -> Sku:
    sku = await a_sku()
    await receive_stock(cause=f"scene:{sku.id}", sku_id=sku.id, store_id=store.id, quantity=units)
    return sku


async def level(room: Room, store: Store, sku: Sku) -> dict[str, Any]:
    body = {"storeCode": store.code, "skuCodes": [sku.code]}
    [found] = (await room.post("/levels", body)).json()
    return dict(found)


async def test_a_transfer_is_sent_by_one_store_and_received_by_the_other(
    client: AsyncClient,
) -> None:
    here, there = await a_store(), await a_store()
    sku = await stocked(10, here)
    sender, receiver = await a_room(client, store=here), await a_room(client, store=there)
    sent = {
        "number": "TF-1",
        "fromStoreCode": here.code,
        "storeCode": there.code,
        "dueOn": "2026-12-01",
        "lines": [{"skuCode": sku.code, "quantity": 4}],
    }
    arrived = {"number": "TF-1", "lines": [{"skuCode": sku.code, "arrived": 2, "damaged": 1}]}
    first = await sender.post("/transfers", sent)
    too_far = await sender.post("/arrivals", arrived)
    waiting = (await receiver.get("/arrivals", storeCode=there.code)).json()
    half = await receiver.post("/arrivals", arrived)
    closed = await receiver.post("/arrivals/close", {"number": "TF-1"})
    seen = await level(receiver, there, sku)

    assert (first.status_code, first.json()["state"]) == (201, "on_the_way")
    assert too_far.json()["error"]["code"] == "stock.inbound_not_found"
    assert [each["number"] for each in waiting] == ["TF-1"]
    assert half.json()["lines"][0] | {"skuCode": ""} == {
        "skuCode": "",
        "sent": 4,
        "arrived": 2,
        "damaged": 1,
        "lost": 0,
        "difference": -1,
    }
    assert (closed.json()["state"], closed.json()["lines"][0]["lost"]) == ("closed", 1)
    assert (seen["onHand"], seen["damaged"], seen["inTransit"]) == (2, 1, 0)
    assert (await level(sender, here, sku))["onHand"] == 6


async def test_a_store_gives_only_its_own_goods(client: AsyncClient) -> None:
    here, there = await a_store(), await a_store()
    sku = await stocked(10, there)
    room = await a_room(client, store=here)
    line = {"skuCode": sku.code, "quantity": 1}
    of_theirs = {"storeCode": there.code, "skuCode": sku.code}
    answers = [
        await room.post(
            "/transfers",
            {
                "number": "TF-1",
                "fromStoreCode": there.code,
                "storeCode": here.code,
                "lines": [line],
            },
        ),
        await room.post("/receipts", {"number": "P", "storeCode": there.code, "lines": [line]}),
        await room.post("/levels", {"storeCode": there.code, "skuCodes": [sku.code]}),
        await room.post("/movements", of_theirs),
        await room.post("/adjustments", {**of_theirs, "quantity": -1, "reason": "lost"}),
        await room.post("/counts", {"number": "PD-1", "storeCode": there.code}),
        await room.put("/safety", {**of_theirs, "safety": 3}),
        await room.get("/arrivals", storeCode=there.code),
    ]

    assert {answer.json()["error"]["code"] for answer in answers} == {"stores.store_not_found"}


async def test_a_count_is_entered_by_one_and_approved_by_another(client: AsyncClient) -> None:
    here = await a_store()
    sku = await stocked(10, here)
    counter = await a_room(client, Role.GUIDE, store=here)
    manager = await a_room(client, store=here)
    await counter.post("/counts", {"number": "PD-1", "storeCode": here.code})
    file = {"number": "PD-1", "csv": f"\ufeffsku_code,counted\r\n{sku.code},8\r\n\r\n"}
    entered = await counter.post("/counts/file", file)
    alone = await counter.post("/counts/approve", {"number": "PD-1"})
    approved = await manager.post("/counts/approve", {"number": "PD-1"})
    looked = await manager.post("/counts/look", {"number": "PD-1"})

    assert entered.json()["lines"][0]["difference"] == -2
    assert alone.json()["error"]["code"] == "core.not_allowed"
    assert (approved.status_code, approved.json()["state"]) == (200, "posted")
    assert looked.json()["lines"][0]["booked"] is None
    assert (await level(manager, here, sku))["onHand"] == 8
    own = {"number": "PD-2", "storeCode": here.code}
    await manager.post("/counts", own)
    lines = [{"skuCode": sku.code, "counted": 7}]
    await manager.post("/counts/lines", {"number": "PD-2", "lines": lines})
    refused = await manager.post("/counts/approve", {"number": "PD-2"})
    assert refused.json()["error"]["code"] == "stock.second_person_needed"
    rejected = await manager.post("/counts/reject", {"number": "PD-2"})
    assert rejected.json()["state"] == "rejected"


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("", 1),
        ("sku,counted\nA,1", 1),
        ("sku_code,counted\nA", 2),
        ("sku_code,counted\nA,1\nB,-1", 3),
        ("sku_code,counted\nA,1.5", 2),
        ("sku_code,counted\n,1", 2),
        ("sku_code,counted\nA,99999999", 2),
    ],
)
async def test_a_bad_file_names_its_line(client: AsyncClient, text: str, line: int) -> None:
    here = await a_store()
    room = await a_room(client, store=here)
    await room.post("/counts", {"number": "PD-1", "storeCode": here.code})
    answer = await room.post("/counts/file", {"number": "PD-1", "csv": text or "\n"})

    assert answer.json()["error"]["code"] == "stock.bad_count_file"
    assert answer.json()["error"]["facts"] == {"line": line}


async def test_an_adjustment_is_made_once_and_says_who_and_why(client: AsyncClient) -> None:
    here = await a_store()
    sku = await stocked(10, here)
    room = await a_room(client, store=here)
    of_it = {"storeCode": here.code, "skuCode": sku.code}
    body = {**of_it, "quantity": -2, "reason": "damaged"}
    answers = [await room.post("/adjustments", body, key="adjust-once") for _ in range(2)]
    wrong = await room.post("/adjustments", {**of_it, "quantity": 2, "reason": "stolen"})
    early = {**of_it, "quantity": 1, "reason": "found", "at": "2099-01-01T00:00:00Z"}
    future = await room.post("/adjustments", early)
    safety = await room.put("/safety", {**of_it, "safety": 3})
    seen = await level(room, here, sku)
    why = (await room.post("/movements", of_it)).json()

    assert [each.status_code for each in (*answers, safety)] == [204, 204, 204]
    assert wrong.json()["error"]["code"] == "stock.reason_does_not_fit"
    assert future.json()["error"]["code"] == "stock.moment_in_future"
    assert (seen["onHand"], seen["damaged"], seen["safety"], seen["available"]) == (8, 2, 3, 5)
    assert [(each["kind"], each["reason"], each["quantity"]) for each in why] == [
        ("adjusted", "damaged", 2),
        ("adjusted", "damaged", -2),
        ("received", "", 10),
    ]
    assert why[0]["actor"].startswith("store_manager:")


async def test_the_owner_decides_whether_goods_are_lent(client: AsyncClient) -> None:
    owner = await a_franchisee()
    theirs, ours = await a_store(franchisee=owner), await a_store()
    franchisee = await a_room(client, Role.FRANCHISEE, franchisee=owner)
    office = await a_room(client, Role.HEAD_OFFICE)
    manager = await a_room(client, store=theirs)
    said = {"storeCode": theirs.code, "lendsStock": True}
    barred = await manager.put("/lending", said)
    done = await franchisee.put("/lending", said)
    foreign = await franchisee.put("/lending", {"storeCode": ours.code, "lendsStock": True})
    pointless = await office.put("/lending", {"storeCode": ours.code, "lendsStock": True})

    assert (barred.status_code, done.status_code, foreign.status_code) == (403, 204, 404)
    assert pointless.json()["error"]["code"] == "stores.not_lendable"
    assert (await Store.get(id=theirs.id)).lends_stock
    assert await AuditRow.filter(action="stores.lending_set").count() == 1


async def test_a_shelf_that_owes_is_listed_to_its_store(client: AsyncClient) -> None:
    here = await a_store()
    sku = await stocked(1, here)
    await take_out(order_no="T1", store_id=here.id, lines=[(sku.id, 3)], is_forced=True)
    own, other = await a_room(client, store=here), await a_room(client)

    assert (await own.get("/short")).json() == [
        {"storeCode": here.code, "skuCode": sku.code, "onHand": -2, "reserved": 0}
    ]
    assert (await other.get("/short")).json() == []


async def test_documents_name_goods_that_are_known(client: AsyncClient) -> None:
    here = await a_store()
    room = await a_room(client, store=here)
    line = {"skuCode": "nothing", "quantity": 1}
    answer = await room.post("/receipts", {"number": "P", "storeCode": here.code, "lines": [line]})

    assert answer.json()["error"]["code"] == "catalog.sku_not_found"


async def test_a_store_says_how_it_delivers_and_when_it_is_open(client: AsyncClient) -> None:
    here, there = await a_store(), await a_store()
    room = await a_room(client, store=here)
    ways = {"storeCode": here.code, "offersPickup": True, "offersExpress": False}
    week = [[[600, 1320]]] * 7
    hours = {"storeCode": here.code, "week": week, "special": [{"on": "2026-10-01", "spans": []}]}

    async def put(path: str, body: dict[str, Any]) -> int:
        url = f"/api/v1/store-settings/{path}"
        answer = await client.put(url, json=body, headers=room.headers)
        return int(answer.status_code)

    told = [
        await put("deliveries", {**ways, "cityRadiusM": 3000, "cityFeeFen": 500}),
        await put("hours", hours),
        await put("hours", {**hours, "week": [[[1440, 10]]] * 7}),
        await put("hours", {**hours, "week": week[1:]}),
        await put("deliveries", {**ways, "storeCode": there.code}),
    ]
    store = await Store.get(id=here.id)

    assert told == [204, 204, 422, 422, 404]
    assert (store.offers_express, store.city_radius_m, store.city_fee_fen) == (False, 3000, 500)
    assert (store.week, store.special_days) == (week, {"2026-10-01": []})
