"""The guide's side panel in WeCom (企业微信侧边栏): what to share, and what it earned."""

import logging
from dataclasses import dataclass
from urllib.parse import urljoin

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from bot.queries import PageSignature, sign_page
from core import settings
from core.errors import Unavailable
from core.security.scope import Role, Scope
from core.security.sessions import end_session
from core.web.api import Router
from core.web.i18n import language_of
from core.web.pages import form, redirect, render, sign_out
from core.web.policy import SESSION_COOKIE, allow
from crm.people.queries import earnings_of, find_group, groups_for
from crm.people.service import ShareCard, make_share_card
from trade.catalog.queries import Here, ProductView, Wanted, categories, find_products
from trade.promotions.queries import PriceView, prices_of
from trade.stock.queries import StockView, availability
from trade.stores.queries import get_staff, get_store

log = logging.getLogger(__name__)
router = Router("/wecom", "wecom", login="/wecom/login")
GUIDE = allow(Role.GUIDE, Role.STORE_MANAGER)
REAL_SDK = "https://open.work.weixin.qq.com/wwopen/js/jwxwork-1.0.0.js"
PAGE_SIZE = 20


@dataclass(frozen=True, slots=True)
class ShelfRow:
    """One product as the guide sees it: this store's lowest price, pieces that can be sold here."""

    public_id: str
    title: str
    picture: str
    price_fen: int
    available: int


def sdk_url() -> str:
    """WeCom's script; while playing, the one of the stand-in."""
    playing = settings.current()
    if playing.is_playing and playing.wecom:
        return urljoin(playing.wecom.oauth_url, "/jwxwork.js")
    return REAL_SDK


async def _shelf(products: tuple[ProductView, ...], store_id: int) -> list[ShelfRow]:
    sku_ids = [sku.id for product in products for sku in product.skus]
    prices = await prices_of(store_id, sku_ids)
    stock = await availability(sku_ids, [store_id])
    return [_row(product, prices, stock, store_id) for product in products if product.skus]


def _row(
    product: ProductView,
    prices: dict[int, PriceView],
    stock: dict[tuple[int, int], StockView],
    store_id: int,
) -> ShelfRow:
    shown = [prices[sku.id].price_fen for sku in product.skus if sku.id in prices]
    here = [stock.get((sku.id, store_id)) for sku in product.skus]
    return ShelfRow(
        public_id=product.public_id,
        title=product.title,
        picture=product.picture,
        price_fen=min(shown or [sku.list_price_fen for sku in product.skus]),
        available=sum(view.available for view in here if view is not None),
    )


async def _signature(request: Request) -> PageSignature | None:
    """For `wx.agentConfig`, over the address exactly as the browser shows it.

    None when WeCom does not answer: the page works, the share button then opens the copy page.
    """
    query = request.scope["query_string"].decode("ascii", "replace")
    path = request.scope["raw_path"].decode("ascii", "replace")
    url = urljoin(settings.current().public_url, path) + (f"?{query}" if query else "")
    try:
        return await sign_page(url, "agent")
    except Unavailable:
        log.warning("the side panel is shown without a signature")
        return None


@router.page("GET", "/panel", who=GUIDE, summary="The side panel (侧边栏)")
async def show_panel(request: Request, scope: Scope) -> Response:
    assert scope.staff_id is not None
    asked = request.query_params
    guide = await get_staff(scope.staff_id)
    assert guide.store_id is not None
    wanted = Wanted(text=asked.get("text", "")[:60], category=asked.get("category", "")[:40])
    page = await find_products(
        wanted, Here(guide.store_id), cursor=asked.get("cursor") or None, limit=PAGE_SIZE
    )
    return render(
        request,
        "bot/panel.html",
        sdk=sdk_url(),
        signature=await _signature(request),
        earned=await earnings_of(guide.id, lang=language_of(request)),
        guide=guide,
        store=await get_store(guide.store_id),
        groups=await groups_for(scope),
        categories=await categories(),
        shelf=await _shelf(page.products, guide.store_id),
        next_cursor=page.next_cursor,
        category=asked.get("category", ""),
        text=asked.get("text", ""),
    )


@router.page("POST", "/panel/cards", who=GUIDE, summary="A card to send to a group (分享卡片)")
async def share(request: Request, scope: Scope) -> Response:
    """JSON for the script; a page with the path to copy for a browser without it."""
    fields = await form(request)
    product_id, group_id = str(fields.get("product_id", "")), str(fields.get("group_id", ""))
    card = await make_share_card(scope=scope, product_id=product_id, group_id=group_id)
    if "text/html" in request.headers.get("accept", ""):
        return render(request, "bot/card.html", card=card, page=page_of(card))
    group = await find_group(scope, group_id)
    return JSONResponse(
        {
            "title": card.title,
            "appId": card.app_id,
            "path": card.path,
            "page": page_of(card),
            "imageUrl": card.image_url,
            "chatId": group.chat_id,
        }
    )


def page_of(card: ShareCard) -> str:
    """The path as `sendChatMessage` wants it: the page ends in .html, or phones do not find it."""
    name, _, query = card.path.partition("?")
    return f"{name}.html?{query}"


@router.page("POST", "/logout", who=GUIDE, summary="Leave the panel (退出)")
async def leave(request: Request) -> Response:
    await form(request)
    await end_session(request.cookies.get(SESSION_COOKIE, ""))
    response = redirect("/")
    sign_out(response)
    return response
