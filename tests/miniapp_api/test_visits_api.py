"""MP-05: an hour in a store that has it to show, booked online; the store is told who comes."""

from datetime import date, timedelta
from typing import Any

import pytest
from httpx2 import AsyncClient

from core import clock
from core.database import sql
from core.security.scope import Role
from core.web.policy import SESSION_COOKIE
from tests.miniapp_api.test_buying_ways import Caller, a_shopper, lies_in
from tests.scene import signed_in_staff
from tests.scenes.catalog import a_sku
from tests.scenes.stores import a_member_of_staff, a_store
from trade.catalog.models import Product
from trade.fulfilment.service import remind_of_visits
from trade.fulfilment.visit_rules import slots_of
from trade.stores.hours import Hours
from trade.stores.models import Store

TOMORROW = clock.shop_day(clock.now()) + timedelta(days=1)


@pytest.fixture
async def shop(client: AsyncClient) -> tuple[Store, str, Caller]:
    """A store that shows a sofa, the sofa, and the store's guide."""
    store = await a_store(hours="10:00-13:30")
    sku = await a_sku()
    await lies_in(store, sku, 1)
    guide = await a_member_of_staff(store=store)
    product = await Product.get(id=sku.product_id)
    headers = await signed_in_staff(guide.id, Role.GUIDE)
    return store, product.public_id, Caller(client, headers)


async def slots(caller: Caller, store: Store, day: date = TOMORROW) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = await caller.get(
        "/visits/slots", storeCode=store.code, day=str(day)
    )
    return found


async def test_a_visit_is_booked_seen_by_the_store_reminded_of_and_noted(
    client: AsyncClient, shop: tuple[Store, str, Caller]
) -> None:
    store, sofa, staff = shop
    me = await a_shopper(client)
    [first, *more] = await slots(me, store)
    wish = {"storeCode": store.code, "startsAt": first["startsAt"], "productId": sofa}
    booked = await me.post("/visits", {**wish, "note": "想看布料"}, ok=201)
    [seen] = await staff.get("/store/visits")
    left = (await slots(me, store))[0]["free"]
    await sql("UPDATE fulfilment_visit SET starts_at = now() + interval '3 hours'")
    reminded = [await remind_of_visits() for _ in range(2)]
    path = f"/store/visits/{booked['visitId']}/end"
    ended = [await staff.post(path, {"state": "came"}) for _ in range(2)]
    late = await me.post(f"/visits/{booked['visitId']}/cancel", {}, ok=409)

    assert [slot["startsAt"][11:16] for slot in (first, *more)] == ["02:00", "03:00", "04:00"]
    assert (first["free"], left) == (2, 1)
    assert (seen["productTitle"], seen["note"], seen["state"]) == ("羊绒围巾", "想看布料", "booked")
    assert reminded == [1, 0]
    assert [each["state"] for each in ended] == ["came", "came"]
    assert late["error"]["code"] == "fulfilment.visit_cannot_move"
    assert [each["state"] for each in await me.get("/visits")] == ["came"]
    assert await staff.get("/store/visits") == []


async def test_the_seats_of_an_hour_are_given_once_and_a_cancelled_one_again(
    client: AsyncClient, shop: tuple[Store, str, Caller]
) -> None:
    store, _, _ = shop
    people = [await a_shopper(client) for _ in range(3)]
    [first, second, *_] = await slots(people[0], store)
    wish = {"storeCode": store.code, "startsAt": first["startsAt"]}
    mine = await people[0].post("/visits", wish, ok=201)
    await people[1].post("/visits", wish, ok=201)
    full = await people[2].post("/visits", wish, ok=409)
    again = await people[1].post("/visits", wish, ok=409)
    for _ in range(2):
        await people[0].post(f"/visits/{mine['visitId']}/cancel", {})
    await people[2].post("/visits", wish, ok=201)
    foreign = await people[1].post(f"/visits/{mine['visitId']}/cancel", {}, ok=404)
    wrong = [
        await people[0].post("/visits", {**wish, **change}, ok=status)
        for change, status in (
            ({"startsAt": f"{TOMORROW}T02:30:00Z"}, 422),
            ({"startsAt": "2020-01-01T02:00:00Z"}, 422),
            ({"startsAt": second["startsAt"], "productId": "prd_nothing"}, 404),
        )
    ]

    assert full["error"]["code"] == "fulfilment.slot_taken"
    assert again["error"]["code"] == "fulfilment.too_many_visits"
    assert foreign["error"]["code"] == "fulfilment.visit_not_found"
    assert [each["error"]["code"] for each in wrong] == [
        "fulfilment.no_such_slot",
        "fulfilment.no_such_slot",
        "catalog.product_not_found",
    ]


async def test_a_store_without_the_piece_shows_nothing_and_another_is_found(
    client: AsyncClient, shop: tuple[Store, str, Caller]
) -> None:
    store, _, _ = shop
    bare = await a_sku()
    product = await Product.get(id=bare.product_id)
    me = await a_shopper(client)
    [first, *_] = await slots(me, store)
    wish = {"storeCode": store.code, "startsAt": first["startsAt"], "productId": product.public_id}
    refused = await me.post("/visits", wish, ok=409)
    await lies_in(store, bare, 1)
    await me.post("/visits", wish, ok=201)

    assert refused["error"]["code"] == "fulfilment.not_shown_here"


def test_slots_are_whole_hours_within_the_open_ones() -> None:
    monday = date(2026, 11, 23)
    hours = Hours((((9 * 60 + 30, 12 * 60), (14 * 60, 15 * 60 + 59)), *[()] * 6), {})

    def shown(hours: Hours | None, day: date) -> list[str]:
        return [f"{at:%H:%M}" for at in slots_of(hours, day)]

    assert shown(hours, monday) == ["10:00", "11:00", "14:00"]
    assert shown(hours, monday + timedelta(days=1)) == []
    assert shown(None, monday)[::9] == ["10:00", "19:00"]


async def test_the_page_of_the_store_ends_visits(
    client: AsyncClient, shop: tuple[Store, str, Caller]
) -> None:
    store, sofa, staff = shop
    me = await a_shopper(client)
    [first, *_] = await slots(me, store)
    wish = {"storeCode": store.code, "startsAt": first["startsAt"], "productId": sofa}
    booked = await me.post("/visits", wish, ok=201)
    client.cookies.set(SESSION_COOKIE, staff.headers["authorization"].removeprefix("Bearer "))
    page = await client.get("/store/visits")
    token = page.text.split('name="csrf" value="')[1].split('"')[0]
    path = f"/store/visits/{booked['visitId']}"
    done = await client.post(path, data={"csrf": token, "do": "missed"})
    again = await client.post(path, data={"csrf": token, "do": "came"})
    forged = await client.post(path, data={"do": "came"})

    assert "羊绒围巾" in page.text
    assert (done.status_code, again.status_code, forged.status_code) == (303, 409, 403)
    assert "预约已结束" in again.text
    client.cookies.clear()
    assert [each["state"] for each in await me.get("/visits")] == ["missed"]
