from datetime import date

import pytest
from tortoise.exceptions import IntegrityError

from core.audit import Finding
from core.upsert import Upserted
from tests.scenes.catalog import a_sku
from trade.catalog.audit import the_price_in_lists_is_the_lowest_of_the_skus
from trade.catalog.errors import CursorUnknown, ProductNotFound
from trade.catalog.models import Product, Sku
from trade.catalog.queries import (
    Here,
    Wanted,
    find_products,
    find_sku,
    get_product,
    product_by_public_id,
    product_ids,
    skus,
    skus_by_code,
)
from trade.catalog.service import ProductDraft, SkuDraft, put_products, put_skus

NOV, DEC = date(2026, 11, 30), date(2026, 12, 1)
pytestmark = pytest.mark.usefixtures("db")


def a_product_draft(title: str = "云朵沙发", **more: object) -> ProductDraft:
    facts = {
        "code": "P1",
        "title": title,
        "category": "沙发",
        "brand": "木棠",
        "description": "",
        "picture": "",
        "on_sale": True,
    }
    return ProductDraft(**{**facts, **more})  # type: ignore[arg-type]


async def a_draft(size: str, list_price_fen: int, **more: object) -> SkuDraft:
    facts = {
        "product_id": (await Product.get(code="P1")).id,
        "code": f"P1-{size}",
        "barcode": None,
        "colour": "燕麦色",
        "size": size,
        "unit": "张",
        "tax_code": "1050201010000000000",
        "tax_bp": 1_300,
        "list_price_fen": list_price_fen,
        "picture": "",
        "on_sale": True,
    }
    return SkuDraft(**{**facts, **more})  # type: ignore[arg-type]


async def test_putting_a_product_again_keeps_its_public_name() -> None:
    first = await put_products([a_product_draft()])
    name = (await Product.get(code="P1")).public_id
    again = await put_products([a_product_draft()])
    changed = await put_products([a_product_draft("云朵沙发二代")])
    product = await Product.get(code="P1")

    assert [first, again, changed] == [Upserted(1), Upserted(same=1), Upserted(changed=1)]
    assert (product.public_id, product.title) == (name, "云朵沙发二代")
    assert product.picture.startswith("/pictures/sofa-")


async def test_a_product_shows_the_lowest_price_of_what_is_on_sale() -> None:
    await put_products([a_product_draft()])
    await put_skus([await a_draft("S", 399_900), await a_draft("L", 569_900)])
    both = (await Product.get(code="P1")).price_fen
    await put_skus([await a_draft("S", 399_900, on_sale=False)])
    large_only = (await Product.get(code="P1")).price_fen

    assert (both, large_only) == (399_900, 569_900)
    assert await the_price_in_lists_is_the_lowest_of_the_skus() == []


async def test_the_auditor_finds_a_product_that_shows_another_price() -> None:
    sku = await a_sku(list_price_fen=100)
    await Product.filter(id=sku.product_id).update(price_fen=99, code="P9")

    assert await the_price_in_lists_is_the_lowest_of_the_skus() == [
        Finding("catalog.lowest_price", "P9", "shows 99 fen, its cheapest SKU costs 100 fen")
    ]


async def test_a_sku_is_found_by_id_and_by_code_also_off_the_shelf() -> None:
    here, gone = await a_sku(colour="驼色", size=""), await a_sku(on_sale=False)
    found = await find_sku(here.code)

    assert found
    assert found.spec == {"颜色": "驼色"}
    assert await skus([here.id, gone.id, 999]) == await skus([gone.id, here.id])
    assert (await skus([gone.id]))[gone.id].on_sale is False
    assert list(await skus_by_code([here.code, "nothing"])) == [here.code]
    assert (await skus([]), await find_sku("nothing")) == ({}, None)


async def test_a_sku_of_a_hidden_product_is_off_the_shelf_too() -> None:
    sku = await a_sku()
    await Product.filter(id=sku.product_id).update(on_sale=False)

    assert (await skus([sku.id]))[sku.id].on_sale is False


async def test_a_product_is_found_by_id_and_by_its_public_name() -> None:
    sku = await a_sku()
    _ = await a_sku(product=await sku.product, size="L", on_sale=False)
    product = await get_product(sku.product_id)

    assert [view.code for view in product.skus] == [sku.code]
    assert await product_by_public_id(product.public_id) == product
    for missing in (get_product(999), product_by_public_id("prd_nothing")):
        with pytest.raises(ProductNotFound):
            await missing


async def test_a_page_is_never_longer_than_two_hundred() -> None:
    await put_products([a_product_draft(code=f"P{number}") for number in range(205)])
    ids = (await product_ids()).values()
    facts = {"unit": "件", "tax_code": "1040201990000000000", "tax_bp": 1300}
    await Sku.bulk_create(
        [Sku(product_id=one, code=f"S{one}", list_price_fen=1, **facts) for one in ids]
    )
    page = await find_products(Wanted(), Here(7), limit=10_000)
    rest = await find_products(Wanted(), Here(7), cursor=page.next_cursor, limit=10_000)

    assert (len(page.products), len(rest.products), rest.next_cursor) == (200, 5, None)
    with pytest.raises(CursorUnknown):
        await find_products(Wanted(), Here(7), cursor="prd_nothing")


@pytest.mark.parametrize(
    ("change", "rule"),
    [
        ({"tax_code": "105020101000000000X"}, "catalog_sku_tax_code_check"),
        ({"tax_bp": 10_001}, "catalog_sku_tax_bp_check"),
        ({"list_price_fen": -1}, "catalog_sku_list_price_fen_check"),
        ({"deposit_bp": 1}, "catalog_sku_presale_check"),
        ({"presale_on": NOV, "presale_until": DEC}, "catalog_sku_presale_days_check"),
    ],
)
async def test_the_database_refuses_what_no_sku_can_be(
    change: dict[str, object], rule: str
) -> None:
    sku = await a_sku()

    with pytest.raises(IntegrityError, match=rule):
        await Sku.filter(id=sku.id).update(**change)
