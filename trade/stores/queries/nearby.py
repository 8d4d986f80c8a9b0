"""Stores by distance: one statement, a bounding box first, so that 5,000 stores are no load.

Where somebody is, is personal: it goes into the statement and nowhere else.
"""

import json
from collections.abc import Collection
from dataclasses import dataclass
from math import asin, cos, degrees, pi, radians, sin
from types import SimpleNamespace
from typing import Any

from core.database import sql
from trade.stores.errors import BadCursor
from trade.stores.queries.places import StoreView, get_store, store_view
from trade.stores.rules import EARTH_M, StoreKind

Place = tuple[float, float]  # latitude, longitude in degrees (WGS 84)
HALF_ROUND_M = round(pi * EARTH_M) + 1


@dataclass(frozen=True, slots=True)
class NearbyStore:
    store: StoreView
    distance_m: int


@dataclass(frozen=True, slots=True)
class NearbyPage:
    """`next_cursor` is None on the last page."""

    stores: tuple[NearbyStore, ...]
    next_cursor: str | None


# $1, $2 place; $3 radius; $4, $5 half the box in degrees; $6 ids; $7 delivery; $8 for whose orders;
# $9, $10 where the last page ended; $11 how many; $12 the radius of the earth in metres.
# Angles are compared by their cosine, which knows no date line.
NEAR = """
WITH near AS (
    SELECT *, round(2 * $12::float8 * asin(sqrt(least(1, power(sin(radians(latitude - $1) / 2), 2)
        + cos(radians($1)) * cos(radians(latitude))
        * power(sin(radians(longitude - $2) / 2), 2)))))::bigint AS distance_m
    FROM stores_store
    WHERE is_open AND latitude BETWEEN $1 - $4 AND $1 + $4
        AND cos(radians(longitude - $2)) >= cos(radians($5::float8))
        AND ($6::bigint[] IS NULL OR id = ANY($6::bigint[]))
        AND CASE $7::text WHEN 'pickup' THEN offers_pickup WHEN 'express' THEN offers_express
            WHEN 'city' THEN city_radius_m > 0 ELSE true END
        AND ($8::bigint IS NULL OR id = $8 OR lends_stock OR kind IN ('direct', 'joint')
            OR franchisee_id = (SELECT franchisee_id FROM stores_store WHERE id = $8))
)
SELECT * FROM near
WHERE distance_m <= $3 AND (distance_m, id) > ($9, $10)
    AND ($7::text IS DISTINCT FROM 'city' OR distance_m <= city_radius_m)
ORDER BY distance_m, id LIMIT $11
"""


@dataclass(frozen=True, slots=True)
class Search:
    """Open stores around `near`, of `ids` only if given.

    `delivery` leaves those that offer it (`city`: to this place); `serving` those that may serve
    the orders of that store: a store of another company does so only if its owner says so.
    """

    near: Place
    radius_m: int | None = None
    ids: Collection[int] | None = None
    delivery: str | None = None
    serving: int | None = None


async def stores_near(search: Search, *, cursor: str | None = None, limit: int = 20) -> NearbyPage:
    """Stores by distance, at most 200 a page. Raises BadCursor."""
    reach = HALF_ROUND_M if search.radius_m is None else search.radius_m
    size = max(1, min(limit, 200))
    rows = await sql(
        NEAR,
        *search.near,
        reach,
        *_box(search.near, reach),
        None if search.ids is None else list(search.ids),
        search.delivery,
        search.serving,
        *_after(cursor),
        size + 1,
        EARTH_M,
    )
    found = tuple(NearbyStore(_view(row), row["distance_m"]) for row in rows[:size])
    last = found[-1] if len(rows) > size else None
    return NearbyPage(found, f"{last.distance_m}.{last.store.id}" if last else None)


def _after(cursor: str | None) -> tuple[int, int]:
    if cursor is None:
        return -1, 0
    distance, _, store_id = cursor.partition(".")
    if len(cursor) > 30 or not all(
        part.isascii() and part.isdigit() for part in (distance, store_id)
    ):
        raise BadCursor
    return int(distance), int(store_id)


def _box(near: Place, reach_m: int) -> tuple[float, float]:
    """Half the height and half the width, in degrees, of a box that holds all within reach."""
    angle = min(reach_m / EARTH_M, pi) * 1.001
    latitude = abs(radians(near[0]))
    if latitude + angle >= pi / 2:  # a pole lies within: every longitude does
        return degrees(angle), 180.0
    return degrees(angle), degrees(asin(min(1.0, sin(angle) / cos(latitude))))


def _view(row: dict[str, Any]) -> StoreView:
    parsed = {name: json.loads(row[name] or "null") for name in ("week", "special_days")}
    return store_view(SimpleNamespace(**{**row, **parsed, "kind": StoreKind(row["kind"])}))


async def open_stores_near(store_id: int, *, limit: int) -> list[NearbyStore]:
    """Other open stores, the nearest first. Raises StoreNotFound."""
    here = await get_store(store_id)
    page = await stores_near(Search((here.latitude, here.longitude)), limit=limit + 1)
    return [each for each in page.stores if each.store.id != store_id][:limit]
