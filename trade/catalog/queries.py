"""What can be asked about products. Nothing here writes; models never leave, views do."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from core.database import sql
from trade.catalog.errors import CursorUnknown, ProductNotFound
from trade.catalog.models import Favourite, Product, Sku


@dataclass(frozen=True, slots=True)
class SkuView:
    """`spec` is what a shopper chooses between, in the brand's words: `{"颜色": …, "尺寸": …}`."""

    id: int
    code: str
    barcode: str | None
    product_id: int
    title: str
    spec: dict[str, str]
    unit: str
    tax_code: str
    tax_bp: int
    list_price_fen: int
    picture: str
    on_sale: bool


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


@dataclass(frozen=True, slots=True)
class ProductPage:
    """`next_cursor` is None on the last page."""

    products: tuple[ProductView, ...]
    next_cursor: str | None


@dataclass(frozen=True, slots=True)
class FavouriteView:
    product_id: int
    public_id: str
    title: str
    price_fen: int
    since: datetime


# Products with their SKUs as one JSON a row: one round trip, no model is built. The ORM would ask
# twice (products, then prefetched SKUs) and hydrate every row.
PRODUCTS = """
SELECT p.id, p.public_id, p.title, p.category, p.brand, p.picture, p.description,
    (SELECT json_agg(s ORDER BY s.id) FROM catalog_sku AS s
     WHERE s.product_id = p.id AND s.on_sale) AS skus
FROM catalog_product AS p
WHERE p.on_sale
"""
ONE = PRODUCTS + " AND ($1::text IS NULL OR p.public_id = $1) AND ($2::bigint IS NULL OR p.id = $2)"
PAGE = (
    PRODUCTS
    + """
    AND p.id > $1
    AND ($2 = '' OR p.category = $2)
    AND ($3 = '' OR p.title ILIKE $3 OR p.category ILIKE $3 OR p.code = $4
         OR EXISTS (SELECT FROM catalog_sku AS s
                    WHERE s.product_id = p.id AND (s.code = $4 OR s.barcode = $4)))
ORDER BY p.id LIMIT $5
"""
)


def _spec(colour: str, size: str) -> dict[str, str]:
    return {name: value for name, value in (("颜色", colour), ("尺寸", size)) if value}


def _sku_of_row(row: dict[str, Any], title: str) -> SkuView:
    return SkuView(
        id=row["id"],
        code=row["code"],
        barcode=row["barcode"],
        product_id=row["product_id"],
        title=title,
        spec=_spec(row["colour"], row["size"]),
        unit=row["unit"],
        tax_code=row["tax_code"],
        tax_bp=row["tax_bp"],
        list_price_fen=row["list_price_fen"],
        picture=row["picture"],
        on_sale=row["on_sale"],
    )


def _product_of_row(row: dict[str, Any]) -> ProductView:
    skus = json.loads(row["skus"] or "[]")
    return ProductView(
        id=row["id"],
        public_id=row["public_id"],
        title=row["title"],
        category=row["category"],
        brand=row["brand"],
        picture=row["picture"],
        description=row["description"],
        skus=tuple(_sku_of_row(sku, row["title"]) for sku in skus),
    )


SKUS = """
SELECT s.*, p.title, (s.on_sale AND p.on_sale) AS is_sold
FROM catalog_sku AS s JOIN catalog_product AS p ON p.id = s.product_id
WHERE s.id = ANY($1::bigint[]) OR s.code = ANY($2::text[])
"""


async def _skus(ids: list[int], codes: list[str]) -> list[SkuView]:
    rows = await sql(SKUS, ids, codes)
    return [_sku_of_row({**row, "on_sale": row["is_sold"]}, row["title"]) for row in rows]


async def skus(sku_ids: Iterable[int]) -> dict[int, SkuView]:
    """By id, also those off the shelf (`on_sale` says so); unknown ids are left out."""
    return {view.id: view for view in await _skus(sorted(set(sku_ids)), [])}


async def skus_by_code(codes: Iterable[str]) -> dict[str, SkuView]:
    """By code, also those off the shelf (`on_sale` says so); unknown codes are left out."""
    return {view.code: view for view in await _skus([], sorted(set(codes)))}


async def find_sku(code: str) -> SkuView | None:
    return (await skus_by_code([code])).get(code)


async def get_product(product_id: int) -> ProductView:
    """Raises ProductNotFound when it is unknown or off the shelf."""
    rows = await sql(ONE, None, product_id)
    if not rows:
        raise ProductNotFound(product_id=product_id)
    return _product_of_row(rows[0])


async def product_by_public_id(public_id: str) -> ProductView:
    """Raises ProductNotFound when it is unknown or off the shelf."""
    rows = await sql(ONE, public_id, None)
    if not rows:
        raise ProductNotFound(product_id=public_id)
    return _product_of_row(rows[0])


def _like(text: str) -> str:
    literal = text.replace("\\", "\\\\").replace("%", r"\%").replace("_", r"\_")
    return f"%{literal}%"


async def list_products(
    *, cursor: str | None = None, limit: int = 20, category: str = "", text: str = ""
) -> ProductPage:
    """Products on the shelf, in the order the brand listed them, at most 200 a page.

    `text` is looked for in title and category, or is a whole product code, SKU code or barcode.
    Raises CursorUnknown for a cursor that no earlier page gave.
    """
    after = 0
    if cursor is not None:
        last = await Product.get_or_none(public_id=cursor)
        if last is None:
            raise CursorUnknown
        after = last.id
    size = max(1, min(limit, 200))
    like = _like(text) if text else ""
    rows = await sql(PAGE, after, category, like, text, size + 1)
    products = tuple(_product_of_row(row) for row in rows[:size])
    return ProductPage(products, products[-1].public_id if len(rows) > size else None)


async def categories() -> list[str]:
    """What there is on the shelf, in the order the brand listed it."""
    rows = await sql(
        "SELECT category FROM catalog_product WHERE on_sale AND category <> ''"
        " GROUP BY category ORDER BY min(id)"
    )
    return [row["category"] for row in rows]


async def product_ids() -> dict[str, int]:
    """Code to id of every product."""
    return dict(await Product.all().values_list("code", "id"))


async def sku_ids() -> dict[str, int]:
    """Code to id of every SKU."""
    return dict(await Sku.all().values_list("code", "id"))


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


async def barcodes() -> dict[str, str]:
    """Barcode to SKU code."""
    return dict(await Sku.filter(barcode__isnull=False).values_list("barcode", "code"))


async def choices() -> dict[tuple[int, str, str], str]:
    """(product id, colour, size) to SKU code."""
    rows = await Sku.all().values_list("product_id", "colour", "size", "code")
    return {(product_id, colour, size): code for product_id, colour, size, code in rows}
