from datetime import date
from typing import Any

import pytest
from httpx2 import AsyncClient

from core.settings import Settings, configure
from tests.scene import signed_in_member
from tests.scenes.catalog import a_product, a_sku
from tests.scenes.people import a_member
from tests.scenes.stores import a_store
from trade.catalog.models import Barcode, Product, Sku
from trade.catalog.service import index_products
from trade.promotions.service import (
    FullReductionDraft,
    PriceDraft,
    put_full_reductions,
    put_prices,
)
from trade.stock.service import receive_stock, set_safety
from trade.stores.models import Store

LONG_AGO = date(2020, 1, 1)


async def on_shelf(sku: Sku, store: Store, pieces: int) -> None:
    cause = f"scene:{sku.id}:{store.id}"
    await receive_stock(cause=cause, sku_id=sku.id, store_id=store.id, quantity=pieces)


async def many(count: int, *, category: str = "针织") -> list[Product]:
    products = []
    for number in range(count):
        product = await a_product(f"{category} {number}", category=category)
        _ = await a_sku(product=product)
        products.append(product)
    return products


async def listed(client: AsyncClient, store: Store, **query: Any) -> dict[str, Any]:
    answer = await client.get("/api/v1/products", params={"storeCode": store.code, **query})
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def test_a_guest_sees_the_open_stores_and_nothing_of_their_books(client: AsyncClient) -> None:
    store = await a_store(name="木棠静安店")
    _ = await a_store(is_open=False)
    [found] = (await client.get("/api/v1/stores")).json()

    assert (found["storeCode"], found["name"]) == (store.code, "木棠静安店")
    assert set(found) == {
        *("storeCode", "name", "kind", "region", "city", "address", "phone", "hours"),
        *("latitude", "longitude"),
    }


async def test_the_list_shows_the_lowest_price_of_this_store_and_its_stock(
    client: AsyncClient,
) -> None:
    here, there = await a_store(), await a_store()
    small = await a_sku(list_price_fen=39_900, size="S")
    large = await a_sku(list_price_fen=45_900, size="L", product=await small.product)
    await put_prices([PriceDraft(here.id, large.id, 35_900, LONG_AGO, None)])
    await on_shelf(small, here, 2)
    await on_shelf(large, here, 3)
    await on_shelf(small, there, 50)
    [card] = (await listed(client, here))["items"]
    [elsewhere] = (await listed(client, there))["items"]

    assert (card["priceFen"], card["listFen"], card["stock"]) == (35_900, 39_900, "some")
    assert (elsewhere["priceFen"], elsewhere["stock"]) == (39_900, "plenty")
    assert card["productId"].startswith("prd_")


async def test_pages_follow_each_other_and_show_each_product_once(client: AsyncClient) -> None:
    store, products = await a_store(), await many(7)
    seen, cursor, pages = [], None, 0
    while pages == 0 or cursor:
        page = await listed(client, store, limit=3, **({"cursor": cursor} if cursor else {}))
        seen += [card["productId"] for card in page["items"]]
        cursor, pages = page["nextCursor"], pages + 1

    assert seen == [product.public_id for product in products]
    assert pages == 3


async def test_a_list_is_narrowed_by_category_word_and_barcode(client: AsyncClient) -> None:
    store = await a_store()
    await many(2)
    [sofa] = await many(1, category="沙发")
    sku = await Sku.get(product_id=sofa.id)
    await Barcode(sku=sku, code="2000000100012").save()
    await index_products([sofa.id])
    code = sku.code

    for query in ({"category": "沙发"}, {"q": "沙发"}, {"q": "2000000100012"}, {"q": code}):
        cards = (await listed(client, store, **query))["items"]
        assert [card["productId"] for card in cards] == [sofa.public_id]
    assert (await listed(client, store))["categories"] == ["针织", "沙发"]


@pytest.mark.parametrize("q", ["%", "_", "\\", "'; DROP TABLE catalog_product; --"])
async def test_a_search_word_is_taken_as_it_stands(client: AsyncClient, q: str) -> None:
    store = await a_store()
    await many(1)

    assert (await listed(client, store, q=q))["items"] == []


async def test_what_is_off_the_shelf_is_neither_listed_nor_shown(client: AsyncClient) -> None:
    store, [gone] = await a_store(), await many(1)
    await Product.filter(id=gone.id).update(on_sale=False)
    page = await client.get(f"/api/v1/products/{gone.public_id}?storeCode={store.code}")

    assert (await listed(client, store))["items"] == []
    assert page.status_code == 404
    assert page.json()["error"]["code"] == "catalog.product_not_found"


async def test_a_product_page_tells_stock_here_and_nearby_by_distance(client: AsyncClient) -> None:
    here = await a_store(latitude=31.23, longitude=121.47)
    far = await a_store(latitude=30.25, longitude=120.16, city="杭州")
    near = await a_store(latitude=31.20, longitude=121.44)
    empty = await a_store(latitude=31.23, longitude=121.47)
    sku = await a_sku(list_price_fen=39_900, colour="驼色", size="M")
    product = await Product.get(id=sku.product_id)
    for store, pieces in ((here, 4), (far, 9), (near, 2), (empty, 1)):
        await on_shelf(sku, store, pieces)
    await set_safety(sku_id=sku.id, store_id=here.id, safety=1)
    await set_safety(sku_id=sku.id, store_id=empty.id, safety=1)
    await put_prices([PriceDraft(here.id, sku.id, 35_900, LONG_AGO, None)])
    await put_full_reductions(
        [FullReductionDraft("f", "满300减30", None, 30_000, 3_000, LONG_AGO, None)]
    )
    answer = await client.get(f"/api/v1/products/{product.public_id}?storeCode={here.code}")
    page = answer.json()
    [found] = page["skus"]

    assert (found["code"], found["spec"]) == (sku.code, {"颜色": "驼色", "尺寸": "M"})
    assert (found["priceFen"], found["listFen"], found["stock"]) == (35_900, 39_900, "some")
    nearby = [(each["storeCode"], each["stock"]) for each in found["nearby"]]
    assert nearby == [(near.code, "few"), (far.code, "some")]
    assert found["nearby"][0]["distanceM"] < 5_000
    assert page["reductions"] == [
        {"name": "满300减30", "thresholdFen": 30_000, "reductionFen": 3_000}
    ]


@pytest.mark.parametrize("is_exact", [False, True])
async def test_how_many_there_are_is_shown_everywhere_or_nowhere(
    client: AsyncClient, settings: Settings, *, is_exact: bool
) -> None:
    configure(settings.model_copy(update={"shows_exact_stock": is_exact}))
    here, beside = await a_store(), await a_store()
    sku = await a_sku()
    await on_shelf(sku, here, 12)
    await on_shelf(sku, beside, 2)
    me = await signed_in_member((await a_member()).id)
    product = await Product.get(id=sku.product_id)
    [card] = (await listed(client, here))["items"]
    query = {"storeCode": here.code}
    page = (await client.get(f"/api/v1/products/{product.public_id}", params=query)).json()
    found = (
        await client.get("/api/v1/nearby", params={**query, "skuCode": sku.code}, headers=me)
    ).json()["items"]
    body = {**query, "lines": [{"skuCode": sku.code, "quantity": 3}]}
    cart = (await client.put("/api/v1/cart", json=body, headers=me)).json()
    shown = [card, page["skus"][0], page["skus"][0]["nearby"][0]]

    assert [each["stock"] for each in shown] == ["plenty", "plenty", "few"]
    assert [each["available"] for each in shown] == ([12, 12, 2] if is_exact else [None] * 3)
    assert {each["pieces"] for each in found} == ({12, 2} if is_exact else {None})
    assert cart["lines"][0]["available"] == (12 if is_exact else 3)


@pytest.mark.parametrize("path", ["/api/v1/products", "/api/v1/products/prd_x"])
async def test_a_closed_or_unknown_store_shows_nothing(client: AsyncClient, path: str) -> None:
    closed = await a_store(is_open=False)

    for code in (closed.code, "nowhere"):
        answer = await client.get(path, params={"storeCode": code})
        assert answer.status_code == 404
        assert answer.json()["error"]["code"] == "stores.store_not_found"


@pytest.mark.parametrize(
    ("query", "facts"),
    [
        ({}, {"query/storeCode": "missing"}),
        ({"storeCode": "S1", "limit": "0"}, {"query/limit": "greater_than_equal"}),
        ({"storeCode": "S1", "limit": "201"}, {"query/limit": "less_than_equal"}),
        ({"storeCode": "S1", "limit": "all"}, {"query/limit": "int_parsing"}),
        ({"storeCode": "S1", "orderBy": "-store__secret"}, {"query/orderBy": "extra_forbidden"}),
        ({"storeCode": "S1", "skus__code": "x"}, {"query/skus__code": "extra_forbidden"}),
        ({"storeCode": "S1", "store_code": "S2"}, {"query/store_code": "extra_forbidden"}),
        ({"storeCode": "S1", "q": "x" * 41}, {"query/q": "string_too_long"}),
    ],
)
async def test_a_filter_that_is_not_on_the_list_is_refused(
    client: AsyncClient, query: dict[str, str], facts: dict[str, str]
) -> None:
    answer = await client.get("/api/v1/products", params=query)

    assert answer.status_code == 422
    assert answer.json()["error"]["code"] == "core.bad_query"
    assert answer.json()["error"]["facts"] == facts


async def test_a_cursor_of_nobodys_is_refused(client: AsyncClient) -> None:
    store = await a_store()
    query = {"storeCode": store.code, "cursor": "prd_invented"}
    answer = await client.get("/api/v1/products", params=query)

    assert answer.status_code == 422
    assert answer.json()["error"]["code"] == "catalog.cursor_unknown"
