"""What every screen of goods needs of a store: who it is, its neighbours, its prices and pieces.

The store and its neighbours are kept for some seconds in the process: they change by the month and
are asked for with every page. Prices and pieces shown on a card are always of the moment; those by
which a whole store is filtered, sorted and counted may be some seconds old.
"""

import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from core.gathering import Gathering
from core.security.scope import Scope
from core.settings import current
from crm.tiers.queries import tier_of
from miniapp_api.audiences import segments_for
from miniapp_api.stores import open_store
from trade.catalog.queries import (
    Here,
    ProductPageView,
    ProductView,
    SkuView,
    edition,
    product_page,
    sku_ids,
    skus,
)
from trade.promotions.queries import Shopper
from trade.promotions.queries.shelf import (
    Shown,
    is_for_everybody_alike,
    price_edition,
    shown_of,
)
from trade.stock.queries import StockView, availability, free_in
from trade.stores.queries import NearbyStore, StoreView, open_stores_near

NEARBY = 5
KEPT_FOR_S = 5.0
EDITIONS_KEPT_FOR_S = 1.0
FACES_KEPT_FOR_S = 10.0  # a timed price may begin on a page this much later than in the cart
WHOLE_KEPT_FOR_S = 20.0
MOST_KEPT = 10_000
K = TypeVar("K")
V = TypeVar("V")


class Kept(Generic[K, V]):
    """Answers by question, each for some seconds."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self.answers: dict[K, tuple[float, V]] = {}

    def get(self, question: K) -> V | None:
        until, answer = self.answers.get(question, (0.0, None))
        return answer if time.monotonic() < until else None

    def keep(self, question: K, answer: V) -> V:
        if len(self.answers) >= MOST_KEPT:
            self.answers.clear()
        self.answers[question] = (time.monotonic() + self.seconds, answer)
        return answer


@dataclass(frozen=True, slots=True)
class Window:
    """`near` are the nearest other open stores."""

    store: StoreView
    near: tuple[NearbyStore, ...]


@dataclass(frozen=True, slots=True)
class Face:
    """What a product's page shows in a store but for the pieces."""

    page: ProductPageView
    views: Mapping[int, SkuView]
    shown: Shown


windows: Kept[str, Window] = Kept(KEPT_FOR_S)
wholes: Kept[tuple[str, Shopper], Here] = Kept(WHOLE_KEPT_FOR_S)
editions: Kept[str, tuple[int, str]] = Kept(EDITIONS_KEPT_FOR_S)
faces: Kept[tuple[str, str, str, tuple[int, str]], Face] = Kept(FACES_KEPT_FOR_S)
NOBODY = Shopper()


async def window_of(store_code: str) -> Window:
    """Raises StoreNotFound for a store that is unknown or closed."""
    kept = windows.get(store_code)
    if kept is not None:
        return kept
    store = await open_store(store_code)
    near = await open_stores_near(store.id, limit=NEARBY)
    return windows.keep(store_code, Window(store, tuple(near)))


async def shopper_of(scope: Scope | None) -> Shopper:
    """Who looks, if they signed in: their own prices are shown to them (MP-03)."""
    if scope is None or scope.member_id is None:
        return NOBODY
    tier, segments = await tier_of(scope.member_id), await segments_for(scope.member_id)
    return Shopper(tier=tier, member_id=scope.member_id, segments=segments)


async def prices_shown(store_id: int, views: Mapping[int, SkuView], shopper: Shopper) -> Shown:
    """The one place where a screen of goods asks for prices: of the chain that cart and order use
    (vendure#3575: promotions were seen in the cart only), for all goods at once."""
    return await shown_of(store_id, views, shopper=shopper)


async def face_of(store: StoreView, product_id: str, shopper: Shopper) -> Face:
    """A product's page for a shopper. All of a tier are shown the copy of the process, as long as
    no goods and no prices changed, which is asked once a second; whoever counts for a limited
    promotion is answered afresh. Raises ProductNotFound.
    """
    if shopper != NOBODY and not is_for_everybody_alike():
        return await _face(store, product_id, shopper)
    now = editions.get("") or editions.keep("", (await edition(), await price_edition()))
    shared = Shopper(tier=shopper.tier)
    kept = faces.get((store.code, product_id, shopper.tier, now))
    return kept or faces.keep(
        (store.code, product_id, shopper.tier, now), await _face(store, product_id, shared)
    )


async def _face(store: StoreView, product_id: str, shopper: Shopper) -> Face:
    page = await product_page(store.id, product_id)
    views = skus_of([page.product])
    return Face(page, views, await prices_shown(store.id, views, shopper))


Pieces = Mapping[tuple[int, int], int]


def exactly(pieces: int) -> int | None:
    """What shoppers are told beside the word: a number where the shop shows it, else None."""
    return pieces if current().shows_exact_stock else None


Shelf = Mapping[tuple[int, int], StockView]


async def pieces_of(views: Iterable[SkuView], store_ids: list[int]) -> Pieces:
    """How many of each SKU each store can promise; of a kit, how many its parts make. In one
    statement, with the screens that ask at the same time.
    """
    listed = list(views)
    items = frozenset(part for view in listed for part in counted(view))
    shelf = await shelves.ask((items, tuple(store_ids)))
    return {
        (view.id, store_id): _whole(view, store_id, shelf)
        for view in listed
        for store_id in store_ids
    }


async def _shelves(group: Sequence[tuple[frozenset[int], tuple[int, ...]]]) -> list[Shelf]:
    asked: dict[tuple[int, ...], set[int]] = {}
    for items, store_ids in group:
        asked.setdefault(store_ids, set()).update(items)
    found = {places: await availability(items, places) for places, items in asked.items()}
    return [found[store_ids] for _, store_ids in group]


shelves: Gathering[tuple[frozenset[int], tuple[int, ...]], Shelf] = Gathering(_shelves)


def counted(view: SkuView) -> dict[int, int]:
    """Stock items one piece takes: itself, or the parts of a kit."""
    return dict(view.parts) or {view.id: 1}


def _whole(view: SkuView, store_id: int, shelf: Mapping[tuple[int, int], StockView]) -> int:
    levels = ((shelf.get((item, store_id)), take) for item, take in counted(view).items())
    return min(level.available // take if level else 0 for level, take in levels)


async def here_of(store: StoreView, shopper: Shopper) -> Here:
    """Prices and pieces of a whole store, to filter, sort and count by; some seconds old at most.

    Three statements for any number of goods (saleor#19751: one walk for each shop).
    """
    nobody = Shopper(tier=shopper.tier)  # a tier's prices are shared, a person's are not
    kept = wholes.get((store.code, nobody))
    if kept is not None:
        return kept
    views = await skus((await sku_ids()).values())
    shown, free = await prices_shown(store.id, views, nobody), await free_in(store.id)
    there = {
        view.id
        for view in views.values()
        if all(free.get(item, 0) >= take for item, take in counted(view).items())
    }
    own = {
        sku_id: price.price_fen
        for sku_id, price in shown.prices.items()
        if price.price_fen != price.list_fen
    }
    return wholes.keep((store.code, nobody), Here(store.id, own, frozenset(there)))


def skus_of(products: Iterable[ProductView]) -> dict[int, SkuView]:
    return {sku.id: sku for product in products for sku in product.skus}
