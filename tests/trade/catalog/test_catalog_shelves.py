"""Pre-sale, and which store sells what."""

from collections.abc import Sequence
from datetime import timedelta

import pytest

from core import clock
from core.audit_log import AuditRow
from core.errors import DomainError
from core.events import listeners, on
from core.security.scope import Role, Scope
from tests.scene import tell_everyone
from tests.scenes.catalog import a_product, a_sku, draft_of
from tests.scenes.people import head_office
from trade.catalog.errors import (
    ProductNotFound,
    ShelfNotYours,
)
from trade.catalog.events import ProductChanged
from trade.catalog.models import Product
from trade.catalog.queries import (
    Here,
    Wanted,
    find_products,
    is_on_shelf,
    skus,
)
from trade.catalog.service import (
    CategoryDraft,
    ProductDraft,
    limit_product,
    put_categories,
    put_on_shelf,
    put_products,
    put_skus,
    take_off_shelf,
)

pytestmark = pytest.mark.usefixtures("db")
TODAY = clock.shop_day(clock.now())


def kept(sku_id: int, store_ids: Sequence[int] = (7,)) -> Scope:
    return Scope(Role.STORE_MANAGER, staff_id=sku_id, store_ids=frozenset(store_ids))


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
    listed = (await find_products(Wanted(), Here(7))).products
    assert [each.skus[0].presale_on for each in listed] == ([view.presale_on] if is_sold else [])


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
