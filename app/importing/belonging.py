"""Files whose rows belong together: the parts of a kit, the products of a scene."""

from collections.abc import Mapping

from app.importing.loading import Loader, maybe_named
from app.importing.rows import KitRow, SceneRow
from core.upsert import Upserted
from trade.catalog.queries import kit_codes, scene_codes
from trade.catalog.service import PartDraft, SceneDraft, SpotDraft, put_scene, set_kit
from trade.stores.queries import store_ids

DRAWN = {"room": "/pictures/room-d9cbb3.svg", "outfit": "/pictures/outfit-b98d5e.svg"}


async def load_kits(loader: Loader[KitRow]) -> Upserted:
    """Each kit is set once, with all its parts; its other rows are counted with it."""
    known = await kit_codes()
    parts: dict[str, list[PartDraft]] = {}
    for line in loader.sheet.lines:
        part = PartDraft(line.row.sku_code, line.row.quantity)
        parts.setdefault(line.row.kit_code, []).append(part)
    done: dict[str, Upserted] = {}

    async def put(row: KitRow) -> Upserted:
        if row.kit_code not in done:
            is_new = await set_kit(sku_code=row.kit_code, parts=parts[row.kit_code])
            done[row.kit_code] = _counted(is_different=is_new, is_known=row.kit_code in known)
        return done[row.kit_code]

    return await loader.one_by_one(put)


async def load_scenes(loader: Loader[SceneRow]) -> Upserted:
    """Each scene is put once, with all its products. Without a picture it is drawn."""
    known, stores = await scene_codes(), await store_ids()
    spots: dict[str, list[SpotDraft]] = {}
    for line in loader.sheet.lines:
        row = line.row
        spot = SpotDraft(row.product_code, row.x, row.y, row.sku_code)
        spots.setdefault(row.code, []).append(spot)
    done: dict[str, Upserted] = {}

    async def put(row: SceneRow) -> Upserted:
        if row.code not in done:
            draft = _scene(row, spots[row.code], stores)
            is_different = await put_scene(draft, scope="import")
            done[row.code] = _counted(is_different=is_different, is_known=row.code in known)
        return done[row.code]

    return await loader.one_by_one(put)


def _scene(row: SceneRow, spots: list[SpotDraft], stores: Mapping[str, int]) -> SceneDraft:
    return SceneDraft(
        code=row.code,
        kind=row.kind,
        title=row.title,
        title_en=row.title_en,
        picture=row.picture or DRAWN[row.kind],
        spots=tuple(spots),
        store_id=maybe_named(stores, row, "store_code"),
        position=row.position,
    )


def _counted(*, is_different: bool, is_known: bool) -> Upserted:
    if not is_different:
        return Upserted(same=1)
    return Upserted(changed=1) if is_known else Upserted(new=1)
