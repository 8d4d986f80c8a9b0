"""Stores as others see them."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from core.database import sql
from trade.stores.errors import StoreNotFound
from trade.stores.hours import Hours, hours_of
from trade.stores.models import Store
from trade.stores.rules import StoreKind


@dataclass(frozen=True, slots=True)
class StoreView:
    """`city_radius_m` 0: no same-city delivery. `opening_hours`: `hours` for machines."""

    id: int
    code: str
    name: str
    kind: StoreKind
    region: str
    address: str
    phone: str
    latitude: float
    longitude: float
    has_till: bool
    tax_entity_id: int
    franchisee_id: int | None
    is_open: bool
    city: str
    hours: str
    lends_stock: bool = False
    offers_pickup: bool = True
    offers_express: bool = True
    city_radius_m: int = 0
    city_fee_fen: int = 0
    city_minimum_fen: int = 0
    opening_hours: Hours | None = None


FACTS = tuple(name for name in StoreView.__slots__ if name != "opening_hours")


def store_view(row: Any) -> StoreView:
    """From a model or from a record that has its columns."""
    facts = {name: getattr(row, name) for name in FACTS}
    hours = hours_of(row.week, row.special_days, row.hours)
    return StoreView(**facts, opening_hours=hours)


# Hand-written: every order asks them twice, and the ORM took half a millisecond each time.
BY_CODE = "SELECT * FROM stores_store WHERE code = ANY($1::text[])"
BY_ID = "SELECT * FROM stores_store WHERE id = ANY($1::bigint[]) ORDER BY id"


def _from_row(row: dict[str, Any]) -> StoreView:
    facts = {name: row[name] for name in FACTS} | {"kind": StoreKind(row["kind"])}
    return StoreView(**facts, opening_hours=_hours(row["week"], row["special_days"], row["hours"]))


@lru_cache(maxsize=4096)
def _hours(week: str | None, special_days: str | None, text: str) -> Hours | None:
    return hours_of(json.loads(week or "null"), json.loads(special_days or "null"), text)


async def get_store(store_id: int) -> StoreView:
    """Raises StoreNotFound."""
    found = await stores_of([store_id])
    if not found:
        raise StoreNotFound(store_id=store_id)
    return found[0]


async def find_store(code: str) -> StoreView | None:
    """None for a code nobody has, of whatever length."""
    return (await stores_by_code([code])).get(code)


async def stores_by_code(codes: Iterable[str]) -> dict[str, StoreView]:
    """By code; unknown codes are left out."""
    rows = await sql(BY_CODE, sorted(set(codes)))
    return {row["code"]: _from_row(row) for row in rows}


async def all_stores() -> list[StoreView]:
    """Open and closed ones, in the order they came to the brand."""
    return [store_view(row) for row in await Store.all().order_by("id")]


async def stores_of(store_ids: Iterable[int]) -> list[StoreView]:
    """The stores with these ids; unknown ids are left out, and no id asks for no store."""
    wanted = sorted(set(store_ids))
    return [_from_row(row) for row in await sql(BY_ID, wanted)] if wanted else []


async def store_ids() -> dict[str, int]:
    """Code to id of every store."""
    return dict(await Store.all().values_list("code", "id"))
