"""The page of a store, each field its own or the brand's."""

import json
from dataclasses import dataclass
from typing import Any

from core.database import sql
from trade.catalog.queries.products import ProductView, product_of, with_products
from trade.catalog.queries.scenes import SceneView, scenes_of
from trade.catalog.queries.skus import today

FIELDS = ("banner", "notice", "notice_en", "hours", "featured", "scenes")


@dataclass(frozen=True, slots=True)
class StorePageView:
    """`own` names the fields the store set itself. Products and scenes are those on its shelf."""

    banner: str
    notice: str
    notice_en: str
    hours: str
    featured: tuple[ProductView, ...]
    scenes: tuple[SceneView, ...]
    own: tuple[str, ...]


PAGES = """
SELECT store_id, banner, notice, notice_en, hours, featured, scenes FROM catalog_store_page
WHERE coalesce(store_id, 0) IN (0, $1::bigint) ORDER BY coalesce(store_id, 0) DESC
"""
FEATURED = with_products(
    1,
    """
SELECT {product}
JOIN unnest($2::bigint[]) WITH ORDINALITY AS wanted (id, place) ON wanted.id = p.id
WHERE p.on_sale AND EXISTS (SELECT FROM catalog_sku AS s WHERE s.product_id = p.id AND s.on_sale)
    AND (NOT p.is_limited OR EXISTS (
        SELECT FROM catalog_limited_store AS l WHERE l.product_id = p.id AND l.store_id = $3))
    AND NOT EXISTS (
        SELECT FROM catalog_off_shelf AS o WHERE o.product_id = p.id AND o.store_id = $3)
ORDER BY wanted.place
""",
)


async def store_page(store_id: int) -> StorePageView:
    """What a store shows, whether or not anybody has set a page. Three round trips."""
    rows = [_read(row) for row in await sql(PAGES, store_id)]
    own: dict[str, Any] = next((row for row in rows if row["store_id"] == store_id), {})
    brand: dict[str, Any] = next((row for row in rows if row["store_id"] is None), {})
    shown = {
        name: own.get(name) if own.get(name) is not None else brand.get(name) for name in FIELDS
    }
    ids = shown["scenes"]
    scenes = await scenes_of(store_id, ids=ids) if ids else []
    by_id = {scene.id: scene for scene in scenes}
    return StorePageView(
        **{name: shown[name] or "" for name in FIELDS[:4]},
        featured=await _featured(shown["featured"] or [], store_id),
        scenes=tuple(by_id[scene] for scene in ids or () if scene in by_id),
        own=tuple(name for name in FIELDS if own.get(name) is not None),
    )


def _read(row: dict[str, Any]) -> dict[str, Any]:
    lists = {name: json.loads(row[name] or "null") for name in ("featured", "scenes")}
    return {**row, **lists}


async def _featured(ids: list[int], store_id: int) -> tuple[ProductView, ...]:
    rows = await sql(FEATURED, today(), ids, store_id) if ids else []
    views = (product_of(row) for row in rows)
    return tuple(view for view in views if view.skus)
