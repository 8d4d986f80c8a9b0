"""The pages of the counter: what the script asks, and what works without one."""

import re
from typing import Any
from uuid import uuid4

import pytest
from httpx2 import AsyncClient, Response

from core.security.scope import Role
from tests.scenes.console import csrf_of, enter
from tests.scenes.counter import some_departments
from tests.scenes.fulfilment import people_of, sold, the_task
from tests.scenes.orders import a_shelf
from tests.scenes.stores import a_member_of_staff, a_store
from trade.catalog.queries import skus
from trade.fulfilment.service import accept_task, mark_ready, pick_task
from trade.stores.models import Store

pytestmark = pytest.mark.usefixtures("db")
LOOSE = re.compile(r'data-csrf="([^"]+)"')


class Till:
    """A clerk's browser, as its script talks."""

    def __init__(self, client: AsyncClient, store: Store, token: str) -> None:
        self.client, self.store, self.token = client, store, token

    async def tell(self, path: str, **said: Any) -> Response:
        headers = {"x-csrf-token": self.token}
        return await self.client.post(f"/store/till{path}", json=said, headers=headers)

    async def sell(self, *lines: dict[str, Any], **more: Any) -> Response:
        total = sum(line["priceFen"] * line["quantity"] for line in lines)
        said = {
            "storeCode": self.store.code,
            "key": uuid4().hex,
            "lines": list(lines),
            "expectedFen": total,
            "money": [{"method": "cash", "amountFen": total, "givenFen": total}],
        }
        return await self.tell("/sales", **{**said, **more})


async def a_till(client: AsyncClient, role: Role = Role.GUIDE, store: Store | None = None) -> Till:
    place = store or await a_store()
    await some_departments()
    await enter(client, await a_member_of_staff(role, store=place))
    page = await client.get("/store/till")
    found = LOOSE.search(page.text)
    assert found is not None, page.text
    return Till(client, place, found[1])


def typed(fen: int, quantity: int = 1) -> dict[str, Any]:
    return {"quantity": quantity, "department": "daily", "priceFen": fen}


async def test_a_sale_of_typed_amounts_is_one_question_and_one_answer(client: AsyncClient) -> None:
    till = await a_till(client)
    lines = [typed(1_250), typed(300, 2)]
    total = await till.tell("/total", storeCode=till.store.code, key="a-total-1", lines=lines)
    said = {"method": "cash", "amountFen": 1_850, "givenFen": 2_000}
    sold = (await till.sell(*lines, money=[said])).json()
    seen = (await client.get(f"/store/till/sales/{sold['saleId']}")).json()

    assert (total.status_code, total.json()["payableFen"]) == (200, 1_850)
    assert (sold["isPaid"], sold["changeFen"], sold["paidFen"]) == (True, 150, 1_850)
    assert sold["url"].startswith("http")
    assert sold["qr"].startswith("M")
    assert seen == sold


async def test_the_screen_shows_goods_with_picture_price_and_what_runs(client: AsyncClient) -> None:
    store = await a_store()
    shelf = await a_shelf(store_id=store.id, list_price_fen=2_000)
    sku = (await skus([shelf.sku_id]))[shelf.sku_id]
    till = await a_till(client, store=store)
    book = (await client.get("/store/till/book", params={"store": store.code})).json()
    found = await till.tell("/scan", storeCode=store.code, text=sku.code)
    unknown = await till.tell("/scan", storeCode=store.code, text="6901234567892")

    [goods] = [one for one in book["goods"] if one["skuCode"] == sku.code]
    assert (goods["priceFen"], goods["title"], goods["offers"]) == (2_000, sku.title, [])
    assert (found.json()["skuCode"], found.json()["priceFen"]) == (sku.code, 2_000)
    assert (unknown.status_code, unknown.json()["error"]["code"]) == (404, "counter.goods_unknown")


async def test_what_is_refused_comes_as_words_and_codes(client: AsyncClient) -> None:
    till = await a_till(client)
    other = await a_store()
    here = await till.sell(typed(100), expectedFen=90)
    there = await till.sell(typed(100), storeCode=other.code)
    odd = await till.sell({**typed(100), "quantity": 0})
    forged = await client.post("/store/till/sales", json={}, headers={"x-csrf-token": "x"})

    assert (here.status_code, here.json()["error"]["facts"]) == (409, {"payable_fen": 100})
    assert (there.status_code, there.json()["error"]["code"]) == (403, "counter.not_here")
    assert (odd.status_code, odd.json()["error"]["code"]) == (422, "core.bad_body")
    assert forged.json()["error"]["code"] == "core.forged_form"


async def test_the_days_list_voids_and_refunds_without_a_script(client: AsyncClient) -> None:
    till = await a_till(client, Role.STORE_MANAGER)
    first, second = [(await till.sell(typed(700, 2))).json()["saleId"] for _ in range(2)]
    page = await client.get(f"/store/till/day/{first}")
    fields = {"csrf": csrf_of(page), "key": "one-form", "reason": "录错金额"}
    voided = await client.post(f"/store/till/day/{first}", data={**fields, "do": "void"})
    page = await client.get(f"/store/till/day/{second}")
    [line] = re.findall(r'name="(back-\d+)"', page.text)
    back = {**fields, "do": "refund", "csrf": csrf_of(page), line: "1"}
    refunded = await client.post(f"/store/till/day/{second}", data=back)
    nothing = await client.post(f"/store/till/day/{second}", data={**back, line: "0"})
    day = await client.get("/store/till/day")

    assert [voided.status_code, refunded.status_code, nothing.status_code] == [303, 303, 422]
    assert (await client.get(f"/store/till/sales/{first}")).json()["isVoid"]
    assert (await client.get(f"/store/till/sales/{second}")).json()["leftFen"] == 700
    assert "已作废" in day.text
    assert "有退款" in day.text


async def test_a_manager_sets_up_departments_and_the_scale(client: AsyncClient) -> None:
    till = await a_till(client, Role.STORE_MANAGER)
    page = await client.get("/store/till/setup")
    fields = {"csrf": csrf_of(page), "store": till.store.code}
    tea = {"code": "tea", "name": "茶饮", "tax_code": "3070401000000000000", "rate": "6"}
    kept = await client.post(
        "/store/till/setup/departments", data={**fields, **tea, "is_active": "yes"}
    )
    wrong = await client.post("/store/till/setup/departments", data={**fields, **tea, "rate": "x"})
    scale = await client.post(
        "/store/till/setup/scales", data={**fields, "flag": "21", "says": "amount"}
    )
    sold = await till.sell({**typed(1_500), "department": "tea"})

    assert [kept.status_code, wrong.status_code, scale.status_code] == [303, 422, 303]
    assert "茶饮" in (await client.get("/store/till")).text
    assert sold.status_code == 200


async def test_an_order_from_elsewhere_is_handed_over_at_the_till(client: AsyncClient) -> None:
    store = await a_store()
    order = await sold(await a_shelf(store_id=store.id))
    task = await the_task(order)
    scope = people_of(store.id)
    await accept_task(scope=scope, task_id=task.public_id)
    await pick_task(scope=scope, task_id=task.public_id)
    await mark_ready(scope=scope, task_id=task.public_id, hold_place="B2")
    till = await a_till(client, store=store)
    [shown] = (await client.get("/store/till/tasks")).json()["tasks"]
    wrong = await till.tell("/hand-over", key="a-hand-1", code="00000000")
    code = (await the_task(order)).code
    given = await till.tell("/hand-over", key="a-hand-2", code=code)
    again = await till.tell("/hand-over", key="a-hand-2", code=code)

    assert (shown["orderNo"], shown["state"], shown["place"]) == (order.order_no, "ready", "B2")
    assert wrong.json()["error"]["code"] == "fulfilment.wrong_code"
    assert (given.status_code, given.json()["tasks"], again.status_code) == (200, [], 200)
