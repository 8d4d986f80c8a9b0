"""Scenes, each shoppable; a thousand stores, a thousand faces."""

from dataclasses import replace

import pytest

from core.audit_log import AuditRow
from core.security.scope import Role, Scope
from tests.scenes.catalog import a_product, a_sku
from tests.scenes.people import head_office
from trade.catalog.errors import (
    BadScene,
    PageNotYours,
    ProductNotFound,
    SceneNotFound,
    SkuNotFound,
)
from trade.catalog.models import Product, Scene, SceneSpot, Sku, StorePage
from trade.catalog.queries import get_scene, scenes_of, store_page
from trade.catalog.rules import SceneKind
from trade.catalog.service import (
    PageDraft,
    SceneDraft,
    SpotDraft,
    put_scene,
    set_store_page,
    take_off_shelf,
)

pytestmark = pytest.mark.usefixtures("db")
MINE = Scope(Role.STORE_MANAGER, staff_id=1, store_ids=frozenset({7}))


async def code_of(sku: Sku) -> str:
    return (await Product.get(id=sku.product_id)).code


async def a_room(*skus: Sku, code: str = "living", store_id: int | None = None) -> Scene:
    spots = tuple([SpotDraft(await code_of(sku), 100, 900, sku.code) for sku in skus])
    draft = SceneDraft(code, SceneKind.ROOM, "客厅", "/p.webp", spots, store_id=store_id)
    await put_scene(draft, scope="test:1")
    return await Scene.get(code=code)


async def test_one_product_stands_in_several_rooms_and_each_room_is_shoppable() -> None:
    sofa, lamp = await a_sku(colour="灰"), await a_sku(product=await a_product("灯"))
    living, _ = await a_room(sofa, lamp), await a_room(sofa, code="loft")
    [first, second] = await scenes_of(7, product_id=sofa.product_id)
    product = await Product.get(id=sofa.product_id)

    assert (first.public_id, second.title) == (living.public_id, "客厅")
    assert [(s.product_id, s.sku_code, s.x, s.y) for s in first.spots][:1] == [
        (product.public_id, sofa.code, 100, 900)
    ]
    assert [spot.title for spot in first.spots] == ["羊绒围巾", "灯"]
    assert len(await scenes_of(7, product_id=lamp.product_id)) == 1
    assert await scenes_of(7, kind="outfit") == []
    assert await get_scene(7, living.public_id) == first


async def test_putting_a_scene_again_changes_nothing_and_a_new_one_replaces_its_spots() -> None:
    sofa, lamp = await a_sku(), await a_sku(product=await a_product("灯"))
    spots = (SpotDraft(await code_of(sofa), 1, 2),)
    draft = SceneDraft("s", SceneKind.OUTFIT, "秋装", "/p.webp", spots)
    answers = [await put_scene(draft, scope="test:1") for _ in range(2)]
    moved = replace(draft, spots=(SpotDraft(await code_of(lamp), 1_000, 0),))
    answers.append(await put_scene(moved, scope=head_office()))

    assert answers == [True, False, True]
    assert await SceneSpot.all().values_list("product_id", "x", "y") == [(lamp.product_id, 1000, 0)]
    assert await AuditRow.all().count() == 2


@pytest.mark.parametrize(
    ("x", "y", "times", "sku_code", "product_code", "refused"),
    [
        (-1, 0, 1, "", "", BadScene),
        (0, 1_001, 1, "", "", BadScene),
        (0, 0, 0, "", "", BadScene),
        (0, 0, 2, "", "", BadScene),
        (0, 0, 1, "nobody", "", SkuNotFound),
        (0, 0, 1, "{other}", "", SkuNotFound),
        (0, 0, 1, "", "nobody", ProductNotFound),
    ],
)
async def test_a_scene_that_cannot_be_is_refused(
    x: int, y: int, times: int, sku_code: str, product_code: str, refused: type[Exception]
) -> None:
    sku, other = await a_sku(), await a_sku(product=await a_product("灯"))
    named = sku_code.format(other=other.code)
    spot = SpotDraft(product_code or await code_of(sku), x, y, named)
    draft = SceneDraft("s", SceneKind.ROOM, "客厅", "/p.webp", (spot,) * times)
    with pytest.raises(refused):
        await put_scene(draft, scope="test:1")

    assert await Scene.all().count() == 0


async def test_a_scene_shows_only_what_this_store_sells() -> None:
    sofa, lamp = await a_sku(), await a_sku(product=await a_product("灯"))
    room = await a_room(sofa, lamp)
    own = await a_room(sofa, code="own", store_id=7)
    await take_off_shelf(scope=MINE, store_id=7, product_id=lamp.product_id)
    here, there = await scenes_of(7), await scenes_of(8)
    await take_off_shelf(scope=MINE, store_id=7, product_id=sofa.product_id)

    assert [len(scene.spots) for scene in here] == [1, 1]
    assert [(scene.public_id, len(scene.spots)) for scene in there] == [(room.public_id, 2)]
    assert await scenes_of(7) == []
    for store_id, name in ((8, own.public_id), (7, room.public_id), (7, "scn_nobody")):
        with pytest.raises(SceneNotFound):
            await get_scene(store_id, name)


async def test_a_store_shows_its_own_face_and_falls_back_field_by_field() -> None:
    sofa, lamp = await a_sku(), await a_sku(product=await a_product("灯"))
    names = [(await Product.get(id=sku.product_id)).public_id for sku in (lamp, sofa)]
    room = await a_room(sofa)
    brand = PageDraft("/b.webp", "欢迎", "Welcome", "10-22", tuple(names), (room.public_id,))
    assert (await store_page(7)).banner == ""
    await set_store_page(scope=head_office(), store_id=None, draft=brand)
    assert (await store_page(7)).own == ()
    own = PageDraft(notice="周三店休", featured=())
    changed = [await set_store_page(scope=MINE, store_id=7, draft=own) for _ in range(2)]
    mine, theirs = await store_page(7), await store_page(8)

    assert changed == [True, False]
    assert (mine.banner, mine.notice, mine.hours) == ("/b.webp", "周三店休", "10-22")
    assert (mine.featured, mine.own) == ((), ("notice", "featured"))
    assert [product.public_id for product in theirs.featured] == names
    assert [scene.public_id for scene in mine.scenes] == [room.public_id]
    assert await AuditRow.filter(actor="store_manager:1").values_list("subject", "facts") == [
        ("store:7", {"fields": "notice,featured"})
    ]


async def test_what_a_store_took_off_is_not_featured_there() -> None:
    sofa = await a_sku()
    name = (await Product.get(id=sofa.product_id)).public_id
    draft = PageDraft(featured=(name,))
    await set_store_page(scope=head_office(), store_id=None, draft=draft)
    await take_off_shelf(scope=MINE, store_id=7, product_id=sofa.product_id)

    assert (await store_page(7)).featured == ()
    assert len((await store_page(8)).featured) == 1


async def test_nobody_changes_a_foreign_page_or_the_brands() -> None:
    for store_id in (8, None):
        with pytest.raises(PageNotYours):
            await set_store_page(scope=MINE, store_id=store_id, draft=PageDraft())
    foreign = await a_room(await a_sku(), store_id=8)
    for draft, refused in (
        (PageDraft(featured=("prd_nobody",)), ProductNotFound),
        (PageDraft(scenes=("scn_nobody",)), SceneNotFound),
        (PageDraft(scenes=(foreign.public_id,)), SceneNotFound),
    ):
        with pytest.raises(refused):
            await set_store_page(scope=MINE, store_id=7, draft=draft)

    assert await StorePage.all().count() == 0
