from datetime import date
from typing import Any

import pytest
from httpx2 import AsyncClient

from tests.scene import signed_in_member, signed_in_staff
from tests.scenes.catalog import a_sku
from tests.scenes.people import a_member
from tests.scenes.stores import a_member_of_staff, a_store
from tests.scenes.tiers import has_tier
from trade.catalog.models import Sku
from trade.promotions.service import (
    FullReductionDraft,
    MemberRateDraft,
    ProgramRateDraft,
    put_full_reductions,
    put_member_rates,
    put_program_rates,
)
from trade.stock.service import receive_stock
from trade.stores.models import Store

LONG_AGO = date(2020, 1, 1)


def wanted(store: Store, *lines: tuple[Sku, int]) -> dict[str, Any]:
    return {
        "storeCode": store.code,
        "lines": [{"skuCode": sku.code, "quantity": quantity} for sku, quantity in lines],
    }


async def a_shopper() -> dict[str, str]:
    return await signed_in_member((await a_member()).id)


async def test_a_cart_is_kept_and_quoted(client: AsyncClient) -> None:
    me, store = await a_shopper(), await a_store()
    scarf, coat = await a_sku(list_price_fen=19_900), await a_sku(list_price_fen=12_000)
    await put_full_reductions(
        [FullReductionDraft("f", "满300减30", None, 30_000, 3_000, LONG_AGO, None)]
    )
    await receive_stock(cause="scene", sku_id=scarf.id, store_id=store.id, quantity=3)
    put = await client.put("/api/v1/cart", headers=me, json=wanted(store, (coat, 1), (scarf, 1)))
    got = await client.get(f"/api/v1/cart?storeCode={store.code}", headers=me)

    assert put.json() == got.json()
    lines = [(line["skuCode"], line["quantity"], line["available"]) for line in got.json()["lines"]]
    assert lines == [(coat.code, 1, 0), (scarf.code, 1, 1)]
    assert got.json()["quote"]["payableFen"] == 28_900
    assert sum(line["payableFen"] for line in got.json()["quote"]["lines"]) == 28_900


async def test_the_last_cart_said_counts_and_an_empty_one_is_fine(client: AsyncClient) -> None:
    me, store, sku = await a_shopper(), await a_store(), await a_sku()
    puts = [
        await client.put("/api/v1/cart", headers=me, json=wanted(store, (sku, quantity)))
        for quantity in (1, 5, 5)
    ]
    emptied = await client.put("/api/v1/cart", headers=me, json=wanted(store))

    assert [put.json()["lines"][0]["quantity"] for put in puts] == [1, 5, 5]
    assert emptied.json() == {"storeCode": store.code, "lines": [], "quote": None}


async def test_carts_of_stores_and_of_members_do_not_mix(client: AsyncClient) -> None:
    me, you = await a_shopper(), await a_shopper()
    here, there, sku = await a_store(), await a_store(), await a_sku()
    await client.put("/api/v1/cart", headers=me, json=wanted(here, (sku, 2)))

    for headers, store in ((me, there), (you, here)):
        answer = await client.get(f"/api/v1/cart?storeCode={store.code}", headers=headers)
        assert answer.json()["lines"] == []


async def test_what_went_off_the_shelf_stays_visible_and_out_of_the_quote(
    client: AsyncClient,
) -> None:
    me, store = await a_shopper(), await a_store()
    gone, here = await a_sku(), await a_sku(list_price_fen=100)
    await client.put("/api/v1/cart", headers=me, json=wanted(store, (gone, 1), (here, 1)))
    await Sku.filter(id=gone.id).update(on_sale=False)
    got = (await client.get(f"/api/v1/cart?storeCode={store.code}", headers=me)).json()

    assert [line["isOnSale"] for line in got["lines"]] == [False, True]
    assert got["quote"]["payableFen"] == 100


@pytest.mark.parametrize(("language", "text"), [("zh-CN", "会员价 95.00 元"), ("en", "95.00 yuan")])
async def test_a_quote_explains_itself_in_the_shoppers_language(
    client: AsyncClient, language: str, text: str
) -> None:
    member = await a_member()
    await has_tier(member.id, "gold")
    me, store, sku = (
        await signed_in_member(member.id),
        await a_store(),
        await a_sku(list_price_fen=10_000),
    )
    await put_member_rates([MemberRateDraft("gold", 9_500, LONG_AGO, None)])
    await put_program_rates([ProgramRateDraft(1, 0, 0, LONG_AGO)])
    headers = {**me, "accept-language": language}
    answer = await client.post("/api/v1/quotes", headers=headers, json=wanted(store, (sku, 2)))
    quote = answer.json()
    [reason] = quote["lines"][0]["reasons"]

    assert (quote["goodsFen"], quote["payableFen"], quote["pointsEarned"]) == (19_000, 19_000, 190)
    assert text in reason["text"]
    assert (reason["rule"], reason["version"], reason["won"]) == ("member_price", "gold v1", True)


async def test_asking_again_gives_the_same_version(client: AsyncClient) -> None:
    me, store, sku = await a_shopper(), await a_store(), await a_sku()
    first, again = [
        await client.post("/api/v1/quotes", headers=me, json=wanted(store, (sku, 1)))
        for _ in range(2)
    ]

    assert first.json() == again.json()
    assert len(first.json()["version"]) == 16


@pytest.mark.parametrize("path", ["/api/v1/quotes", "/api/v1/cart"])
@pytest.mark.parametrize(
    ("change", "facts"),
    [
        ({"priceFen": 1}, {"body/priceFen": "extra_forbidden"}),
        ({"memberId": 1}, {"body/memberId": "extra_forbidden"}),
        ({"tier": "gold"}, {"body/tier": "extra_forbidden"}),
        (
            {"lines": [{"skuCode": "x", "quantity": 0}]},
            {"body/lines/0/quantity": "greater_than_equal"},
        ),
        (
            {"lines": [{"skuCode": "x", "quantity": 1000}]},
            {"body/lines/0/quantity": "less_than_equal"},
        ),
        (
            {"lines": [{"skuCode": "x", "quantity": 1, "priceFen": 1}]},
            {"body/lines/0/priceFen": "extra_forbidden"},
        ),
        ({"lines": [{"skuCode": "x", "quantity": 1}] * 51}, {"body/lines": "too_long"}),
    ],
)
async def test_no_field_of_a_body_changes_a_price_or_an_owner(
    client: AsyncClient, path: str, change: dict[str, Any], facts: dict[str, str]
) -> None:
    me, store, sku = await a_shopper(), await a_store(), await a_sku()
    method = "POST" if path.endswith("quotes") else "PUT"
    body = {**wanted(store, (sku, 1)), **change}
    answer = await client.request(method, path, headers=me, json=body)

    assert answer.status_code == 422
    assert answer.json()["error"]["facts"] == facts


async def test_a_code_nobody_knows_is_refused(client: AsyncClient) -> None:
    me, store = await a_shopper(), await a_store()
    body = {"storeCode": store.code, "lines": [{"skuCode": "nothing", "quantity": 1}]}

    for method, path in (("POST", "/api/v1/quotes"), ("PUT", "/api/v1/cart")):
        answer = await client.request(method, path, headers=me, json=body)
        assert answer.status_code == 404
        assert answer.json()["error"]["code"] == "catalog.sku_not_found"


async def test_carts_and_quotes_are_for_members(client: AsyncClient) -> None:
    store = await a_store()
    guide = await a_member_of_staff()
    staff = await signed_in_staff(guide.id, guide.role)

    for headers, status in (({}, 401), (staff, 403)):
        answer = await client.get(f"/api/v1/cart?storeCode={store.code}", headers=headers)
        assert answer.status_code == status
