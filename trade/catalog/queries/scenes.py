"""Scenes as a store shows them: only with what stands on its shelf, every spot shoppable."""

import json
from dataclasses import dataclass
from typing import Any

from core.database import sql
from trade.catalog.errors import ProductNotFound, SceneNotFound
from trade.catalog.queries.products import ProductView, product_of, with_products
from trade.catalog.queries.skus import today
from trade.catalog.rules import picture_path


@dataclass(frozen=True, slots=True)
class SpotView:
    """Thousandths from the left and the top. `sku_code`: the choice that is shown, if one is."""

    product_id: str
    title: str
    title_en: str
    picture: str
    sku_code: str | None
    x: int
    y: int


@dataclass(frozen=True, slots=True)
class SceneView:
    id: int
    public_id: str
    kind: str
    title: str
    title_en: str
    picture: str
    spots: tuple[SpotView, ...]


# Scenes with their spots in one round trip. A scene whose products are all off this store's shelf
# is not shown at all.
SCENES = """
SELECT * FROM (
    SELECT c.id, c.public_id, c.kind, c.title, c.title_en, c.picture, c.position,
        (SELECT json_agg(json_build_object('product_id', p.public_id, 'title', p.title,
            'title_en', p.title_en, 'picture', coalesce(nullif(s.picture, ''), p.picture),
            'sku_code', s.code, 'x', t.x, 'y', t.y) ORDER BY t.id)
         FROM catalog_scene_spot AS t JOIN catalog_product AS p ON p.id = t.product_id
         LEFT JOIN catalog_sku AS s ON s.id = t.sku_id AND s.on_sale
         WHERE t.scene_id = c.id AND p.on_sale
            AND EXISTS (SELECT FROM catalog_sku AS any_sku
                WHERE any_sku.product_id = p.id AND any_sku.on_sale
                AND (any_sku.presale_on IS NULL OR any_sku.presale_on <= $1
                     OR coalesce(any_sku.presale_until, any_sku.presale_on) >= $1))
            AND (NOT p.is_limited OR EXISTS (SELECT FROM catalog_limited_store AS l
                WHERE l.product_id = p.id AND l.store_id = $2))
            AND NOT EXISTS (SELECT FROM catalog_off_shelf AS o
                WHERE o.product_id = p.id AND o.store_id = $2)) AS spots
    FROM catalog_scene AS c
    WHERE c.is_shown AND (c.store_id IS NULL OR c.store_id = $2)
        AND ($3::text IS NULL OR c.public_id = $3)
        AND ($4::bigint IS NULL OR EXISTS (SELECT FROM catalog_scene_spot AS of_it
            WHERE of_it.scene_id = c.id AND of_it.product_id = $4))
        AND ($5::bigint[] IS NULL OR c.id = ANY($5::bigint[]))
        AND ($6 = '' OR c.kind = $6)
) AS shown WHERE spots IS NOT NULL ORDER BY position, id LIMIT 100
"""


async def scenes_of(
    store_id: int,
    *,
    public_id: str | None = None,
    product_id: int | None = None,
    ids: list[int] | None = None,
    kind: str = "",
) -> list[SceneView]:
    """What this store shows, at most 100, in the brand's order; with `product_id` or `ids` only
    those."""
    rows = await sql(SCENES, today(), store_id, public_id, product_id, ids, kind)
    return [_scene(row) for row in rows]


async def get_scene(store_id: int, public_id: str) -> SceneView:
    """Raises SceneNotFound, also for a scene that other stores show."""
    found = await scenes_of(store_id, public_id=public_id)
    if not found:
        raise SceneNotFound(scene_id=public_id)
    return found[0]


def _scene(row: dict[str, Any]) -> SceneView:
    names = ("id", "public_id", "kind", "title", "title_en", "picture")
    spots = tuple(SpotView(**spot) for spot in json.loads(row["spots"]))
    return SceneView(**{name: row[name] for name in names}, spots=spots)


@dataclass(frozen=True, slots=True)
class ProductPageView:
    """A product's own page in a store: `pictures` are (path, colour) in order."""

    product: ProductView
    pictures: tuple[tuple[str, str], ...]
    scenes: tuple[SceneView, ...]


# The product, its pictures and whether a scene shows it: one round trip; scenes are asked for only
# where there are any.
PAGE = with_products(
    1,
    """
SELECT (SELECT json_agg(json_build_array(a.name, g.colour) ORDER BY g.position)
        FROM catalog_product_picture AS g JOIN catalog_picture AS a ON a.id = g.picture_id
        WHERE g.product_id = p.id) AS pictures,
    EXISTS (SELECT FROM catalog_scene_spot AS t WHERE t.product_id = p.id) AS has_scenes, {product}
WHERE p.on_sale AND p.public_id = $2
    AND (NOT p.is_limited OR EXISTS (
        SELECT FROM catalog_limited_store AS l WHERE l.product_id = p.id AND l.store_id = $3))
    AND NOT EXISTS (
        SELECT FROM catalog_off_shelf AS o WHERE o.product_id = p.id AND o.store_id = $3)
""",
)


async def product_page(store_id: int, public_id: str) -> ProductPageView:
    """Raises ProductNotFound for what this store does not sell."""
    rows = await sql(PAGE, today(), public_id, store_id)
    if not rows or not rows[0]["skus"]:
        raise ProductNotFound(product_id=public_id)
    [row] = rows
    pictures = json.loads(row["pictures"] or "[]")
    scenes = await scenes_of(store_id, product_id=row["id"]) if row["has_scenes"] else []
    return ProductPageView(
        product_of(row),
        tuple((picture_path(name), colour) for name, colour in pictures),
        tuple(scenes),
    )


async def scene_codes() -> set[str]:
    """Codes of all scenes, also those that are not shown."""
    return {row["code"] for row in await sql("SELECT code FROM catalog_scene")}


async def edition() -> int:
    """A number that every change of goods, shelves, pictures and scenes replaces."""
    rows = await sql("SELECT number FROM catalog_edition")
    return int(rows[0]["number"]) if rows else 0
