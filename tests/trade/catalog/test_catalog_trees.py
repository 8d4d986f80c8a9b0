"""Kits are made of plain goods, categories of categories: neither ever in a ring."""

import asyncio

import pytest
from tortoise.exceptions import IntegrityError

from core.upsert import Upserted
from tests.scenes.catalog import a_sku
from trade.catalog.audit import (
    no_kit_is_part_of_a_kit,
    the_path_of_a_category_goes_through_its_parent,
)
from trade.catalog.errors import (
    BadKit,
    CategoryLoop,
    CategoryNotFound,
    KitInKit,
    SkuNotFound,
)
from trade.catalog.models import Category, KitPart, Product
from trade.catalog.queries import (
    Here,
    Wanted,
    find_products,
    get_product,
    skus,
)
from trade.catalog.service import (
    CategoryDraft,
    PartDraft,
    ProductDraft,
    put_categories,
    put_products,
    set_kit,
)

pytestmark = pytest.mark.usefixtures("db")


async def test_a_kit_says_what_one_of_it_takes_from_stock() -> None:
    kit, chair, table = await a_sku(size="套"), await a_sku(), await a_sku()
    wanted = [PartDraft(chair.code, 4), PartDraft(table.code, 1)]
    first, again = [await set_kit(sku_code=kit.code, parts=wanted) for _ in range(2)]

    assert (first, again) == (True, False)
    assert (await skus([kit.id]))[kit.id].parts == ((chair.id, 4), (table.id, 1))
    assert (await skus([chair.id]))[chair.id].parts == ()
    assert (await get_product(kit.product_id)).skus[0].parts == ((chair.id, 4), (table.id, 1))
    assert await set_kit(sku_code=kit.code, parts=[])
    assert (await skus([kit.id]))[kit.id].parts == ()


async def test_a_kit_is_never_part_of_a_kit_from_either_side() -> None:
    kit, part, other = await a_sku(), await a_sku(), await a_sku()
    await set_kit(sku_code=kit.code, parts=[PartDraft(part.code, 2)])
    for code, inside in ((other.code, kit.code), (part.code, other.code), (kit.code, kit.code)):
        with pytest.raises(KitInKit):
            await set_kit(sku_code=code, parts=[PartDraft(inside, 1)])

    assert await KitPart.all().count() == 1
    assert await no_kit_is_part_of_a_kit() == []


async def test_two_who_nest_kits_at_once_do_not_both_win() -> None:
    one, two, three = await a_sku(), await a_sku(), await a_sku()
    answers = await asyncio.gather(
        set_kit(sku_code=one.code, parts=[PartDraft(two.code, 1)]),
        set_kit(sku_code=two.code, parts=[PartDraft(three.code, 1)]),
        return_exceptions=True,
    )

    assert sorted(type(answer).__name__ for answer in answers) == ["KitInKit", "bool"]
    assert await no_kit_is_part_of_a_kit() == []


@pytest.mark.parametrize("parts", [[("P", 0)], [("P", 1_001)], [("P", 1), ("P", 2)], [("P", -1)]])
async def test_parts_that_cannot_be_counted_make_no_kit(parts: list[tuple[str, int]]) -> None:
    kit = await a_sku()
    with pytest.raises(BadKit):
        await set_kit(sku_code=kit.code, parts=[PartDraft(*part) for part in parts])
    with pytest.raises(SkuNotFound):
        await set_kit(sku_code=kit.code, parts=[PartDraft("nobody", 1)])


async def test_the_auditor_finds_a_kit_in_a_kit() -> None:
    kit, part, inner = await a_sku(), await a_sku(), await a_sku()
    await KitPart(kit=kit, part=part, quantity=1).save()
    await KitPart(kit=part, part=inner, quantity=1).save()

    assert [finding.key for finding in await no_kit_is_part_of_a_kit()] == [part.code]


async def test_a_category_holds_what_hangs_below_it() -> None:
    tree = [
        CategoryDraft("sofa3", "三人沙发", parent_code="sofa"),
        CategoryDraft("sofa", "沙发", parent_code="living"),
        CategoryDraft("living", "客厅", "Living room"),
    ]
    first, again = [await put_categories(tree) for _ in range(2)]
    await put_products([ProductDraft("P1", "云朵", "sofa3", "", "", "", on_sale=True)])
    sku = await a_sku(product=await Product.get(code="P1"))
    ids = dict(await Category.all().values_list("code", "id"))

    assert (first, again) == (Upserted(new=3), Upserted(same=3))
    for word in ("living", "客厅", "sofa", "三人沙发"):
        found = await find_products(Wanted(category=word), Here(7))
        assert [product.title for product in found.products] == ["云朵"]
    view = (await skus([sku.id]))[sku.id]
    assert view.category_ids == (ids["living"], ids["sofa"], ids["sofa3"])


async def test_a_branch_that_moves_takes_its_leaves_along() -> None:
    await put_categories(
        [CategoryDraft("a", "甲"), CategoryDraft("b", "乙"), CategoryDraft("c", "丙", "", "a")]
    )
    moved = await put_categories([CategoryDraft("a", "甲", "", "b")])
    ids = dict(await Category.all().values_list("code", "id"))

    assert moved == Upserted(changed=1)
    assert (await Category.get(code="c")).path == [ids["b"], ids["a"], ids["c"]]
    assert await the_path_of_a_category_goes_through_its_parent() == []


async def test_a_category_is_refused_below_itself_and_below_nobody() -> None:
    await put_categories([CategoryDraft("a", "甲"), CategoryDraft("b", "乙", "", "a")])
    with pytest.raises(CategoryLoop):
        await put_categories([CategoryDraft("a", "甲", "", "b")])
    with pytest.raises(CategoryNotFound):
        await put_categories([CategoryDraft("c", "丙", "", "nobody")])
    with pytest.raises(IntegrityError):
        await put_categories([CategoryDraft("a", "甲", "", "a")])

    assert (await Category.get(code="a")).parent_id is None


async def test_the_auditor_finds_a_lost_branch() -> None:
    await put_categories([CategoryDraft("a", "甲")])
    await Category.filter(code="a").update(path=[])

    found = await the_path_of_a_category_goes_through_its_parent()
    assert [finding.key for finding in found] == ["a"]
