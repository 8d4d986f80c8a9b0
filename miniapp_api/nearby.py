"""附近门店. Which stores have it, how far, for how much, from when, and how it gets to the shopper.

Each answer can be ordered as it stands: a store code and a delivery. Where the shopper is, is used
for this answer and kept nowhere.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Literal

from pydantic import Field

from core import clock
from core.errors import Invalid
from core.security.scope import Role, Scope
from core.web.api import Router, Schema
from core.web.policy import allow
from miniapp_api.stores import open_store
from miniapp_api.window import exactly, shopper_of
from trade.catalog.errors import SkuNotFound
from trade.catalog.queries import SkuView, find_sku, is_on_shelf
from trade.promotions.queries import PriceView, Shopper, prices_of
from trade.stock.queries import Fullness, Promise, Wish, fullness, promise
from trade.stores.errors import BadCursor, StoreNotFound
from trade.stores.queries import StoreView, get_store, offers, opening_at

router = Router("/api/v1", "nearby")
Place = tuple[float, float]
WAYS = ("pickup", "express", "city")


class PlaceNeeded(Invalid):
    code = "nearby.place_needed"
    zh = "请提供位置（lat 与 lon），或选择一家门店（storeCode）"
    en = "Say where to look: lat and lon, or a storeCode."


class When(StrEnum):
    """From when the goods can be had there."""

    NOW = "now"
    COMING = "coming"  # on their way; `when_on` is the day, if it is known
    PRESALE = "presale"


class NearbyQuery(Schema):
    """Degrees are WGS 84. Without them the place of the store is taken."""

    sku_code: str = Field(min_length=1, max_length=40)
    lat: float | None = Field(default=None, ge=-90, le=90, allow_inf_nan=False)
    lon: float | None = Field(default=None, ge=-180, le=180, allow_inf_nan=False)
    store_code: str | None = Field(default=None, min_length=1, max_length=32)
    quantity: int = Field(default=1, ge=1, le=999)
    delivery: Literal["pickup", "express", "city"] | None = None
    radius_m: int | None = Field(default=None, ge=1, le=1_000_000)
    cursor: str | None = Field(default=None, max_length=40)
    limit: int = Field(default=10, ge=1, le=50)


class WayOut(Schema):
    """A delivery this store offers here; fee and minimum are known for `city` beforehand."""

    delivery: str
    fee_fen: int | None
    minimum_fen: int | None


class NearbyStoreOut(Schema):
    """`pieces` is null unless the shop shows exact numbers. Opens or closes at `changes_at`."""

    store_code: str
    store_name: str
    city: str
    address: str
    phone: str
    hours: str
    is_open_now: bool
    changes_at: datetime | None
    distance_m: int
    stock: Fullness
    pieces: int | None
    when: When
    when_on: date | None
    price_fen: int
    list_fen: int
    ways: list[WayOut]


class NearbyOut(Schema):
    """The nearest first. Ask for the next page with `cursor=nextCursor`; null on the last page."""

    items: list[NearbyStoreOut]
    next_cursor: str | None


@router.get(
    "/nearby",
    who=allow(Role.MEMBER),
    summary="Stores near a place that have a product, ready to order from (附近有货)",
    errors=(SkuNotFound, StoreNotFound, PlaceNeeded, BadCursor),
)
async def list_nearby(scope: Scope, query: NearbyQuery) -> NearbyOut:
    assert scope.member_id is not None
    sku, near = await _wanted(query.sku_code), await _place(query)
    wish = Wish(near, delivery=query.delivery, radius_m=query.radius_m)
    lines = _items(sku, query.quantity)
    page = await promise(lines, wish, with_coming=True, cursor=query.cursor, limit=query.limit)
    shopper = await shopper_of(scope)
    items = [
        _shown(each, sku, price, query)
        for each in page.promises
        if (price := await _price(each.store.id, sku.id, shopper))
    ]
    return NearbyOut(items=items, next_cursor=page.next_cursor)


async def _wanted(code: str) -> SkuView:
    """Raises SkuNotFound."""
    sku = await find_sku(code)
    if sku is None:
        raise SkuNotFound(sku_code=code)
    return sku


async def _place(query: NearbyQuery) -> Place:
    """Raises PlaceNeeded, StoreNotFound."""
    if query.lat is not None and query.lon is not None:
        return query.lat, query.lon
    if query.store_code is None:
        raise PlaceNeeded
    store = await open_store(query.store_code)
    return store.latitude, store.longitude


def _items(sku: SkuView, quantity: int) -> list[tuple[int, int]]:
    """Stock items: the parts of a kit, or the SKU itself."""
    return [(part, pieces * quantity) for part, pieces in sku.parts or ((sku.id, 1),)]


def _pieces(sku: SkuView, available: Mapping[int, int]) -> int:
    return min(available[part] // pieces for part, pieces in sku.parts or ((sku.id, 1),))


async def _price(store_id: int, sku_id: int, shopper: Shopper) -> PriceView | None:
    """None where the store does not sell it."""
    if sku_id not in await is_on_shelf(store_id, [sku_id]):
        return None
    return (await prices_of(store_id, [sku_id], shopper=shopper)).get(sku_id)


@dataclass(frozen=True, slots=True)
class _Moment:
    when: When
    on: date | None


def _moment(told: Promise, sku: SkuView) -> _Moment:
    if sku.presale_on is not None:
        return _Moment(When.PRESALE, sku.presale_on)
    if told.is_enough:
        return _Moment(When.NOW, None)
    return _Moment(When.COMING, told.coming_on)


def _shown(told: Promise, sku: SkuView, price: PriceView, query: NearbyQuery) -> NearbyStoreOut:
    store, moment = told.store, _moment(told, sku)
    opening = opening_at(store.opening_hours, clock.now())
    pieces = _pieces(sku, told.available)
    has_place = query.lat is not None and query.lon is not None
    return NearbyStoreOut.of(
        store,
        store_code=store.code,
        store_name=store.name,
        is_open_now=opening.is_open,
        changes_at=opening.changes_at,
        distance_m=told.distance_m,
        stock=fullness(pieces),
        pieces=exactly(pieces),
        when=moment.when,
        when_on=moment.on,
        price_fen=price.price_fen,
        list_fen=price.list_fen,
        ways=_ways(store, told.distance_m, has_place=has_place) if told.is_enough else [],
    )


def _ways(store: StoreView, distance_m: int, *, has_place: bool) -> list[WayOut]:
    """Within the city only to a place that was said, not to where another store is."""
    found = []
    for way in WAYS:
        is_city = way == "city"
        if offers(store, way) and (
            not is_city or (has_place and distance_m <= store.city_radius_m)
        ):
            fee = store.city_fee_fen if is_city else 0 if way == "pickup" else None
            minimum = store.city_minimum_fen if is_city else None
            found.append(WayOut(delivery=way, fee_fen=fee, minimum_fen=minimum))
    return found


class GuideNearbyQuery(Schema):
    sku_code: str = Field(min_length=1, max_length=40)
    store_code: str | None = Field(default=None, min_length=1, max_length=32)
    quantity: int = Field(default=1, ge=1, le=999)
    cursor: str | None = Field(default=None, max_length=40)
    limit: int = Field(default=10, ge=1, le=50)


class GuideNearbyStoreOut(Schema):
    """`pieces` only of stores the asker works for.

    `must_ask`: the store belongs to somebody else, who has not said that its goods serve other
    stores' orders: call them first.
    """

    store_code: str
    store_name: str
    kind: str
    city: str
    phone: str
    distance_m: int
    stock: Fullness
    pieces: int | None
    is_enough: bool
    must_ask: bool
    is_coming: bool
    coming_on: date | None


class GuideNearbyOut(Schema):
    items: list[GuideNearbyStoreOut]
    next_cursor: str | None


@router.get(
    "/guide/nearby",
    who=allow(Role.GUIDE, Role.STORE_MANAGER),
    summary="Where else it lies, for my store's customer (查货)",
    errors=(SkuNotFound, StoreNotFound, BadCursor),
)
async def list_for_guides(scope: Scope, query: GuideNearbyQuery) -> GuideNearbyOut:
    here = await _home(scope, query.store_code)
    sku = await _wanted(query.sku_code)
    wish = Wish((here.latitude, here.longitude), for_store=here.id)
    page = await promise(
        _items(sku, query.quantity),
        wish,
        with_coming=True,
        with_others=True,
        cursor=query.cursor,
        limit=query.limit,
    )
    items = [_told(each, sku, scope) for each in page.promises]
    return GuideNearbyOut(items=items, next_cursor=page.next_cursor)


async def _home(scope: Scope, code: str | None) -> StoreView:
    """Raises StoreNotFound for a store the asker does not work for."""
    store = await open_store(code) if code else await get_store(min(scope.store_ids))
    if not scope.sees_store(store.id):
        raise StoreNotFound(store_code=code)
    return store


def _told(told: Promise, sku: SkuView, scope: Scope) -> GuideNearbyStoreOut:
    pieces = _pieces(sku, told.available)
    return GuideNearbyStoreOut.of(
        told.store,
        store_code=told.store.code,
        store_name=told.store.name,
        distance_m=told.distance_m,
        stock=fullness(pieces),
        pieces=pieces if scope.sees_store(told.store.id) else None,
        is_enough=told.is_enough,
        must_ask=not told.may_serve,
        is_coming=told.is_coming,
        coming_on=told.coming_on,
    )
