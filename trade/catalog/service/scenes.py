"""Scenes (场景): rooms and outfits in which products are shown together."""

from collections.abc import Iterable
from dataclasses import dataclass

from core.audit_log import record
from core.database import use_case
from core.security.scope import Scope
from trade.catalog.errors import BadScene, ProductNotFound, SkuNotFound
from trade.catalog.models import Product, Scene, SceneSpot, Sku
from trade.catalog.rules import SceneKind
from trade.catalog.service.telling import tell_changed

MAX_SPOTS = 30


@dataclass(frozen=True, slots=True)
class SpotDraft:
    """`x` and `y` are thousandths from the left and the top. `sku_code` empty: any choice."""

    product_code: str
    x: int
    y: int
    sku_code: str = ""


@dataclass(frozen=True, slots=True)
class SceneDraft:
    """`store_id` set: shown in that store alone."""

    code: str
    kind: SceneKind
    title: str
    picture: str
    spots: tuple[SpotDraft, ...]
    title_en: str = ""
    store_id: int | None = None
    position: int = 0
    is_shown: bool = True


@use_case
async def put_scene(draft: SceneDraft, *, scope: Scope | str) -> bool:
    """Add or correct a scene by code, with all its spots. Doing it again changes nothing.

    Answers whether anything is different now. Raises BadScene for spots outside the picture or a
    product shown twice, ProductNotFound and SkuNotFound.
    """
    _check(draft)
    wanted = await _spots(draft.spots)
    facts = {
        name: getattr(draft, name)
        for name in ("kind", "title", "title_en", "picture", "store_id", "position", "is_shown")
    }
    scene, is_new = await Scene.get_or_create(facts, code=draft.code)
    scene = await Scene.select_for_update().get(id=scene.id)
    rows = await SceneSpot.filter(scene_id=scene.id).order_by("id")
    before = [(row.product_id, row.sku_id, row.x, row.y) for row in rows]
    is_same = before == wanted and all(getattr(scene, name) == facts[name] for name in facts)
    if is_same and not is_new:
        return False
    await scene.update_from_dict(facts).save()
    await SceneSpot.filter(scene_id=scene.id).delete()
    await SceneSpot.bulk_create(
        SceneSpot(scene_id=scene.id, product_id=product_id, sku_id=sku_id, x=x, y=y)
        for product_id, sku_id, x, y in wanted
    )
    await record(scope, "catalog.put_scene", f"scene:{scene.id}", spots=len(wanted))
    await tell_changed((spot[0] for spot in (*before, *wanted)), "scene")
    return True


def _check(draft: SceneDraft) -> None:
    codes = [spot.product_code for spot in draft.spots]
    is_inside = all(0 <= at <= 1_000 for spot in draft.spots for at in (spot.x, spot.y))
    if not is_inside or len(set(codes)) != len(codes) or not 1 <= len(codes) <= MAX_SPOTS:
        raise BadScene(scene=draft.code)


async def _spots(spots: Iterable[SpotDraft]) -> list[tuple[int, int | None, int, int]]:
    listed = list(spots)
    codes = [spot.product_code for spot in listed]
    products = dict(await Product.filter(code__in=codes).values_list("code", "id"))
    rows = Sku.filter(code__in=[spot.sku_code for spot in listed if spot.sku_code])
    skus = {row.code: row for row in await rows}
    found: list[tuple[int, int | None, int, int]] = []
    for spot in listed:
        product_id = products.get(spot.product_code)
        if product_id is None:
            raise ProductNotFound(product=spot.product_code)
        sku = skus.get(spot.sku_code)
        if spot.sku_code and (sku is None or sku.product_id != product_id):
            raise SkuNotFound(sku_code=spot.sku_code)
        found.append((product_id, sku.id if sku else None, spot.x, spot.y))
    return found
