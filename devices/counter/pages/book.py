"""The goods of a store for the till's touch screen, and for its offline hours (商品)."""

from starlette.requests import Request
from starlette.responses import Response

from core.security.scope import Scope
from core.web.api import Schema
from devices.counter.pages.shapes import answered
from devices.counter.pages.till import CLERKS, my_store, router
from trade.catalog.queries import Here, ProductView, SkuView, Wanted, find_products
from trade.orders.queries import Entrance
from trade.promotions.queries.shelf import Shown, shown_of
from trade.promotions.queries.showing import Shopper

PAGE = 60


class GoodsOut(Schema):
    """One SKU as it is sold here now; `offers` names the promotions it takes part in."""

    sku_code: str
    barcode: str
    title: str
    spec_text: str
    category: str
    picture: str
    list_fen: int
    price_fen: int
    offers: list[str]


class BookOut(Schema):
    """`next` goes on; empty on the last page."""

    goods: list[GoodsOut]
    next: str


@router.page("GET", "/book", who=CLERKS, summary="The goods of this store (商品)")
async def show_book(request: Request, scope: Scope) -> Response:
    async def work() -> BookOut:
        asked = request.query_params
        store = await my_store(scope, asked.get("store", "")[:32])
        wanted = Wanted(text=asked.get("text", "")[:60])
        cursor = asked.get("cursor", "")[:400] or None
        page = await find_products(wanted, Here(store.id), cursor=cursor, limit=PAGE)
        return BookOut(goods=await _goods(store.id, page.products), next=page.next_cursor or "")

    return await answered(request, work())


async def _goods(store_id: int, products: tuple[ProductView, ...]) -> list[GoodsOut]:
    views = {sku.id: sku for product in products for sku in product.skus}
    if not views:
        return []
    shopper = Shopper(channel=Entrance.COUNTER)
    shown = await shown_of(store_id, views, shopper=shopper)
    return [_one(product, sku, shown) for product in products for sku in product.skus]


def _one(product: ProductView, sku: SkuView, shown: Shown) -> GoodsOut:
    price = shown.prices[sku.id]
    names = [offer.name for offer in shown.offers.get(sku.id, ())]
    return GoodsOut(
        sku_code=sku.code,
        barcode=sku.barcode or "",
        title=product.title,
        spec_text=" / ".join(sku.spec.values()),
        category=product.category,
        picture=sku.picture or product.picture,
        list_fen=price.list_fen,
        price_fen=price.price_fen,
        offers=list(dict.fromkeys([*([price.name] if price.name else []), *names]))[:3],
    )
