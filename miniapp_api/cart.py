"""购物车. What a member laid aside in a store, with prices, stock and the quote of the moment."""

from pydantic import Field
from starlette.requests import Request

from core.security.scope import Role, Scope
from core.settings import current
from core.web.api import Router, Schema
from core.web.i18n import language_of
from core.web.policy import allow
from crm.tiers.queries import tier_of
from miniapp_api.audiences import segments_for
from miniapp_api.quotes import LineIn, QuoteOut, chosen, shown, with_gifts
from miniapp_api.stores import open_store
from miniapp_api.window import pieces_of
from trade.catalog.errors import SkuNotFound
from trade.catalog.queries import SkuView, skus
from trade.orders.errors import BadLines
from trade.orders.queries import CartLineView, cart_of
from trade.orders.service import CartLine, keep_cart, quote_wish
from trade.promotions.service import QuoteLine, QuoteRequest
from trade.stores.errors import StoreNotFound
from trade.stores.queries import StoreView

router = Router("/api/v1", "cart")
MEMBER = allow(Role.MEMBER)


class CartQuery(Schema):
    store_code: str = Field(min_length=1, max_length=32)


class CartIn(Schema):
    """The whole cart; what is not named is taken out."""

    store_code: str = Field(min_length=1, max_length=32)
    lines: list[LineIn] = Field(max_length=50)


class CartLineOut(Schema):
    """`is_on_sale` false: it went off the shelf and is left out of the quote.

    `available`: how many of the wanted pieces can be had now; where the shop shows exact numbers,
    how many there are.
    """

    sku_code: str
    title: str
    spec: dict[str, str]
    picture: str
    quantity: int
    available: int
    is_on_sale: bool


class CartOut(Schema):
    """`quote` is null when there is nothing to quote."""

    store_code: str
    lines: list[CartLineOut]
    quote: QuoteOut | None


@router.get("/cart", who=MEMBER, summary="My cart in a store (购物车)", errors=(StoreNotFound,))
async def my_cart(request: Request, scope: Scope, query: CartQuery) -> CartOut:
    assert scope.member_id is not None
    return await _cart(scope.member_id, await open_store(query.store_code), request)


@router.put(
    "/cart",
    who=MEMBER,
    summary="Keep this as my cart in a store (保存购物车)",
    errors=(StoreNotFound, SkuNotFound, BadLines),
)
async def put_cart(request: Request, scope: Scope, body: CartIn) -> CartOut:
    assert scope.member_id is not None
    store, views = await open_store(body.store_code), await chosen(body.lines)
    lines = [CartLine(views[line.sku_code].id, line.quantity) for line in body.lines]
    await keep_cart(member_id=scope.member_id, store_id=store.id, lines=lines)
    return await _cart(scope.member_id, store, request)


async def _cart(member_id: int, store: StoreView, request: Request) -> CartOut:
    lines = await cart_of(member_id, store.id)
    views = await skus(line.sku_id for line in lines)
    pieces = await pieces_of(views.values(), [store.id])
    wanted = [QuoteLine(line.sku_id, line.quantity) for line in lines if views[line.sku_id].on_sale]
    quote = None
    if wanted:
        tier = await tier_of(member_id)
        segments = await segments_for(member_id)
        asked = QuoteRequest(store.id, wanted, tier, member_id=member_id, segments=segments)
        answer = await quote_wish(asked)
        known = await with_gifts(answer, views)
        quote = shown(answer, store, known, language_of(request))
    shown_lines = [_line(line, views[line.sku_id], pieces[line.sku_id, store.id]) for line in lines]
    return CartOut.of(store, store_code=store.code, lines=shown_lines, quote=quote)


def _line(line: CartLineView, sku: SkuView, available: int) -> CartLineOut:
    return CartLineOut.of(
        sku,
        sku_code=sku.code,
        quantity=line.quantity,
        available=available if current().shows_exact_stock else min(available, line.quantity),
        is_on_sale=sku.on_sale,
    )
