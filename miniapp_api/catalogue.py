"""商品. The list and the page of products as one store sells them; one call a screen."""

from collections.abc import Iterable
from datetime import date, datetime

from pydantic import Field
from starlette.requests import Request

from core.security.scope import Scope
from core.web.api import Router, Schema
from core.web.i18n import language_of
from core.web.policy import PUBLIC
from miniapp_api.cards import FacetsOut, ProductCard, card, facets_out, title_of
from miniapp_api.scenes import SceneOut, scene_out
from miniapp_api.window import (
    Pieces,
    Window,
    exactly,
    face_of,
    here_of,
    pieces_of,
    prices_shown,
    shopper_of,
    skus_of,
    window_of,
)
from trade.catalog.errors import CursorUnknown, ProductNotFound
from trade.catalog.queries import (
    Here,
    SkuView,
    Sort,
    Wanted,
    categories,
    facets_of,
    find_products,
)
from trade.promotions.queries import OfferView
from trade.promotions.queries.shelf import Shown
from trade.stock.queries import Fullness, fullness
from trade.stores.errors import StoreNotFound

router = Router("/api/v1", "products")


class ProductsQuery(Schema):
    """`q` is looked for in title, brand, category, spec, description, codes and barcodes.

    `facets` counts what each further choice would leave; ask for it with the first page.
    """

    store_code: str = Field(min_length=1, max_length=32)
    cursor: str | None = Field(default=None, max_length=80)
    category: str = Field(default="", max_length=40)
    brand: str = Field(default="", max_length=40)
    colour: str = Field(default="", max_length=20)
    size: str = Field(default="", max_length=20)
    min_fen: int | None = Field(default=None, ge=0, le=10**12)
    max_fen: int | None = Field(default=None, ge=0, le=10**12)
    in_stock: bool = False
    sort: Sort = ""
    q: str = Field(default="", max_length=40)
    facets: bool = False
    limit: int = Field(default=20, ge=1, le=200)

    def wanted(self) -> Wanted:
        return Wanted(
            text=self.q,
            category=self.category,
            brand=self.brand,
            colour=self.colour,
            size=self.size,
            min_fen=self.min_fen,
            max_fen=self.max_fen,
            in_stock=self.in_stock,
            sort=self.sort,
        )


class ProductsOut(Schema):
    """Ask for the next page with `cursor=nextCursor`; null on the last page.

    `is_loose`: nothing has all the words of `q`; these have some, the nearest first.
    """

    items: list[ProductCard]
    categories: list[str]
    next_cursor: str | None
    is_loose: bool
    facets: FacetsOut | None


class NearbyOut(Schema):
    store_code: str
    store_name: str
    city: str
    distance_m: int
    stock: Fullness
    available: int | None


class OfferOut(Schema):
    """A promotion this choice takes part in; `ends_at` null: until further notice."""

    kind: str
    name: str
    ends_at: datetime | None


class SkuOut(Schema):
    """`available` is null unless the shop shows exact numbers.

    `nearby` are the nearest stores that have it, measured from this store.

    `presale_on` is the promised day of what is not there yet, `deposit_bp` the share to pay now.
    `price_name` and `price_ends_at` are those of a timed price.
    """

    code: str
    barcode: str | None
    spec: dict[str, str]
    unit: str
    picture: str
    list_fen: int
    price_fen: int
    price_name: str
    price_ends_at: datetime | None
    stock: Fullness
    available: int | None
    presale_on: date | None
    deposit_bp: int
    offers: list[OfferOut]
    nearby: list[NearbyOut]


class ReductionOut(Schema):
    name: str
    threshold_fen: int
    reduction_fen: int


class PictureOut(Schema):
    """`colour` empty: of all colours. Put 200 or 1200 in place of 600 for other sizes."""

    picture: str
    colour: str


class ProductQuery(Schema):
    store_code: str = Field(min_length=1, max_length=32)


class ProductOut(Schema):
    """`limit_each` pieces a member may buy within `limit_days` (0: ever); null: any number."""

    product_id: str
    title: str
    category: str
    brand: str
    picture: str
    pictures: list[PictureOut]
    description: str
    store_code: str
    store_name: str
    limit_each: int | None
    limit_days: int
    skus: list[SkuOut]
    reductions: list[ReductionOut]
    scenes: list[SceneOut]


@router.get(
    "/products",
    who=PUBLIC,
    summary="Products of a store (商品列表)",
    errors=(StoreNotFound, CursorUnknown),
)
async def list_of_products(
    request: Request, scope: Scope | None, query: ProductsQuery
) -> ProductsOut:
    """At most seven statements, whatever the number of products."""
    window, lang = await window_of(query.store_code), language_of(request)
    store, shopper, wanted = window.store, await shopper_of(scope), query.wanted()
    is_whole = query.facets or not wanted.is_plain
    here = await here_of(store, shopper) if is_whole else Here(store.id)
    found = await find_products(wanted, here, cursor=query.cursor, limit=query.limit)
    views = skus_of(found.products)
    shown = await prices_shown(store.id, views, shopper)
    pieces = await pieces_of(views.values(), [store.id])
    facets = await facets_of(wanted, here) if query.facets else None
    return ProductsOut(
        items=[card(product, store.id, shown, pieces, lang) for product in found.products],
        categories=await categories(),
        next_cursor=found.next_cursor,
        is_loose=found.is_loose,
        facets=facets_out(facets, lang) if facets else None,
    )


@router.get(
    "/products/{product_id}",
    who=PUBLIC,
    summary="A product in a store, its stock there and nearby (商品详情)",
    errors=(StoreNotFound, ProductNotFound),
)
async def one_product(
    request: Request, scope: Scope | None, product_id: str, query: ProductQuery
) -> ProductOut:
    """One statement, of stock, while the rest is known; else three, or four with scenes."""
    window, lang = await window_of(query.store_code), language_of(request)
    store, near = window.store, window.near
    face = await face_of(store, product_id, await shopper_of(scope))
    page, product, shown = face.page, face.page.product, face.shown
    pieces = await pieces_of(face.views.values(), [store.id, *(each.store.id for each in near)])
    return ProductOut(
        product_id=product.public_id,
        title=title_of(product, lang),
        category=product.category,
        brand=product.brand,
        picture=product.picture,
        pictures=[PictureOut(picture=path, colour=colour) for path, colour in page.pictures],
        description=product.description,
        store_code=store.code,
        store_name=store.name,
        limit_each=product.limit_each,
        limit_days=product.limit_days,
        skus=[_sku(sku, window, shown, pieces) for sku in product.skus],
        reductions=[
            ReductionOut(
                name=each.name, threshold_fen=each.threshold_fen, reduction_fen=each.reduction_fen
            )
            for each in shown.reductions
        ],
        scenes=[scene_out(scene, lang) for scene in page.scenes],
    )


def _sku(sku: SkuView, window: Window, shown: Shown, pieces: Pieces) -> SkuOut:
    price = shown.prices[sku.id]
    return SkuOut(
        code=sku.code,
        barcode=sku.barcode,
        spec=sku.spec,
        unit=sku.unit,
        picture=sku.picture,
        list_fen=sku.list_price_fen,
        price_fen=price.price_fen,
        price_name=price.name,
        price_ends_at=price.ends_at,
        stock=fullness(pieces[sku.id, window.store.id]),
        available=exactly(pieces[sku.id, window.store.id]),
        presale_on=sku.presale_on,
        deposit_bp=sku.deposit_bp,
        offers=_offers(shown.offers.get(sku.id, ())),
        nearby=[
            NearbyOut(
                store_code=each.store.code,
                store_name=each.store.name,
                city=each.store.city,
                distance_m=each.distance_m,
                stock=fullness(pieces[sku.id, each.store.id]),
                available=exactly(pieces[sku.id, each.store.id]),
            )
            for each in window.near
            if pieces[sku.id, each.store.id]
        ],
    )


def _offers(offers: Iterable[OfferView]) -> list[OfferOut]:
    return [OfferOut(kind=each.kind, name=each.name, ends_at=each.ends_at) for each in offers]
