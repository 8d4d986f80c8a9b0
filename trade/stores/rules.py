"""Pure decisions about stores: kinds, numbers of taxpayers, distances."""

from enum import StrEnum
from math import asin, cos, radians, sin, sqrt
from typing import Protocol


class StoreKind(StrEnum):
    DIRECT = "direct"  # 直营
    FRANCHISE = "franchise"  # 加盟
    JOINT = "joint"  # 联营
    AGENCY = "agency"  # 代理


OWNED_BY_OTHERS = frozenset({StoreKind.FRANCHISE, StoreKind.AGENCY})


EARTH_M = 6_371_009
DIGITS = "0123456789ABCDEFGHJKLMNPQRTUWXY"  # GB 32100: no I, O, S, V, Z
WEIGHTS = (1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28)


def distance_m(a: tuple[float, float], b: tuple[float, float]) -> int:
    """Metres as the crow flies between two (latitude, longitude) in degrees (haversine)."""
    (lat_a, lon_a), (lat_b, lon_b) = ((radians(x), radians(y)) for x, y in (a, b))
    h = sin((lat_b - lat_a) / 2) ** 2 + cos(lat_a) * cos(lat_b) * sin((lon_b - lon_a) / 2) ** 2
    return round(2 * EARTH_M * asin(sqrt(h)))


def is_taxpayer_no(text: str) -> bool:
    """A unified social credit code (统一社会信用代码, GB 32100): 18 places, the last one checks."""
    if len(text) != 18 or any(letter not in DIGITS for letter in text):
        return False
    total = sum(
        DIGITS.index(letter) * weight for letter, weight in zip(text, WEIGHTS, strict=False)
    )
    return DIGITS[-total % 31] == text[-1]


class Serving(Protocol):
    """What of a store says which deliveries it offers, and whose orders it serves."""

    @property
    def id(self) -> int: ...
    @property
    def kind(self) -> StoreKind: ...
    @property
    def franchisee_id(self) -> int | None: ...
    @property
    def lends_stock(self) -> bool: ...
    @property
    def offers_pickup(self) -> bool: ...
    @property
    def offers_express(self) -> bool: ...
    @property
    def city_radius_m(self) -> int: ...


def may_serve(store: Serving, other: Serving) -> bool:
    """Whether `store` may give its goods for an order of `other`.

    A store of another company does so for its own orders, for those of its owner's other stores,
    and for the rest only if its owner says so.
    """
    if store.id == other.id or store.lends_stock or store.kind not in OWNED_BY_OTHERS:
        return True
    return store.franchisee_id is not None and store.franchisee_id == other.franchisee_id


def owner_of(store: Serving) -> int | None:
    """The company whose goods lie in a store, and which has its share of their sale.

    None: the house, whose joint stores (联营) are too.
    """
    return store.franchisee_id if store.kind in OWNED_BY_OTHERS else None


def offers(store: Serving, delivery: str) -> bool:
    """Whether a store delivers so: `pickup`, `express`, `city`; `taken` always."""
    if delivery == "pickup":
        return store.offers_pickup
    if delivery == "express":
        return store.offers_express
    return delivery == "taken" or (delivery == "city" and store.city_radius_m > 0)
