"""Pictures, scenes, shelves and pages over HTTP, by staff and seen by guests."""

import asyncio
import logging
from datetime import date, timedelta
from typing import Any

import pytest
from httpx2 import AsyncClient

from core import clock
from core.audit_log import AuditRow
from core.security.scope import Role
from core.security.sessions import open_session
from miniapp_api.window import EDITIONS_KEPT_FOR_S
from tests.miniapp_api.test_catalogue import LONG_AGO, listed, on_shelf
from tests.scenes.catalog import a_product, a_sku
from tests.scenes.stores import a_member_of_staff, a_store
from tests.trade.catalog.test_catalog_pictures import a_photo
from trade.catalog.models import Product, Sku
from trade.catalog.service import CategoryDraft, PartDraft, put_categories, set_kit
from trade.promotions.service import PriceDraft, put_prices
from trade.stores.models import Store

API = "/api/v1"


async def staff(role: Role = Role.HEAD_OFFICE, **more: Any) -> dict[str, str]:
    row = await a_member_of_staff(role, **more)
    return {"authorization": f"Bearer {await open_session(role=role, staff_id=row.id)}"}


async def uploaded(client: AsyncClient, office: dict[str, str], raw: bytes) -> dict[str, Any]:
    answer = await client.post(f"{API}/goods/pictures", headers=office, content=raw)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def public_id(sku: Sku) -> str:
    return (await Product.get(id=sku.product_id)).public_id


async def a_price(store: Store) -> None:
    """Without any price there are no rules of which a process could keep a copy."""
    sku = await a_sku(product=await a_product("乙"))
    await put_prices([PriceDraft(store.id, sku.id, 100, LONG_AGO, None)])


async def page_of(client: AsyncClient, sku: Sku, store: Store, **more: Any) -> dict[str, Any]:
    path = f"{API}/products/{await public_id(sku)}"
    answer = await client.get(path, params={"storeCode": store.code}, **more)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def test_a_picture_goes_from_the_office_to_the_page(client: AsyncClient) -> None:
    office, store, sku = await staff(), await a_store(), await a_sku(colour="驼色")
    kept = await uploaded(client, office, a_photo(size=(1_500, 900)))
    again = await uploaded(client, office, a_photo(size=(1_500, 900)))
    body = {"pictures": [{"name": kept["name"]}, {"name": kept["name"], "colour": "驼色"}]}
    path = f"{API}/goods/products/{await public_id(sku)}/pictures"
    answer = await client.put(path, headers=office, json=body)
    page = await page_of(client, sku, store)

    assert (answer.status_code, again) == (204, kept)
    assert page["picture"] == kept["medium"]
    assert [each["colour"] for each in page["pictures"]] == ["", "驼色"]
    for size in ("small", "medium", "large"):
        assert (await client.get(kept[size])).headers["content-type"] == "image/webp"


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        (b"", 422, "catalog.not_a_picture"),
        (b"<svg onload=alert(1)>", 422, "catalog.not_a_picture"),
        (b"\x89PNG\r\n\x1a\n" + b"\0" * 100, 422, "catalog.not_a_picture"),
        (b"\0" * 2_000_000, 422, "catalog.not_a_picture"),
        (b"\0" * 12_000_001, 422, "catalog.picture_too_large"),
        (b"\0" * 12_000_002, 413, "core.too_large"),
    ],
)
async def test_what_is_no_picture_is_refused(
    client: AsyncClient, body: bytes, status: int, code: str
) -> None:
    answer = await client.post(f"{API}/goods/pictures", headers=await staff(), content=body)

    assert (answer.status_code, answer.json()["error"]["code"]) == (status, code)


async def test_a_large_body_is_taken_nowhere_else(client: AsyncClient) -> None:
    answer = await client.put(f"{API}/goods/page", headers=await staff(), content=b" " * 1_000_001)

    assert answer.status_code == 413


async def test_a_scene_is_listed_opened_and_shown_on_the_page_of_each_of_its_products(
    client: AsyncClient,
) -> None:
    office, store, sofa = await staff(), await a_store(), await a_sku()
    code = (await Product.get(id=sofa.product_id)).code
    spot = {"productCode": code, "skuCode": sofa.code, "x": 1, "y": 1_000}
    scene = {"code": "living", "kind": "room", "title": "客厅", "titleEn": "Living room"}
    body = {**scene, "picture": "/pictures/sofa-d9cbb3.svg", "spots": [spot]}
    put = await client.put(f"{API}/goods/scenes", headers=office, json=body)
    here = {"storeCode": store.code}
    [found] = (await client.get(f"{API}/scenes", params={**here, "kind": "room"})).json()
    english = {"accept-language": "en"}
    one = await client.get(f"{API}/scenes/{found['sceneId']}", params=here, headers=english)
    page = await page_of(client, sofa, store)

    assert put.status_code == 204
    assert (found["title"], one.json()["title"]) == ("客厅", "Living room")
    assert page["scenes"] == [found]
    assert found["spots"][0] == {
        "productId": await public_id(sofa),
        "title": "羊绒围巾",
        "picture": "",
        "skuCode": sofa.code,
        "x": 1,
        "y": 1_000,
    }
    assert (await client.get(f"{API}/scenes", params={**here, "kind": "outfit"})).json() == []
    for wrong in ({"x": -1}, {"y": 1_001}, {"productCode": "nobody"}):
        bad = {**body, "spots": [{**spot, **wrong}]}
        answer = await client.put(f"{API}/goods/scenes", headers=office, json=bad)
        assert answer.status_code in {404, 422}


async def test_a_manager_minds_the_own_shelf_and_page_and_no_other(client: AsyncClient) -> None:
    mine, other, sku = await a_store(), await a_store(), await a_sku()
    manager = await staff(Role.STORE_MANAGER, store=mine)
    off = {"productId": await public_id(sku), "isOn": False}
    path = f"{API}/goods/stores"
    done = await client.put(f"{path}/{mine.code}/shelf", headers=manager, json=off)
    seen = [len((await listed(client, store))["items"]) for store in (mine, other)]
    gone = await client.get(f"{API}/products/{off['productId']}", params={"storeCode": mine.code})
    back = {**off, "isOn": True}
    await client.put(f"{path}/{mine.code}/shelf", headers=manager, json=back)
    said = {"notice": "周三店休", "banner": "/pictures/sofa-d9cbb3.svg"}
    page = await client.put(f"{path}/{mine.code}/page", headers=manager, json=said)

    assert (done.status_code, page.status_code, gone.status_code) == (204, 204, 404)
    assert (seen, len((await listed(client, mine))["items"])) == ([0, 1], 1)
    for verb, body in (("shelf", off), ("page", said)):
        for code in (other.code, "nowhere"):
            answer = await client.put(f"{path}/{code}/{verb}", headers=manager, json=body)
            assert answer.json()["error"]["code"] == "stores.store_not_found"
    brand = await client.put(f"{API}/goods/page", headers=manager, json=said)
    assert brand.status_code == 403
    actions = [row.action for row in await AuditRow.all().order_by("id")]
    assert actions[:3] == [
        "catalog.take_off_shelf",
        "catalog.put_on_shelf",
        "catalog.set_store_page",
    ]


async def test_a_store_shows_its_face_with_prices_and_pieces_of_its_own(
    client: AsyncClient,
) -> None:
    office, store, sku = await staff(), await a_store(hours="10:00-22:00"), await a_sku()
    other = await a_store()
    await on_shelf(sku, store, 3)
    await put_prices([PriceDraft(store.id, sku.id, 100, LONG_AGO, None)])
    body = {"notice": "欢迎", "noticeEn": "Welcome", "featured": [await public_id(sku)]}
    await client.put(f"{API}/goods/page", headers=office, json=body)
    own = {"notice": "静安欢迎您", "hours": "11:00-20:00"}
    await client.put(f"{API}/goods/stores/{store.code}/page", headers=office, json=own)
    here = (await client.get(f"{API}/storefront", params={"storeCode": store.code})).json()
    english = {"accept-language": "en"}
    path = f"{API}/storefront?storeCode={other.code}"
    there = (await client.get(path, headers=english)).json()

    assert (here["notice"], here["hours"], here["store"]["name"]) == (
        "静安欢迎您",
        "11:00-20:00",
        store.name,
    )
    assert there["notice"] == "Welcome"
    cards = [
        (page["featured"][0]["priceFen"], page["featured"][0]["stock"]) for page in (here, there)
    ]
    assert cards == [(100, "some"), (39_900, "none")]


async def test_a_page_says_whether_goods_are_there_now_or_on_which_day(client: AsyncClient) -> None:
    store, ships_on = await a_store(), clock.shop_day(clock.now()) + timedelta(30)
    product = await a_product("新品")
    now = await a_sku(product=product, size="S")
    ahead = await a_sku(product=product, size="M", presale_on=ships_on, deposit_bp=2_000)
    kit = await a_sku(product=await a_product("套装"))
    await set_kit(sku_code=kit.code, parts=[PartDraft(now.code, 2)])
    await on_shelf(now, store, 5)
    page = await page_of(client, now, store)
    days = [(s["stock"], s["presaleOn"], s["depositBp"]) for s in page["skus"]]

    assert days == [("some", None, 0), ("none", str(ships_on), 2_000)]
    assert ahead.id
    assert (await page_of(client, kit, store))["skus"][0]["stock"] == "few"
    assert date.fromisoformat(str(ships_on)) == ships_on


async def test_the_list_filters_sorts_and_counts_by_what_holds_in_this_store(
    client: AsyncClient,
) -> None:
    store = await a_store()
    await put_categories(
        [CategoryDraft("home", "家居"), CategoryDraft("sofa", "沙发", "Sofa", "home")]
    )
    for number, (title, colour) in enumerate(
        [("云朵沙发", "灰"), ("沙发床", "白"), ("书桌", "灰")]
    ):
        category = "sofa" if "沙发" in title else "桌"
        sku = await a_sku(
            product=await a_product(title, category=category),
            colour=colour,
            list_price_fen=50_000 + number,
        )
        if number == 1:
            await on_shelf(sku, store, 1)
            await put_prices([PriceDraft(store.id, sku.id, 5_000, LONG_AGO, None)])
    page = await listed(client, store, q="沙发", facets="true", sort="price")
    counts = {name: page["facets"][name] for name in ("total", "inStock")}

    assert [card["title"] for card in page["items"]] == ["沙发床", "云朵沙发"]
    assert counts == {"total": 2, "inStock": 1}
    assert [(c["name"], c["count"]) for c in page["facets"]["categories"]] == [
        ("家居", 2),
        ("沙发", 2),
    ]
    assert [(b["fromFen"], b["count"]) for b in page["facets"]["prices"]] == [(0, 1), (30_000, 1)]
    for query, titles in (
        ({"inStock": "true"}, ["沙发床"]),
        ({"maxFen": "5001"}, ["沙发床"]),
        ({"colour": "灰"}, ["云朵沙发", "书桌"]),
        ({"category": "home", "sort": "-price"}, ["云朵沙发", "沙发床"]),
        ({"brand": "nobody"}, []),
    ):
        assert [card["title"] for card in (await listed(client, store, **query))["items"]] == titles
    path = f"{API}/categories?storeCode={store.code}"
    tree = (await client.get(path, headers={"accept-language": "en"})).json()
    assert [(node["name"], node["parent"], node["count"]) for node in tree] == [
        ("家居", "", 2),
        ("桌", "", 1),
        ("Sofa", "home", 2),
    ]


async def test_a_list_asks_the_same_number_of_questions_however_long_it_is(
    client: AsyncClient, caplog: pytest.LogCaptureFixture
) -> None:
    """bagisto#1171, saleor#19751: prices of shops cost one question for each product."""
    caplog.set_level(logging.DEBUG, logger="tortoise.db_client")
    store, asked = await a_store(), []
    await a_price(store)
    for count in (2, 30):
        while await Product.all().count() < count:
            _ = await a_sku(product=await a_product("甲"))
        await listed(client, store, limit=50)  # the process learns the rules once
        before = len(caplog.records)
        page = await listed(client, store, limit=50)
        asked.append(len(caplog.records) - before)
        assert len(page["items"]) == count

    assert 2 <= asked[0] == asked[1] <= 7


async def test_a_page_that_was_just_shown_asks_for_pieces_only_until_something_changes(
    client: AsyncClient, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG, logger="tortoise.db_client")
    store, sku = await a_store(), await a_sku()
    await a_price(store)
    first = await page_of(client, sku, store)
    name, before = await public_id(sku), len(caplog.records)
    path, here = f"{API}/products/{name}", {"storeCode": store.code}
    same = (await client.get(path, params=here)).json()
    asked = len(caplog.records) - before
    await put_prices([PriceDraft(store.id, sku.id, 123, LONG_AGO, None)])
    await on_shelf(sku, store, 4)
    await asyncio.sleep(EDITIONS_KEPT_FOR_S)
    cheaper = (await page_of(client, sku, store))["skus"][0]
    manager = await staff(Role.STORE_MANAGER, store=store)
    off = {"productId": name, "isOn": False}
    await client.put(f"{API}/goods/stores/{store.code}/shelf", headers=manager, json=off)
    await asyncio.sleep(EDITIONS_KEPT_FOR_S)

    assert (same, asked) == (first, 1)
    assert (cheaper["priceFen"], cheaper["stock"]) == (123, "some")
    assert (await client.get(path, params=here)).status_code == 404
