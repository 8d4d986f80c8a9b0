"""The doors of outside programs: keys, rights, stores, and answers receipt by receipt."""

from typing import Any

import pytest
from httpx2 import AsyncClient

from core.feed import number_changes
from core.security.api_keys import ApiKeyRow, revoke_keys
from core.security.scope import Grant
from core.settings import Settings, configure
from tests.scene import tell_everyone
from tests.scenes.catalog import a_sku
from tests.scenes.orders import some_rates
from tests.scenes.stores import a_store
from tests.scenes.tills import a_key, a_line, a_receipt
from trade.orders.models import Order
from trade.promotions.models import ProgramRate
from trade.stores.models import Store


def headers(token: str, **more: str) -> dict[str, str]:
    return {"authorization": f"Bearer {token}", "accept-language": "en", **more}


async def a_till(*grants: Grant) -> tuple[dict[str, str], Store, str]:
    """The headers of a key for one store, the store, and the code of a SKU."""
    if not await ProgramRate.exists():
        await some_rates()
    store = await a_store()
    made = await a_key(store, grants=grants or tuple(Grant))
    return headers(made.token), store, (await a_sku()).code


async def test_each_receipt_of_a_batch_is_answered_by_itself(client: AsyncClient) -> None:
    mine, store, sku = await a_till()
    good = a_receipt(store.code, a_line(sku), receipt_no="1")
    sales = [good, good, {**good, "totalFen": 1}, {**good, "receiptNo": "1.23E+15"}, 7]
    answer = await client.post("/partner/v1/sales", headers=mine, json={"sales": sales})
    told = answer.json()

    assert answer.status_code == 200
    assert [each["result"] for each in told["answers"]] == [
        "accepted", "known", "refused", "refused", "refused",
    ]  # fmt: skip
    assert (told["accepted"], told["known"], told["refused"]) == (1, 1, 3)
    assert told["answers"][2]["code"] == "devices.till_sums_differ"
    assert told["answers"][3]["message"].startswith("A spreadsheet turned this number")
    await tell_everyone(30)
    state = await client.get(f"/partner/v1/tills/1/state?storeCode={store.code}", headers=mine)
    assert (state.json()["booked"], state.json()["missing"]) == (1, [])


async def test_a_file_is_taken_and_its_refused_rows_come_back_as_one(client: AsyncClient) -> None:
    mine, store, sku = await a_till()
    rows = [
        "store_code,till,receipt_no,sold_at,sku,quantity,price_fen,payable_fen,total_fen,cash_fen",
        f"{store.code},1,1,2026-05-01T10:00:00+08:00,{sku},1,100,100,100,100",
        f"{store.code},1,2,2026-05-01T10:00:00+08:00,{sku},1,100,100,100,99",
    ]
    body = "\n".join(rows).encode("gbk")
    url = "/partner/v1/sales/files"
    first = await client.post(f"{url}?name=day.csv", headers=mine, content=body)
    again = await client.post(f"{url}?name=day.csv&refused=csv", headers=mine, content=body)

    assert (first.json()["accepted"], first.json()["refused"]) == (1, 1)
    assert [each["line"] for each in first.json()["answers"]] == [3]
    assert again.headers["daogou-known"] == "1"
    assert again.text.count("devices.till_sums_differ") == 1
    broken = await client.post(url, headers=mine, content=b"\xff\xfe\x00")
    assert (broken.status_code, broken.json()["error"]["code"]) == (
        422, "devices.till_file_unreadable",
    )  # fmt: skip


async def test_a_right_that_was_not_given_and_a_key_that_ended_open_nothing(
    client: AsyncClient,
) -> None:
    mine, store, _ = await a_till(Grant.ORDERS_READ)
    refused = await client.post("/partner/v1/sales", headers=mine, json={"sales": []})
    assert (refused.status_code, refused.json()["error"]["facts"]["needs"]) == (403, "till.write")
    made = await a_key(store, name="leaving")
    assert await revoke_keys(name="leaving", by="test") == 1
    for token in (made.token, "dgk_0000000000_x"):
        answer = await client.post("/partner/v1/sales", headers=headers(token), json={"sales": []})
        assert (answer.status_code, answer.json()["error"]["code"]) == (401, "core.key_refused")


async def test_a_key_is_counted_by_itself(client: AsyncClient, settings: Settings) -> None:
    configure(settings.model_copy(update={"partner_calls_per_minute": 2}))
    mine, _, _ = await a_till()
    other, _, _ = await a_till()
    codes = [
        (await client.get("/partner/v1/subscriptions", headers=each)).status_code
        for each in (mine, mine, mine, other)
    ]
    assert codes == [200, 200, 429, 200]


async def test_stock_is_taken_by_numbers_and_what_lacks_is_told(client: AsyncClient) -> None:
    mine, store, sku = await a_till()

    async def put(sequence: int, on_hand: int, at: str, **more: Any) -> Any:
        line = {"storeCode": store.code, "sku": sku, "onHand": on_hand, "at": at}
        body = {"source": "erp", "sequence": sequence, "lines": [line], **more}
        return await client.put("/partner/v1/stock", headers=mine, json=body)

    first = (await put(1, 9, "2026-05-01T10:00:00Z")).json()
    assert (first["result"], first["applied"], first["missing"]) == ("applied", 1, [])
    late = (await put(4, 5, "2026-05-01T13:00:00Z")).json()
    assert late["missing"] == [{"first": 2, "last": 3}]
    old = (await put(2, 7, "2026-05-01T11:00:00Z")).json()
    assert (old["applied"], old["older"], old["missing"]) == (0, 1, [{"first": 3, "last": 3}])
    assert (await put(4, 5, "2026-05-01T13:00:00Z")).json()["result"] == "known"
    reused = await put(4, 6, "2026-05-01T13:00:00Z")
    assert (reused.status_code, reused.json()["error"]["code"]) == (
        409, "devices.stock_sequence_reused",
    )  # fmt: skip
    whole = (await put(9, 8, "2026-05-01T14:00:00Z", isSnapshot=True)).json()
    assert (whole["lastSequence"], whole["missing"]) == (9, [])


async def test_a_stock_message_with_an_unknown_place_is_refused_whole(client: AsyncClient) -> None:
    mine, store, sku = await a_till()
    foreign = await a_store()
    line = {"storeCode": store.code, "sku": sku, "onHand": 1, "at": "2026-05-01T10:00:00Z"}
    lines = [line, {**line, "storeCode": foreign.code}, {**line, "sku": "NOPE"}]
    body = {"source": "erp", "sequence": 1, "lines": lines}
    answer = await client.put("/partner/v1/stock", headers=mine, json=body)

    assert answer.json()["error"]["facts"] == {"lines/1": "store", "lines/2": "sku"}
    right = await client.put("/partner/v1/stock", headers=mine, json={**body, "lines": [line]})
    assert right.json()["applied"] == 1


async def test_an_erp_writes_its_number_back_and_sees_it(client: AsyncClient) -> None:
    mine, store, sku = await a_till()
    sale = a_receipt(store.code, a_line(sku), receipt_no="1")
    await client.post("/partner/v1/sales", headers=mine, json={"sales": [sale]})
    await tell_everyone(30)
    order = await Order.get()
    url = f"/partner/v1/orders/{order.order_no}"
    mark = {"documentNo": "SO-1", "state": "booked", "exportedAt": "2026-05-02T00:00:00Z"}
    for state in ("booked", "booked", "invoiced"):
        answer = await client.post(f"{url}/marks", headers=mine, json={**mark, "state": state})
        assert answer.status_code == 200
    told = (await client.get(url, headers=mine)).json()
    stranger = headers((await a_key(await a_store())).token)

    assert [each["state"] for each in told["marks"]] == ["booked", "invoiced"]
    assert (told["outsideNo"], told["entrance"], told["state"]) == ("1/1", "till", "done")
    assert (await client.get(url, headers=stranger)).status_code == 404
    assert (await client.post(f"{url}/marks", headers=stranger, json=mark)).status_code == 404


async def test_an_erp_reads_what_happened_in_order_and_without_names(client: AsyncClient) -> None:
    mine, store, sku = await a_till()
    kinds = ["order.placed", "order.paid", "order.done", "order.refunded"]
    made = await client.post("/partner/v1/subscriptions", headers=mine, json={"kinds": kinds})
    name = made.json()["subscription"]["subscription"]
    sale = a_receipt(store.code, a_line(sku), receipt_no="1", member="13912345678")
    back = a_receipt(store.code, a_line(sku), kind="return", of={"receiptNo": "1"})
    await client.post("/partner/v1/sales", headers=mine, json={"sales": [sale, back]})
    await tell_everyone(30)
    await number_changes()
    feed = await client.get(f"/partner/v1/feed?subscription={name}", headers=mine)
    messages = feed.json()["messages"]

    assert made.status_code == 201
    assert [each["sequence"] for each in messages] == [1, 2, 3, 4]
    assert [each["kind"] for each in messages] == kinds
    assert messages[1]["data"]["outsideNo"] == "1/1"
    assert "1391234" not in feed.text
    again = await client.post(f"/partner/v1/subscriptions/{name}/replay", headers=mine,
                              json={"after": 2})  # fmt: skip
    assert again.json()["delivered"] == 2
    assert (await ApiKeyRow.get()).last_used_at is not None


@pytest.mark.parametrize("size", [999_999, 1_000_001])
async def test_a_giant_or_deep_body_is_refused(client: AsyncClient, size: int) -> None:
    mine, _, _ = await a_till()
    deep = b'{"sales":' + b"[" * 200 + b"]" * 200 + b"}"
    for body in (b'{"sales":["' + b"a" * (size - 13) + b'"]}', deep):
        answer = await client.post(
            "/partner/v1/sales", headers={**mine, "content-type": "application/json"}, content=body
        )
        assert answer.status_code in {200, 413, 422}
        assert answer.status_code != 200 or answer.json()["refused"] == 1
