"""What can be done with products. One public function is one use case is one transaction."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass

from core import clock
from core.database import sql, use_case
from core.ids import new_id
from core.outbox import publish
from core.upsert import Upserted, upsert
from trade.catalog.errors import ProductNotFound
from trade.catalog.events import ProductFavourited
from trade.catalog.models import Favourite, Product, Sku
from trade.catalog.rules import placeholder


@dataclass(frozen=True, slots=True)
class ProductDraft:
    code: str
    title: str
    category: str
    brand: str
    description: str
    picture: str
    on_sale: bool


@dataclass(frozen=True, slots=True)
class SkuDraft:
    product_id: int
    code: str
    barcode: str | None
    colour: str
    size: str
    unit: str
    tax_code: str
    tax_bp: int
    list_price_fen: int
    picture: str
    on_sale: bool


@use_case
async def favourite_product(*, member_id: int, product_id: int, source: str | None = None) -> None:
    """Remember that a member likes a product. Doing it again changes nothing and tells nobody.

    Raises ProductNotFound when the product is unknown or off the shelf.
    """
    product = await Product.get_or_none(id=product_id, on_sale=True)
    if product is None:
        raise ProductNotFound(product_id=product_id)
    _, is_new = await Favourite.get_or_create(
        {"source": source}, member_id=member_id, product=product
    )
    if is_new:
        at = clock.now()
        await publish(ProductFavourited(member_id=member_id, product_id=product_id, at=at))


@use_case
async def put_products(drafts: Iterable[ProductDraft]) -> Upserted:
    """Add or correct products by code. Doing it again changes nothing.

    A product without a picture gets a drawing that fits its category.
    """
    rows = [
        {
            **asdict(draft),
            "picture": draft.picture or placeholder(draft.category),
            "public_id": new_id("prd"),
            "price_fen": 0,
        }
        for draft in drafts
    ]
    return await upsert(Product, rows, by=["code"], once=["public_id", "price_fen"])


LOWEST_PRICES = """
UPDATE catalog_product AS p SET price_fen = lowest.price_fen
FROM (SELECT product_id, min(list_price_fen) AS price_fen FROM catalog_sku
      WHERE on_sale GROUP BY product_id) AS lowest
WHERE p.id = lowest.product_id AND p.id = ANY($1::bigint[])
    AND p.price_fen <> lowest.price_fen
"""


@use_case
async def put_skus(drafts: Sequence[SkuDraft]) -> Upserted:
    """Add or correct SKUs by code, and the lowest price their products show.

    Doing it again changes nothing. A SKU without a picture gets a drawing in its colour, if the
    colour has a name; otherwise the product's picture is shown.
    """
    categories = dict(await Product.all().values_list("id", "category"))
    rows = [
        {
            **asdict(draft),
            "picture": draft.picture
            or (placeholder(categories[draft.product_id], draft.colour) if draft.colour else ""),
        }
        for draft in drafts
    ]
    done = await upsert(Sku, rows, by=["code"])
    await sql(LOWEST_PRICES, sorted({draft.product_id for draft in drafts}))
    return done
