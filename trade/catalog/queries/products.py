"""Products with what can be chosen of them. Nothing here writes."""

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from core.database import sql
from trade.catalog.errors import ProductNotFound
from trade.catalog.models import Favourite, Product
from trade.catalog.queries.skus import SkuView, sku_of, today, with_facts


@dataclass(frozen=True, slots=True)
class ProductView:
    """A product on the shelf with its SKUs on the shelf."""

    id: int
    public_id: str
    title: str
    category: str
    brand: str
    picture: str
    description: str
    skus: tuple[SkuView, ...]
    title_en: str = ""
    limit_each: int | None = None
    limit_days: int = 0


@dataclass(frozen=True, slots=True)
class FavouriteView:
    product_id: int
    public_id: str
    title: str
    price_fen: int
    since: datetime


# Products with their SKUs as one JSON a row: one round trip, no model is built. The ORM would ask
# twice (products, then prefetched SKUs) and hydrate every row.
PRODUCT = """
p.id, p.public_id, p.title, p.title_en, coalesce(c.name, '') AS category,
    coalesce(b.name, '') AS brand, p.picture, p.description, p.brand_id, c.path AS category_ids,
    p.on_sale AS is_product_sold, p.limit_each, p.limit_days,
    (SELECT json_agg(facts ORDER BY facts.id) FROM (
        SELECT {facts} FROM catalog_sku AS s WHERE s.product_id = p.id
     ) AS facts WHERE facts.is_sold) AS skus
FROM catalog_product AS p
LEFT JOIN catalog_category AS c ON c.id = p.category_id
LEFT JOIN catalog_brand AS b ON b.id = p.brand_id
"""


def with_products(day_place: int, query: str) -> str:
    """Our own text put together: `{product}` is what `product_of` reads, and where from."""
    return query.replace("{product}", with_facts(day_place, PRODUCT))


ONE = with_products(
    1,
    """
SELECT {product} WHERE p.on_sale
    AND ($2::text IS NULL OR p.public_id = $2) AND ($3::bigint IS NULL OR p.id = $3)
""",
)
SHARED = ("title", "brand_id", "category_ids", "is_product_sold", "limit_each", "limit_days")


def product_of(row: dict[str, Any]) -> ProductView:
    """From a row of PRODUCT."""
    day, shared = today(), {name: row[name] for name in SHARED}
    skus = json.loads(row["skus"] or "[]")
    return ProductView(
        id=row["id"],
        public_id=row["public_id"],
        title=row["title"],
        category=row["category"],
        brand=row["brand"],
        picture=row["picture"],
        description=row["description"],
        skus=tuple(sku_of({**sku, **shared}, day) for sku in skus),
        title_en=row["title_en"],
        limit_each=row["limit_each"],
        limit_days=row["limit_days"],
    )


async def get_product(product_id: int) -> ProductView:
    """Raises ProductNotFound when it is unknown or off the shelf."""
    rows = await sql(ONE, today(), None, product_id)
    if not rows:
        raise ProductNotFound(product_id=product_id)
    return product_of(rows[0])


async def product_by_public_id(public_id: str) -> ProductView:
    """Raises ProductNotFound when it is unknown or off the shelf."""
    rows = await sql(ONE, today(), public_id, None)
    if not rows:
        raise ProductNotFound(product_id=public_id)
    return product_of(rows[0])


async def find_product(public_id: str) -> int:
    """The id of a product, also off the shelf: for staff. Raises ProductNotFound."""
    rows = await sql("SELECT id FROM catalog_product WHERE public_id = $1", public_id)
    if not rows:
        raise ProductNotFound(product_id=public_id)
    return int(rows[0]["id"])


async def categories() -> list[str]:
    """The names of what there is on the shelf, in the order of the tree, then of the list."""
    rows = await sql(
        "SELECT c.name FROM catalog_product AS p JOIN catalog_category AS c ON c.id = p.category_id"
        " WHERE p.on_sale GROUP BY c.id ORDER BY c.position, min(p.id)"
    )
    return [row["name"] for row in rows]


async def product_ids() -> dict[str, int]:
    """Code to id of every product."""
    return dict(await Product.all().values_list("code", "id"))


async def favourites_of(*, member_id: int, limit: int = 50) -> list[FavouriteView]:
    """Newest first."""
    rows = Favourite.filter(member_id=member_id).select_related("product")
    return [
        FavouriteView(
            row.product.id,
            row.product.public_id,
            row.product.title,
            row.product.price_fen,
            row.created_at,
        )
        for row in await rows.order_by("-id").limit(limit)
    ]
