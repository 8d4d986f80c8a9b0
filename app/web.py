"""The web process: every room's routes behind one edge."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from importlib import import_module

from starlette.applications import Starlette
from starlette.routing import BaseRoute
from tortoise.contrib.starlette import RegisterTortoise

from app import front, probes
from app.wiring import ROOMS, has, orm_config, wire
from core.settings import Settings
from core.web.api import EXCEPTION_HANDLERS, Exact, Router, routes_of
from core.web.edge import middleware
from core.web.pages import static_routes

API = (
    "session",
    "me",
    "own_data",
    "stores",
    "catalogue",
    "cart",
    "quotes",
    "coupons",
    "coupon_gifts",
    "tiers",
    "points",
    "alliances",
    "orders",
    "payments",
    "wallet",
    "favourites",
    "behaviour",
    "invoices",
    "invoice_titles",
)
GOODS = ("scenes", "storefront", "goods")
PARTNERS = ("partner", "partner_feed", "partner_invoices", "partner_tracks")
GUIDES = (
    "guide",
    "guide_tasks",
    "guide_coupons",
    "counter",
    "drafts",
    "store_orders",
    "store_holds",
)
STOCK = ("nearby", "stock", "arrivals", "counts", "store_settings", "visits")
AFTER_SALES = ("aftersales", "store_tasks", "store_returns", "store_refunds")
CALLBACKS = ("wecom", "official_account", "mini_program", "pay")
PAGES = (
    "trade.catalog.pages.pictures",
    "bot.pages.login",
    "bot.pages.side_panel",
    "trade.fulfilment.pages.store",
    "trade.fulfilment.pages.visits",
    "crm.people.pages.login",
    "crm.people.pages.console",
    "crm.people.pages.members",
    "crm.people.pages.merges",
    "crm.people.pages.privacy",
    "crm.people.pages.contracts",
    "crm.tags.pages.console",
    "crm.behaviour.pages.growth",
    "crm.segments.pages.console",
    "crm.reach.pages.console",
    "crm.journeys.pages.console",
    "crm.journeys.pages.regional",
    "crm.exports.pages.console",
    "crm.points.pages.console",
    "crm.points.pages.shop",
    "devices.counter.pages.routes",
    "devices.pages.tills",
    "devices.pages.agents",
    "devices.pages.printing",
    "devices.pages.print_templates",
    "devices.pages.terminals",
    "devices.pages.contracts",
    "devices.pages.maker_pushes",
    "devices.boxes.pages.uplink",
    "devices.boxes.pages.console",
    "trade.stores.pages.partners",
    "trade.fulfilment.pages.policies",
    "trade.catalog.pages.goods",
    "trade.stock.pages.whereabouts",
    "trade.promotions.pages.console",
    "trade.promotions.pages.coupons",
    "trade.promotions.pages.deals",
    "trade.promotions.pages.prices",
    "crm.tiers.pages.console",
    "trade.payments.pages.drawer",
    "trade.payments.pages.reconciliation",
    "trade.fulfilment.pages.shipping_info",
    "invoicing.pages.entry",
    "invoicing.console.pages.reds",
    "invoicing.console.pages.lists",
    "invoicing.console.pages.one",
    "invoicing.console.pages.sellers",
    "invoicing.ruling.pages.rules",
    "invoicing.pages.scan",
    "invoicing.pages.state",
    "invoicing.pages.files",
    "invoicing.pages.links",
    "invoicing.pages.after",
    "invoicing.pages.contact",
    "invoicing.pages.title_search",
    "invoicing.pages.wechat",
    "invoicing.pages.callback",
    "invoicing.backends.pages.accounts",
    "invoicing.backends.pages.bridge",
)
MAX_BODY = 1_000_000
FILES = {"/api/v1/goods/pictures": 12_000_001}  # one byte more, to refuse in our words


def routers() -> list[Router]:
    """What each entrance brings, in one order."""
    names = [
        *(f"miniapp_api.{name}" for name in (*API, *PARTNERS, *GUIDES, *STOCK, *AFTER_SALES)),
        *(f"miniapp_api.{name}" for name in GOODS),
        *(f"bot.callbacks.{name}" for name in CALLBACKS),
        *PAGES,
    ]
    return [import_module(name).router for name in names]


def build(settings: Settings, *more: BaseRoute) -> Starlette:
    """The application. `settings.database_url` is set: whoever starts the process sees to it."""
    wire(settings)
    for room in ROOMS.values():
        if has(f"{room}.pages.panels"):
            import_module(f"{room}.pages.panels")
    db_url = settings.database_url
    if db_url is None:
        raise ValueError("the web process needs a database_url")
    collected = routers() + ([probes.router] if settings.mode == "test" else [])

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        async with RegisterTortoise(app, config=orm_config(db_url)):
            yield

    routes = routes_of(front.router, *collected)
    app = Starlette(
        routes=[Exact(routes), *routes, *static_routes(), *more],
        middleware=middleware(MAX_BODY, FILES),
        exception_handlers=EXCEPTION_HANDLERS,
        lifespan=lifespan,
    )
    app.router.redirect_slashes = False  # it would send the caller to whatever Host they said
    app.state.routers = collected
    return app
