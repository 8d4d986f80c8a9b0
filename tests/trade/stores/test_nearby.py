"""Stores by distance, as a statement answers it and as a plain loop would."""

from dataclasses import replace
from time import perf_counter

import pytest

from core.database import sql
from tests.scenes.stores import a_franchisee, a_store
from trade.stores.errors import BadCursor
from trade.stores.queries import Search, all_stores, distance_m, stores_near
from trade.stores.rules import StoreKind

pytestmark = pytest.mark.usefixtures("db")
HERE = (31.2304, 121.4737)

MANY = """
INSERT INTO stores_store (code, name, kind, region, city, address, phone, hours, latitude,
    longitude, has_till, is_open, tax_entity_id)
SELECT 'N' || n, '店' || n, 'direct', '华东', '上海', '路', '', '10:00-22:00',
    18 + (n * 7919 % 3500) / 100.0, 75 + (n * 104729 % 6000) / 100.0, true, true, $1
FROM generate_series(1, 5000) AS n
"""


async def test_pages_of_five_thousand_stores_are_complete_in_order_and_quick() -> None:
    first = await a_store(latitude=31.23, longitude=121.47)
    await sql(MANY, first.tax_entity_id)
    expected = sorted(
        (distance_m(HERE, (each.latitude, each.longitude)), each.id) for each in await all_stores()
    )
    search, cursor, seen, began = Search(HERE), None, [], perf_counter()
    for _ in range(10):
        page = await stores_near(search, cursor=cursor, limit=20)
        seen += [(each.distance_m, each.store.id) for each in page.stores]
        cursor = page.next_cursor
    seconds = (perf_counter() - began) / 10
    near = await stores_near(replace(search, radius_m=100_000), limit=200)

    assert seen == expected[:200]
    assert [each.distance_m for each in near.stores] == [
        distance for distance, _ in expected if distance <= 100_000
    ]
    assert seconds < 0.5


async def test_the_date_line_and_the_poles_are_no_walls() -> None:
    fiji, samoa, pole = (
        await a_store(latitude=-17.8, longitude=179.9),
        await a_store(latitude=-17.8, longitude=-179.9),
        await a_store(latitude=89.99, longitude=-60.0),
    )
    page = await stores_near(Search((-17.8, 179.95), radius_m=30_000))
    top = await stores_near(Search((89.99, 120.0), radius_m=10_000))

    assert [each.store.id for each in page.stores] == [fiji.id, samoa.id]
    assert [each.store.id for each in top.stores] == [pole.id]


async def test_only_stores_that_deliver_that_way_are_found() -> None:
    # ST-09: franchise and agency stores get delivery ability, store by store.
    owner = await a_franchisee()
    counter = await a_store(offers_express=False)
    parcel = await a_store(offers_pickup=False)
    rider = await a_store(
        kind=StoreKind.AGENCY,
        franchisee=owner,
        latitude=31.24,
        city_radius_m=5_000,
        offers_pickup=False,
        offers_express=False,
    )

    async def found(delivery: str, place: tuple[float, float] = HERE) -> list[int]:
        page = await stores_near(Search(place, delivery=delivery))
        return [each.store.id for each in page.stores]

    assert await found("pickup") == [counter.id]
    assert await found("express") == [parcel.id]
    assert await found("city") == [rider.id]
    assert await found("city", (31.40, 121.47)) == []


async def test_franchise_stores_serve_their_own_orders_and_their_owners() -> None:
    # saleor#9970: stock of another company's store was given to the brand's web orders.
    owner, other = await a_franchisee(), await a_franchisee()
    brand, joint = await a_store(), await a_store(kind=StoreKind.JOINT)
    mine, sister = await a_store(franchisee=owner), await a_store(franchisee=owner)
    theirs = await a_store(kind=StoreKind.AGENCY, franchisee=other)
    lending = await a_store(franchisee=other, lends_stock=True)

    async def serving(store_id: int) -> set[int]:
        page = await stores_near(Search(HERE, serving=store_id))
        return {each.store.id for each in page.stores}

    ours = {brand.id, joint.id, lending.id}
    assert await serving(brand.id) == ours
    assert await serving(mine.id) == ours | {mine.id, sister.id}
    assert await serving(theirs.id) == ours | {theirs.id}


@pytest.mark.parametrize("cursor", ["", "x", "1", "1.", ".1", "-1.2", "1.2.3", "9" * 40, "١.٢"])
async def test_an_invented_cursor_is_refused(cursor: str) -> None:
    with pytest.raises(BadCursor):
        await stores_near(Search(HERE), cursor=cursor)
