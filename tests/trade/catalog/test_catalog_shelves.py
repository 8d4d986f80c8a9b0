"""Kits, categories, barcodes, pre-sale and which store sells what."""

import asyncio
from collections.abc import Sequence
from datetime import timedelta

import pytest
from tortoise.exceptions import IntegrityError

from core import clock
from core.audit_log import AuditRow
from core.errors import DomainError
from core.events import listeners, on
from core.security.scope import Role, Scope
from core.upsert import Upserted
from tests.scene import tell_everyone
from tests.scenes.catalog import a_product, a_sku
from tests.scenes.people import head_office
from trade.catalog.audit import (
    every_label_reads_right,
    no_kit_is_part_of_a_kit,
    the_path_of_a_category_goes_through_its_parent,
)
from trade.catalog.errors import (
    AxisUnknown,
    BadKit,
    BarcodeTaken,
    BarcodeWrong,
    CategoryLoop,
    CategoryNotFound,
    KitInKit,
    ProductNotFound,
    ShelfNotYours,
    SkuNotFound,
)
from trade.catalog.events import ProductChanged
from trade.catalog.models import Barcode, Category, KitPart, Product, Sku
from trade.catalog.queries import (
    find_sku,
    get_product,
    is_on_shelf,
    list_products,
    skus,
    skus_by_barcode,
)
from trade.catalog.service import (
    AxisDraft,
    CategoryDraft,
    PartDraft,
    ProductDraft,
    SkuDraft,
    limit_product,
    put_axes,
    put_categories,
    put_on_shelf,
    put_products,
    put_skus,
    set_kit,
    take_off_shelf,
)

pytestmark = pytest.mark.usefixtures("db")
FIRST, SECOND, THIRD = "2000000100012", "2000000100029", "2000000100036"
TODAY = clock.shop_day(clock.now())


def draft_of(sku: Sku, **more: object) -> SkuDraft:
    names = ("product_id", "code", "colour", "size", "unit", "tax_code", "tax_bp")
    rest = ("list_price_fen", "picture", "on_sale")
    facts = {name: getattr(sku, name) for name in (*names, *rest)}
    return SkuDraft(**{"barcode": None, **facts, **more})


def kept(sku_id: int, store_ids: Sequence[int] = (7,)) -> Scope:
    return Scope(Role.STORE_MANAGER, staff_id=sku_id, store_ids=frozenset(store_ids))


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
        assert [p.title for p in (await list_products(category=word)).products] == ["云朵"]
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


async def test_a_sku_is_found_by_each_of_its_labels() -> None:
    sku = await a_sku()
    wanted = draft_of(sku, barcode=FIRST, more_barcodes=(SECOND,))
    first, again = [await put_skus([wanted]) for _ in range(2)]
    found = await skus_by_barcode([FIRST, SECOND, THIRD])

    assert (first.changed, again.same) == (1, 1)
    assert {code: view.id for code, view in found.items()} == {FIRST: sku.id, SECOND: sku.id}
    assert found[SECOND].barcode == FIRST
    await put_skus([draft_of(sku, barcode=SECOND)])
    assert list(await skus_by_barcode([FIRST, SECOND])) == [SECOND]


async def test_a_label_belongs_to_one_sku() -> None:
    here, there = await a_sku(), await a_sku()
    await put_skus([draft_of(here, barcode=FIRST)])
    for wanted in (
        [draft_of(there, barcode=FIRST)],
        [draft_of(there, barcode=SECOND, more_barcodes=(SECOND,))],
        [draft_of(here, barcode=SECOND), draft_of(there, barcode=SECOND)],
    ):
        with pytest.raises(BarcodeTaken):
            await put_skus(wanted)
    with pytest.raises(BarcodeWrong):
        await put_skus([draft_of(there, barcode="2000000100013")])

    assert await Barcode.all().values_list("code", "sku_id") == [(FIRST, here.id)]
    assert await every_label_reads_right() == []


async def test_the_auditor_finds_a_label_that_cannot_be_read() -> None:
    await Barcode(sku=await a_sku(), code="2000000100013").save()

    assert [finding.key for finding in await every_label_reads_right()] == ["2000000100013"]


async def test_goods_are_chosen_by_as_many_things_as_the_brand_likes() -> None:
    oak = await a_sku(colour="原木色", size="1.4 米")
    with pytest.raises(AxisUnknown):
        await put_skus([draft_of(oak, more_spec={"material": "白橡木"})])
    await put_axes([AxisDraft("legs", "脚", position=2), AxisDraft("material", "材质", position=1)])
    await put_skus([draft_of(oak, more_spec={"legs": "铁", "material": "白橡木"})])
    walnut = draft_of(oak, code="W", more_spec={"legs": "铁", "material": "胡桃木"})
    await put_skus([walnut])
    view = await find_sku(oak.code)

    assert view
    assert list(view.spec.items()) == [
        *(("颜色", "原木色"), ("尺寸", "1.4 米")),
        *(("材质", "白橡木"), ("脚", "铁")),
    ]
    with pytest.raises(IntegrityError, match="catalog_sku_choice_key"):
        await put_skus([draft_of(oak, code="W2", more_spec=walnut.more_spec)])


@pytest.mark.parametrize(
    ("ships_in", "closes_in", "is_sold", "is_ahead"),
    [
        (30, 10, True, True),
        (30, 0, True, True),
        (30, -1, False, True),
        (30, None, True, True),
        (0, 0, True, False),
        (-1, -5, True, False),
    ],
)
async def test_a_pre_sale_lasts_until_its_last_day_and_becomes_ordinary_goods(
    ships_in: int, closes_in: int | None, *, is_sold: bool, is_ahead: bool
) -> None:
    ships_on = TODAY + timedelta(ships_in)
    until = None if closes_in is None else TODAY + timedelta(closes_in)
    sku = await a_sku(presale_on=ships_on, presale_until=until, deposit_bp=2_000)
    view = (await skus([sku.id]))[sku.id]

    assert view.on_sale is is_sold
    assert (view.presale_on, view.deposit_bp) == ((ships_on, 2_000) if is_ahead else (None, 0))
    assert await is_on_shelf(7, [sku.id]) == ({sku.id} if is_sold else set())
    listed = (await list_products()).products[0].skus
    assert [each.presale_on for each in listed] == ([view.presale_on] if is_sold else [])


async def test_a_store_takes_off_and_puts_back_on_its_own_shelf() -> None:
    sku, mine = await a_sku(), kept(1)
    offs = [
        await take_off_shelf(scope=mine, store_id=7, product_id=sku.product_id) for _ in range(2)
    ]
    while_off = (await is_on_shelf(7, [sku.id]), await is_on_shelf(8, [sku.id]))
    ons = [await put_on_shelf(scope=mine, store_id=7, product_id=sku.product_id) for _ in range(2)]

    assert (offs, ons) == ([True, False], [True, False])
    assert while_off == (set(), {sku.id})
    assert await is_on_shelf(7, [sku.id]) == {sku.id}
    noted = await AuditRow.all().order_by("id").values_list("actor", "action")
    assert noted == [
        ("store_manager:1", "catalog.take_off_shelf"),
        ("store_manager:1", "catalog.put_on_shelf"),
    ]


async def test_nobody_minds_a_foreign_shelf() -> None:
    sku = await a_sku()
    for act in (take_off_shelf, put_on_shelf):
        with pytest.raises(ShelfNotYours):
            await act(scope=kept(1), store_id=8, product_id=sku.product_id)
        with pytest.raises(ProductNotFound):
            await act(scope=head_office(), store_id=8, product_id=999)


async def test_a_limited_product_is_sold_in_its_stores_only_and_no_store_lets_itself_in() -> None:
    sku = await a_sku()
    first, again = [
        await limit_product(product_id=sku.product_id, store_ids=[7, 9]) for _ in range(2)
    ]
    await put_on_shelf(scope=kept(1, [8]), store_id=8, product_id=sku.product_id)
    sold = [bool(await is_on_shelf(store, [sku.id])) for store in (7, 8, 9)]
    await limit_product(product_id=sku.product_id, store_ids=[])
    nowhere = [bool(await is_on_shelf(store, [sku.id])) for store in (7, 8, 9)]
    await limit_product(product_id=sku.product_id, store_ids=None)

    assert (first, again) == (True, False)
    assert (sold, nowhere) == ([True, False, True], [False, False, False])
    assert await is_on_shelf(8, [sku.id]) == {sku.id}
    with pytest.raises(ProductNotFound):
        await limit_product(product_id=999, store_ids=None)


async def test_what_the_brand_does_not_sell_is_on_no_shelf() -> None:
    hidden, gone = await a_sku(product=await a_product(on_sale=False)), await a_sku(on_sale=False)

    assert await is_on_shelf(7, [hidden.id, gone.id, 999]) == set()


async def test_each_change_is_told_once_and_no_change_to_nobody() -> None:
    heard: list[tuple[tuple[int, ...], str]] = []

    async def note(event: ProductChanged) -> None:
        heard.append((event.product_ids, event.what))

    on(ProductChanged)(note)
    try:
        draft = ProductDraft("P1", "云朵", "沙发", "木棠", "", "", on_sale=True)
        for _ in range(2):
            await put_products([draft])
        product = await Product.get(code="P1")
        sku = await a_sku(product=product, colour="白")
        for _ in range(2):
            await put_skus([draft_of(sku, list_price_fen=5)])
            await take_off_shelf(scope=kept(1), store_id=7, product_id=product.id)
            await limit_product(product_id=product.id, store_ids=[7])
            await put_categories([CategoryDraft("沙发", "布艺沙发")])
        with pytest.raises(DomainError):
            await put_skus([draft_of(sku, list_price_fen=6, barcode="1")])
        await tell_everyone()
    finally:
        listeners.pop(f"{note.__module__}.{note.__name__}")

    assert sorted(heard, key=str) == sorted(
        [((product.id,), what) for what in ("product", "sku", "shelf", "shelf", "product")], key=str
    )
