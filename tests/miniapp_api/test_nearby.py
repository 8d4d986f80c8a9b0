"""Nearby stores that have it: for shoppers, and for guides of a store."""

import logging
from datetime import date
from typing import Any

import pytest
from httpx2 import AsyncClient

from core.database import sql
from core.security.scope import Role
from tests.scene import signed_in_member, signed_in_staff
from tests.scenes.catalog import a_sku
from tests.scenes.people import a_member
from tests.scenes.stores import a_franchisee, a_member_of_staff, a_store
from trade.catalog.models import Sku
from trade.stock.service import Piece, announce_receipt, receive_stock
from trade.stores.models import Store
from trade.stores.service import DeliveryTerms, set_deliveries

HERE = {"lat": "31.2304", "lon": "121.4737"}
TERMS = DeliveryTerms(
    offers_pickup=True,
    offers_express=False,
    city_radius_m=5_000,
    city_fee_fen=800,
    city_minimum_fen=5_000,
)


async def stocked(sku: Sku, units: int, **facts: Any) -> Store:
    store = await a_store(**facts)
    if units:
        await receive_stock(
            cause=f"scene:{store.id}", sku_id=sku.id, store_id=store.id, quantity=units
        )
    return store


async def asked(client: AsyncClient, **query: Any) -> list[dict[str, Any]]:
    headers = await signed_in_member((await a_member()).id)
    answer = await client.get("/api/v1/nearby", params={**HERE, **query}, headers=headers)
    assert answer.status_code == 200, answer.text
    found: list[dict[str, Any]] = answer.json()["items"]
    return found


async def test_each_answer_can_be_ordered_as_it_stands(client: AsyncClient) -> None:
    # MP-08, MP-12, MP-16: find and keep the piece elsewhere, without staff.
    sku = await a_sku(list_price_fen=39_900)
    near = await stocked(sku, 2, latitude=31.2310, longitude=121.4740, hours="00:00-24:00")
    far = await stocked(sku, 30, latitude=31.40, hours="10:00-22:00")
    _ = await stocked(sku, 0, latitude=31.2304)
    await set_deliveries(near.id, TERMS, actor="head_office:1")
    first, second = await asked(client, skuCode=sku.code)

    assert [first["storeCode"], second["storeCode"]] == [near.code, far.code]
    assert (first["stock"], second["stock"], first["pieces"]) == ("few", "plenty", None)
    assert (first["when"], first["isOpenNow"], first["priceFen"]) == ("now", True, 39_900)
    assert first["distanceM"] < 200
    assert first["ways"] == [
        {"delivery": "pickup", "feeFen": 0, "minimumFen": None},
        {"delivery": "city", "feeFen": 800, "minimumFen": 5_000},
    ]
    assert [way["delivery"] for way in second["ways"]] == ["pickup", "express"]
    assert [each["storeCode"] for each in await asked(client, skuCode=sku.code, quantity=3)] == [
        far.code
    ]
    city = await asked(client, skuCode=sku.code, delivery="city")
    assert [each["storeCode"] for each in city] == [near.code]


async def test_goods_on_their_way_and_pre_sales_say_from_when(client: AsyncClient) -> None:
    sku, later = await a_sku(), await a_sku(presale_on=date(2099, 1, 1))
    store = await stocked(sku, 0)
    await receive_stock(cause="quota", sku_id=later.id, store_id=store.id, quantity=5)
    day = date(2098, 12, 1)
    await announce_receipt(
        number="PO1", store_id=store.id, pieces=[Piece(sku.id, 3)], actor="x", due_on=day
    )
    [coming], [presale] = (
        await asked(client, skuCode=sku.code),
        await asked(client, skuCode=later.code),
    )

    assert (coming["when"], coming["whenOn"], coming["stock"]) == ("coming", "2098-12-01", "none")
    assert coming["ways"] == []
    assert (presale["when"], presale["whenOn"]) == ("presale", "2099-01-01")


async def test_without_a_place_the_store_is_the_place(client: AsyncClient) -> None:
    sku = await a_sku()
    store = await stocked(sku, 5)
    await set_deliveries(store.id, TERMS, actor="head_office:1")
    headers = await signed_in_member((await a_member()).id)

    async def answer(**query: str) -> Any:
        got = await client.get(
            "/api/v1/nearby", params={"skuCode": sku.code, **query}, headers=headers
        )
        return got.status_code, got.json()

    status, found = await answer(storeCode=store.code)
    assert (status, found["items"][0]["distanceM"]) == (200, 0)
    assert [way["delivery"] for way in found["items"][0]["ways"]] == ["pickup"]
    for query, code in (
        ({}, "nearby.place_needed"),
        ({"lat": "31"}, "nearby.place_needed"),
        ({"storeCode": "nowhere"}, "stores.store_not_found"),
        ({**HERE, "cursor": "x"}, "stores.bad_cursor"),
        ({**HERE, "skuCode": "nothing"}, "catalog.sku_not_found"),
    ):
        assert (await answer(**query))[1]["error"]["code"] == code
    assert (await answer(lat="nan", lon="1"))[0] == 422


async def test_pages_go_on_where_the_last_one_ended(client: AsyncClient) -> None:
    sku = await a_sku()
    stores = [await stocked(sku, 1, latitude=31.2304 + step / 50) for step in range(3)]
    headers = await signed_in_member((await a_member()).id)

    async def page(**more: str) -> Any:
        query = {**HERE, "skuCode": sku.code, "limit": "2", **more}
        return (await client.get("/api/v1/nearby", params=query, headers=headers)).json()

    first = await page()
    second = await page(cursor=first["nextCursor"])
    seen = [each["storeCode"] for each in (*first["items"], *second["items"])]

    assert seen == [store.code for store in stores]
    assert second["nextCursor"] is None


async def test_where_somebody_is_is_written_down_nowhere(
    client: AsyncClient, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    sku = await a_sku()
    _ = await stocked(sku, 1)
    caplog.set_level(logging.INFO)
    await asked(client, skuCode=sku.code, lat="31.777123", lon="121.888456")
    tables = await sql("SELECT table_name FROM information_schema.columns GROUP BY 1")
    ours = [row["table_name"] for row in tables if "_" in row["table_name"]]
    kept = ""
    for name in ours:
        if not name.startswith(("pg_", "_pg")) and name.split("_")[0] in (
            "core",
            "stock",
            "people",
        ):
            kept += str(await sql(f'SELECT t::text FROM "{name}" AS t'))  # noqa: S608
    ours_said = [row.getMessage() for row in caplog.records if not row.name.startswith("httpx")]
    written = "".join([*ours_said, kept, *capfd.readouterr()])

    assert "31.777" not in written
    assert "121.888" not in written


async def test_a_guide_sees_own_pieces_exactly_and_whom_to_ask(client: AsyncClient) -> None:
    # saleor#9970: a franchise store's goods are its owner's to promise.
    sku = await a_sku()
    here = await stocked(sku, 4)
    brand = await stocked(sku, 30, latitude=31.24)
    theirs = await stocked(sku, 5, latitude=31.25, franchisee=await a_franchisee())
    guide = await a_member_of_staff(store=await Store.get(id=here.id))
    headers = await signed_in_staff(guide.id, Role.GUIDE)
    answer = await client.get("/api/v1/guide/nearby", params={"skuCode": sku.code}, headers=headers)
    found = {each["storeCode"]: each for each in answer.json()["items"]}
    elsewhere = await client.get(
        "/api/v1/guide/nearby",
        params={"skuCode": sku.code, "storeCode": brand.code},
        headers=headers,
    )

    assert [found[here.code]["pieces"], found[here.code]["mustAsk"]] == [4, False]
    assert [found[brand.code]["pieces"], found[brand.code]["stock"]] == [None, "plenty"]
    assert [found[theirs.code]["pieces"], found[theirs.code]["mustAsk"]] == [None, True]
    assert elsewhere.status_code == 404
