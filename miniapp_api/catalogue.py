"""商品. The list and the page of products as one store sells them; one call a screen."""

from collections.abc import Iterable, Mapping

from pydantic import Field

from core import clock
from core.web.api import Router, Schema
from core.web.policy import PUBLIC
from miniapp_api.stores import open_store
from trade.catalog.errors import CursorUnknown, ProductNotFound
from trade.catalog.queries import (
    ProductView,
    SkuView,
    categories,
    list_products,
    product_by_public_id,
)
from trade.promotions.queries import StorePriceTerm, terms_at
from trade.stock.queries import StockView, availability
from trade.stores.errors import StoreNotFound
from trade.stores.queries import NearbyStore, open_stores_near

router = Router("/api/v1", "products")
NEARBY = 5
Shelf = Mapping[tuple[int, int], StockView]
Prices = Mapping[int, StorePriceTerm]


class ProductsQuery(Schema):
    """`q` is looked for in title and category, or is a whole product code, SKU code or barcode."""

    store_code: str = Field(min_length=1, max_length=32)
    cursor: str | None = Field(default=None, max_length=40)
    category: str = Field(default="", max_length=40)
    q: str = Field(default="", max_length=40)
    limit: int = Field(default=20, ge=1, le=200)


class ProductCard(Schema):
    """`price_fen` and `list_fen` are the lowest of the SKUs, `available` is all of theirs."""

    product_id: str
    title: str
    category: str
    brand: str
    picture: str
    price_fen: int
    list_fen: int
    available: int


class ProductsOut(Schema):
    """Ask for the next page with `cursor=nextCursor`; null on the last page."""

    items: list[ProductCard]
    categories: list[str]
    next_cursor: str | None


class NearbyOut(Schema):
    store_code: str
    store_name: str
    city: str
    distance_m: int
    available: int


class SkuOut(Schema):
    """`nearby` are the nearest stores that have it, measured from this store."""

    code: str
    barcode: str | None
    spec: dict[str, str]
    unit: str
    picture: str
    list_fen: int
    price_fen: int
    available: int
    nearby: list[NearbyOut]


class ReductionOut(Schema):
    name: str
    threshold_fen: int
    reduction_fen: int


class ProductQuery(Schema):
    store_code: str = Field(min_length=1, max_length=32)


class ProductOut(Schema):
    product_id: str
    title: str
    category: str
    brand: str
    picture: str
    description: str
    store_code: str
    store_name: str
    skus: list[SkuOut]
    reductions: list[ReductionOut]


@router.get(
    "/products",
    who=PUBLIC,
    summary="Products of a store (商品列表)",
    errors=(StoreNotFound, CursorUnknown),
)
async def list_of_products(query: ProductsQuery) -> ProductsOut:
    store = await open_store(query.store_code)
    page = await list_products(
        cursor=query.cursor, limit=query.limit, category=query.category, text=query.q
    )
    sku_ids = [sku.id for product in page.products for sku in product.skus]
    terms = await terms_at(store.id, sku_ids, day=clock.shop_day(clock.now()))
    shelf = await availability(sku_ids, [store.id])
    return ProductsOut.of(
        page,
        items=[
            _card(product, store.id, terms.store_prices, shelf)
            for product in page.products
            if product.skus
        ],
        categories=await categories(),
    )


@router.get(
    "/products/{product_id}",
    who=PUBLIC,
    summary="A product in a store, its stock there and nearby (商品详情)",
    errors=(StoreNotFound, ProductNotFound),
)
async def one_product(product_id: str, query: ProductQuery) -> ProductOut:
    store = await open_store(query.store_code)
    product = await product_by_public_id(product_id)
    near = await open_stores_near(store.id, limit=NEARBY)
    sku_ids = [sku.id for sku in product.skus]
    terms = await terms_at(store.id, sku_ids, day=clock.shop_day(clock.now()))
    shelf = await availability(sku_ids, [store.id, *(each.store.id for each in near)])
    return ProductOut.of(
        product,
        product_id=product.public_id,
        store_code=store.code,
        store_name=store.name,
        skus=[_sku(sku, store.id, terms.store_prices, shelf, near) for sku in product.skus],
        reductions=[ReductionOut.of(term) for term in terms.reductions],
    )


def _card(product: ProductView, store_id: int, prices: Prices, shelf: Shelf) -> ProductCard:
    return ProductCard.of(
        product,
        product_id=product.public_id,
        price_fen=min(_price(sku, prices) for sku in product.skus),
        list_fen=min(sku.list_price_fen for sku in product.skus),
        available=sum(_available(sku, store_id, shelf) for sku in product.skus),
    )


def _sku(
    sku: SkuView, store_id: int, prices: Prices, shelf: Shelf, near: Iterable[NearbyStore]
) -> SkuOut:
    return SkuOut.of(
        sku,
        picture=sku.picture,
        list_fen=sku.list_price_fen,
        price_fen=_price(sku, prices),
        available=_available(sku, store_id, shelf),
        nearby=[
            NearbyOut.of(
                each.store,
                store_code=each.store.code,
                store_name=each.store.name,
                distance_m=each.distance_m,
                available=pieces,
            )
            for each in near
            if (pieces := _available(sku, each.store.id, shelf))
        ],
    )


def _price(sku: SkuView, prices: Prices) -> int:
    return prices[sku.id].price_fen if sku.id in prices else sku.list_price_fen


def _available(sku: SkuView, store_id: int, shelf: Shelf) -> int:
    level = shelf.get((sku.id, store_id))
    return level.available if level else 0
