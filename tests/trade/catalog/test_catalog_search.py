"""Search in Chinese and English, filters and facets, on real PostgreSQL."""

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.database import sql
from core.security.scope import Role, Scope
from tests.scenes.catalog import a_category, a_product, a_sku
from trade.catalog.audit import every_product_is_found_by_its_words
from trade.catalog.errors import CursorUnknown
from trade.catalog.models import Barcode, Brand, Category, Product, Sku
from trade.catalog.queries import Here, Wanted, facets_of, find_products
from trade.catalog.service import (
    CategoryDraft,
    index_products,
    limit_product,
    put_categories,
    take_off_shelf,
)
from trade.catalog.words import RUN, loose_query_of, query_of, vector_of

db = pytest.mark.usefixtures("db")
HERE = Here(7)


async def goods(*titles: str, **more: Any) -> list[Sku]:
    return [await a_sku(product=await a_product(title, **more)) for title in titles]


async def titles(text: str = "", **more: object) -> list[str]:
    found = await find_products(Wanted(text=text, **more), HERE)  # type: ignore[arg-type]
    return [product.title for product in found.products]


@db
@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("沙发", ["云朵沙发", "沙发床"]),
        ("云朵沙发", ["云朵沙发"]),
        ("沙 发", ["云朵沙发", "沙发床"]),
        ("床", ["沙发床"]),
        ("发沙", []),
        ("云朵 沙发", ["云朵沙发"]),
        ("沙发 云朵", ["云朵沙发"]),
        ("Oslo", ["Oslo 餐桌 OT-140"]),
        ("osl", ["Oslo 餐桌 OT-140"]),
        ("ＯＳＬＯ", ["Oslo 餐桌 OT-140"]),
        ("ot-140", ["Oslo 餐桌 OT-140"]),
        ("140", ["Oslo 餐桌 OT-140"]),
        ("slo", []),
        ("餐桌oslo", ["Oslo 餐桌 OT-140"]),
        ("cloud sofa", ["云朵沙发"]),
        ("棉麻", ["云朵沙发"]),
        ("木棠", ["云朵沙发", "沙发床", "Oslo 餐桌 OT-140"]),
        ("🛋️", []),
        ("%", []),
        ("'", []),
        (" ", []),
    ],
)
async def test_words_are_found_wherever_they_stand(text: str, found: list[str]) -> None:
    await goods("云朵沙发", title_en="Cloud Sofa", description="可拆洗棉麻外套")
    await goods("沙发床", "Oslo 餐桌 OT-140")

    assert sorted(await titles(text)) == sorted(found)


@db
async def test_goods_are_found_by_category_brand_spec_code_and_label() -> None:
    [sofa, other] = await goods("云朵", "甲", category="布艺沙发")
    await Sku.filter(id=sofa.id).update(colour="胡桃色", code="K-2000X")
    await Barcode(sku=sofa, code="2000000100012").save()
    await index_products([sofa.product_id])

    for text in ("胡桃色", "k-2000x", "2000000100012", "20000001", "布艺沙发 胡桃", "木棠 云朵"):
        assert await titles(text) == ["云朵"]
    assert sorted(await titles("布艺")) == ["云朵", "甲"]
    assert other.code not in await titles("K-2000X")


@db
async def test_what_stands_in_the_title_comes_before_what_stands_in_a_description() -> None:
    await goods("单椅", description="配书桌正合适")
    await goods("书桌")
    await goods("书桌灯", description="书桌")

    assert await titles("书桌") == ["书桌灯", "书桌", "单椅"]


@db
async def test_words_nobody_has_together_find_the_nearest_and_say_so() -> None:
    await goods("云朵沙发", "书桌")
    found = await find_products(Wanted(text="胡桃色云朵沙发"), HERE)
    exact = await find_products(Wanted(text="云朵沙发"), HERE)

    assert ([p.title for p in found.products], found.is_loose) == (["云朵沙发"], True)
    assert (len(exact.products), exact.is_loose) == (1, False)
    assert (await facets_of(Wanted(text="胡桃色云朵沙发"), HERE)).total == 1


@db
@pytest.mark.parametrize("sort", ["", "price", "-price", "new"])
@pytest.mark.parametrize("text", ["", "围巾"])
async def test_pages_show_each_product_once_in_every_order(sort: str, text: str) -> None:
    for number in range(7):
        product = await a_product(f"围巾 {number}")
        _ = await a_sku(product=product, list_price_fen=100 + number % 3)
    seen, cursor = [], None
    while True:
        wanted = Wanted(text=text, sort=sort)  # type: ignore[arg-type]
        page = await find_products(wanted, HERE, cursor=cursor, limit=2)
        seen += [product.title for product in page.products]
        cursor = page.next_cursor
        if cursor is None:
            break
        if len(seen) == 4:  # something new comes meanwhile, something shown goes
            _ = await a_sku(product=await a_product("围巾 new"), list_price_fen=1)

    assert len(set(seen)) == len(seen)
    assert {f"围巾 {number}" for number in range(7)} <= set(seen)


@db
async def test_filters_meet_in_one_sku_and_facets_count_all_but_their_own() -> None:
    await put_categories([CategoryDraft("衣", "衣"), CategoryDraft("裙", "裙", "Dress", "衣")])
    red = await a_sku(product=await a_product("甲", category="裙"), colour="红", size="S")
    red_l = await a_sku(product=await red.product, colour="红", size="L", list_price_fen=20_000)
    _ = await a_sku(product=await red.product, colour="蓝", size="M")
    blue = await a_sku(product=await a_product("乙", category="衣"), colour="蓝", size="L")
    here = Here(7, prices={blue.id: 9_900}, in_stock=frozenset({blue.id, red_l.id}))
    none = await find_products(Wanted(colour="蓝", size="S"), here)
    facets = await facets_of(Wanted(colour="红"), here)

    assert none.products == ()
    assert facets.total == 1
    assert [(c.value, c.name_en, c.count) for c in facets.categories] == [
        ("衣", "", 1),
        ("裙", "Dress", 1),
    ]
    assert [(c.value, c.count) for c in facets.colours] == [("红", 1), ("蓝", 2)]
    assert [(c.value, c.count) for c in facets.sizes] == [("S", 1), ("L", 1)]
    assert [(b.from_fen, b.to_fen, b.count) for b in facets.prices] == [
        (10_000, 30_000, 1),
        (30_000, 100_000, 1),
    ]
    assert facets.in_stock == 1
    everything = await facets_of(Wanted(), here)
    assert [(b.from_fen, b.count) for b in everything.prices] == [(0, 1), (10_000, 1), (30_000, 1)]
    for choice in everything.colours:
        left = await find_products(Wanted(colour=choice.value), here)
        assert len(left.products) == choice.count


@db
async def test_prices_and_stock_are_those_of_this_store() -> None:
    cheap, dear = await goods("甲", "乙")
    here = Here(7, prices={dear.id: 100}, in_stock=frozenset({dear.id}))

    async def shown(**more: object) -> list[str]:
        found = await find_products(Wanted(**more), here)  # type: ignore[arg-type]
        return [product.title for product in found.products]

    assert await shown(sort="price") == ["乙", "甲"]
    assert await shown(sort="-price") == ["甲", "乙"]
    assert await shown(max_fen=101) == ["乙"]
    assert await shown(max_fen=100) == []
    assert await shown(min_fen=101) == ["甲"]
    assert await shown(in_stock=True) == ["乙"]
    assert cheap.id


@db
async def test_a_store_finds_only_what_stands_on_its_own_shelf() -> None:
    """vendure#2356, vendure#1692: what belongs to another shop leaks into this one."""
    off, limited, sold = await goods("甲", "乙", "丙")
    mine = Scope(Role.STORE_MANAGER, staff_id=1, store_ids=frozenset({7}))
    await take_off_shelf(scope=mine, store_id=7, product_id=off.product_id)
    await limit_product(product_id=limited.product_id, store_ids=[8])
    for wanted in (Wanted(), Wanted(text="木棠"), Wanted(sort="price")):
        found = await find_products(wanted, HERE)
        assert [product.id for product in found.products] == [sold.product_id]
    assert (await facets_of(Wanted(), HERE)).total == 1
    assert (await facets_of(Wanted(), Here(8))).total == 3


@db
@pytest.mark.parametrize("cursor", ["", "x", "prd_" + "a" * 26 + ".0", "prd_.1", "é" * 30, "1.1l"])
async def test_a_cursor_nobody_gave_is_refused(cursor: str) -> None:
    with pytest.raises(CursorUnknown):
        await find_products(Wanted(), HERE, cursor=cursor)


@db
async def test_the_words_follow_every_change_and_the_auditor_sees_when_they_do_not() -> None:
    [sku] = await goods("云朵")
    category = await a_category("布艺")
    await Product.filter(id=sku.product_id).update(category_id=category.id)
    found = [finding.key for finding in await every_product_is_found_by_its_words()]
    await index_products([sku.product_id])
    await put_categories([CategoryDraft("布艺", "皮艺")])
    renamed = await titles("皮艺")
    await Brand.all().update(name="新牌")

    assert found == [(await Product.get(id=sku.product_id)).code]
    assert renamed == ["云朵"]
    assert len(await every_product_is_found_by_its_words()) == 1
    await sql("DELETE FROM catalog_search")
    assert len(await every_product_is_found_by_its_words()) == 1
    assert await Category.all().count() == 2


@given(st.text(max_size=60), st.text(max_size=60))
def test_any_text_becomes_words_that_can_be_asked_for(title: str, asked: str) -> None:
    """Lexemes hold letters and digits alone, so nothing in a text is an operator or a quote."""
    for query in (query_of(asked), loose_query_of(asked)):
        assert all(RUN.fullmatch(word) for word in query.split("'")[1::2])
    assert all(RUN.fullmatch(word) for word in vector_of([("A", title)]).split("'")[1::2])


@db
@settings(max_examples=40, suppress_health_check=list(HealthCheck), deadline=None)
@given(title=st.text(min_size=1, max_size=40), start=st.integers(0, 39), length=st.integers(1, 40))
async def test_postgresql_reads_every_vector_and_finds_every_piece_of_a_chinese_text(
    title: str, start: int, length: int
) -> None:
    piece = query_of(title[start : start + length])
    vector = vector_of([("A", title)])
    [row] = await sql("SELECT $1::text::tsvector @@ $2::text::tsquery AS found", vector, piece)

    is_chinese = title.isalpha() and all("\u4e00" <= letter <= "\u9fff" for letter in title)
    assert row["found"] or not is_chinese or not piece


@db
@pytest.mark.parametrize(
    "text",
    [
        "沙" * 5_000,
        "a" * 10_000,
        "沙 发 " * 900,
        "' | !(",
        "\\",
        "<->",
        ":*",
        "e\u0301" * 90,
        "\ud7ff",
    ],
)
async def test_no_text_breaks_the_search(text: str) -> None:
    await goods("云朵沙发")
    found = await find_products(Wanted(text=text), HERE)

    assert len(found.products) <= 1
    assert (await facets_of(Wanted(text=text), HERE)).total <= 1
