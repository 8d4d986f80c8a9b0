"""门店主页. What a store shows first: its face, what it features, its scenes; and the tree."""

from pydantic import Field
from starlette.requests import Request

from core import clock
from core.security.scope import Scope
from core.web.api import Router, Schema
from core.web.i18n import language_of
from core.web.policy import PUBLIC
from miniapp_api.cards import ProductCard, card
from miniapp_api.scenes import SceneOut, scene_out
from miniapp_api.stores import StoreOut, open_store
from miniapp_api.window import pieces_of, prices_shown, shopper_of, skus_of
from trade.catalog.queries import category_tree, store_page
from trade.stores.errors import StoreNotFound
from trade.stores.queries import opening_at

router = Router("/api/v1", "storefront")


class StorePageOut(Schema):
    """A field the store has not set is the brand's. `hours` may be words of its own."""

    store: StoreOut
    is_open_now: bool
    banner: str
    notice: str
    hours: str
    featured: list[ProductCard]
    scenes: list[SceneOut]


class CategoryOut(Schema):
    """`parent` is empty at the root; `count` is of products here, those below included."""

    code: str
    name: str
    parent: str
    count: int


class StorefrontQuery(Schema):
    store_code: str = Field(min_length=1, max_length=32)


class CategoriesQuery(Schema):
    store_code: str = Field(min_length=1, max_length=32)


@router.get(
    "/storefront",
    who=PUBLIC,
    summary="A store's own page (门店主页)",
    errors=(StoreNotFound,),
)
async def one_store(request: Request, scope: Scope | None, query: StorefrontQuery) -> StorePageOut:
    store, lang = await open_store(query.store_code), language_of(request)
    page = await store_page(store.id)
    views = skus_of(page.featured)
    shown = await prices_shown(store.id, views, await shopper_of(scope))
    pieces = await pieces_of(views.values(), [store.id])
    return StorePageOut(
        store=StoreOut.of(store, store_code=store.code),
        is_open_now=opening_at(store.opening_hours, clock.now()).is_open,
        banner=page.banner,
        notice=page.notice_en if lang == "en" and page.notice_en else page.notice,
        hours=page.hours or store.hours,
        featured=[card(product, store.id, shown, pieces, lang) for product in page.featured],
        scenes=[scene_out(scene, lang) for scene in page.scenes],
    )


@router.get(
    "/categories",
    who=PUBLIC,
    summary="The tree of categories as a store sells them (类目)",
    errors=(StoreNotFound,),
)
async def list_categories(request: Request, query: CategoriesQuery) -> list[CategoryOut]:
    store, lang = await open_store(query.store_code), language_of(request)
    return [
        CategoryOut(
            code=node.code,
            name=node.name_en if lang == "en" and node.name_en else node.name,
            parent=node.parent_code,
            count=node.count,
        )
        for node in await category_tree(store.id)
    ]
