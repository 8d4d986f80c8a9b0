"""The tree of categories with what hangs on it."""

from dataclasses import dataclass

from core.database import sql
from trade.catalog.models import Category
from trade.catalog.queries.skus import today


@dataclass(frozen=True, slots=True)
class CategoryView:
    """`count` is of products on this store's shelf, those of the branches below included."""

    id: int
    code: str
    name: str
    name_en: str
    parent_code: str
    count: int


TREE = """
SELECT node.id, node.code, node.name, node.name_en, coalesce(parent.code, '') AS parent_code,
    count(sold.id) AS count
FROM catalog_category AS node LEFT JOIN catalog_category AS parent ON parent.id = node.parent_id
LEFT JOIN (
    SELECT p.id, c.path FROM catalog_product AS p JOIN catalog_category AS c ON c.id = p.category_id
    WHERE p.on_sale AND EXISTS (SELECT FROM catalog_sku AS s WHERE s.product_id = p.id AND s.on_sale
            AND (s.presale_on IS NULL OR s.presale_on <= $1
                 OR coalesce(s.presale_until, s.presale_on) >= $1))
        AND (NOT p.is_limited OR EXISTS (
            SELECT FROM catalog_limited_store AS l WHERE l.product_id = p.id AND l.store_id = $2))
        AND NOT EXISTS (
            SELECT FROM catalog_off_shelf AS o WHERE o.product_id = p.id AND o.store_id = $2)
) AS sold ON node.id = ANY(sold.path)
GROUP BY node.id, parent.code HAVING count(sold.id) > 0
ORDER BY cardinality(node.path), node.position, node.id
"""


async def category_tree(store_id: int) -> list[CategoryView]:
    """Every node with something to buy below it, parents before their children."""
    return [CategoryView(**row) for row in await sql(TREE, today(), store_id)]


async def category_codes() -> dict[str, int]:
    """Code to id of every category."""
    return dict(await Category.all().values_list("code", "id"))
