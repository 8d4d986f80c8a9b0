"""From the JSON of a promotion to its terms. What cannot be worked out is refused by its field."""

from collections.abc import Callable, Mapping
from typing import Any

from trade.promotions.errors import BadPromotion
from trade.promotions.rules.terms import (
    Bundle,
    CouponTerm,
    DealTerms,
    Freight,
    FullReduction,
    Gift,
    NForM,
    Part,
    Scope,
    Step,
    TimedPrice,
)
from trade.promotions.rules.words import DealKind

MOST_FEN, MOST_PIECES, MOST_PARTS = 10**11, 999, 10
Json = Mapping[str, Any]
SCOPE_TEXTS = ("places", "tiers", "segments", "channels")
SCOPE_IDS = ("sku_ids", "product_ids", "category_ids", "brand_ids", "but_sku_ids")


def _check(is_fine: bool, field: str) -> None:  # noqa: FBT001 - reads as a sentence
    if not is_fine:
        raise BadPromotion(field=field)


def _only(facts: Json, *names: str) -> None:
    for name in facts:
        _check(name in names, str(name)[:40])


def _whole(facts: Json, name: str, most: int, *, least: int = 0, default: int | None = None) -> int:
    value = facts.get(name, default)
    _check(isinstance(value, int) and not isinstance(value, bool), name)
    assert isinstance(value, int)
    _check(least <= value <= most, name)
    return value


def _maybe(facts: Json, name: str, most: int, *, least: int = 0) -> int | None:
    return None if facts.get(name) is None else _whole(facts, name, most, least=least)


def _flag(facts: Json, name: str, *, default: bool = False) -> bool:
    value = facts.get(name, default)
    _check(isinstance(value, bool), name)
    return bool(value)


def _ids(facts: Json, name: str) -> frozenset[int]:
    found = facts.get(name, [])
    _check(isinstance(found, list | tuple) and all(type(one) is int for one in found), name)
    return frozenset(found)


def _texts(facts: Json, name: str) -> frozenset[str]:
    found = facts.get(name, [])
    _check(isinstance(found, list | tuple) and all(isinstance(one, str) for one in found), name)
    return frozenset(found)


def scope_of(facts: Json) -> Scope:
    """For whom and for what. Raises BadPromotion."""
    _only(facts, *SCOPE_TEXTS, *SCOPE_IDS)
    texts: dict[str, Any] = {name: _texts(facts, name) for name in SCOPE_TEXTS}
    ids: dict[str, Any] = {name: _ids(facts, name) for name in SCOPE_IDS}
    return Scope(**texts, **ids)


def deal_terms(kind: DealKind, facts: Json) -> DealTerms:
    """The terms of a kind. Raises BadPromotion, which names the field that is wrong."""
    _check(isinstance(facts, Mapping), "terms")
    return PARSERS[kind](facts)


def _timed_price(facts: Json) -> TimedPrice:
    _only(facts, "prices", "rate_bp")
    prices, rate = facts.get("prices", {}), _maybe(facts, "rate_bp", 10_000)
    _check(isinstance(prices, Mapping) and (bool(prices) or rate is not None), "prices")
    _check(all(str(sku_id).isdecimal() for sku_id in prices), "prices")
    return TimedPrice({int(sku_id): _whole(prices, sku_id, MOST_FEN) for sku_id in prices}, rate)


def _n_for_m(facts: Json) -> NForM:
    _only(facts, "pieces", "pay_pieces", "for_fen", "cheapest_bp", "max_sets")
    pieces = _whole(facts, "pieces", MOST_PIECES, least=2)
    ways = [
        name for name in ("pay_pieces", "for_fen", "cheapest_bp") if facts.get(name) is not None
    ]
    _check(len(ways) == 1, "pay_pieces")
    return NForM(
        pieces,
        _maybe(facts, "pay_pieces", pieces - 1),
        _maybe(facts, "for_fen", MOST_FEN),
        _maybe(facts, "cheapest_bp", 10_000),
        _maybe(facts, "max_sets", MOST_PIECES, least=1),
    )


def _part(facts: Json) -> Part:
    _only(facts, "pieces", "sku_ids", "product_ids")
    pieces = _whole(facts, "pieces", MOST_PIECES, least=1, default=1)
    part = Part(pieces, _ids(facts, "sku_ids"), _ids(facts, "product_ids"))
    _check(bool(part.sku_ids or part.product_ids), "parts")
    return part


def _bundle(facts: Json) -> Bundle:
    _only(facts, "parts", "for_fen", "max_sets")
    parts = facts.get("parts")
    _check(isinstance(parts, list | tuple) and 1 <= len(parts) <= MOST_PARTS, "parts")
    assert isinstance(parts, list | tuple)
    fen = _whole(facts, "for_fen", MOST_FEN)
    return Bundle(tuple(map(_part, parts)), fen, _maybe(facts, "max_sets", MOST_PIECES, least=1))


COUPON_FLAGS = {
    "by_code": False,
    "claimable": True,
    "comes_back": True,
    "giftable": False,
    "by_guide": False,
}
STEP = ("threshold_fen", "pieces", "off_fen", "pay_bp", "cap_fen")


def _step(facts: Json) -> Step:
    _only(facts, *STEP)
    step = Step(
        _whole(facts, "threshold_fen", MOST_FEN, default=0),
        _whole(facts, "pieces", MOST_PIECES, default=0),
        _maybe(facts, "off_fen", MOST_FEN, least=1),
        _maybe(facts, "pay_bp", 10_000),
        _maybe(facts, "cap_fen", MOST_FEN),
    )
    _check((step.off_fen is None) != (step.pay_bp is None), "off_fen")
    return step


def _full_reduction(facts: Json) -> FullReduction:
    _only(facts, "steps", "is_every", "max_times")
    steps = facts.get("steps")
    _check(isinstance(steps, list | tuple) and 1 <= len(steps) <= MOST_PARTS, "steps")
    assert isinstance(steps, list | tuple)
    found, is_every = tuple(map(_step, steps)), _flag(facts, "is_every")
    for step in found:
        _check(step.threshold_fen + step.pieces > 0, "threshold_fen")
        _check(not step.threshold_fen or (step.off_fen or 0) <= step.threshold_fen, "off_fen")
        _check(not is_every or step.off_fen is not None, "is_every")
    return FullReduction(found, is_every, _maybe(facts, "max_times", MOST_PIECES, least=1))


def _gift(facts: Json) -> Gift:
    _only(facts, "sku_id", "threshold_fen", "pieces", "gives", "is_every")
    gift = Gift(
        _whole(facts, "sku_id", 2**62, least=1),
        _whole(facts, "threshold_fen", MOST_FEN, default=0),
        _whole(facts, "pieces", MOST_PIECES, default=0),
        _whole(facts, "gives", MOST_PIECES, least=1, default=1),
        _flag(facts, "is_every"),
    )
    _check(gift.threshold_fen + gift.pieces > 0, "threshold_fen")
    return gift


def _coupon(facts: Json) -> CouponTerm:
    _only(facts, *STEP, "exchange_pieces", "for_fen", *COUPON_FLAGS)
    exchange = _whole(facts, "exchange_pieces", MOST_PIECES, default=0)
    step = {name: facts[name] for name in STEP if name in facts}
    found = _step({**step, "off_fen": 1} if exchange else step)
    _check(bool(exchange) or not facts.get("for_fen"), "for_fen")
    fen = _whole(facts, "for_fen", MOST_FEN, default=0)
    return CouponTerm(
        found,
        exchange,
        fen,
        **{name: _flag(facts, name, default=usual) for name, usual in COUPON_FLAGS.items()},
    )


def _freight(facts: Json) -> Freight:
    _only(facts, "deliveries", "fee_fen", "free_from_fen")
    deliveries = _texts(facts, "deliveries") or frozenset({"express"})
    free_from = _maybe(facts, "free_from_fen", MOST_FEN)
    return Freight(deliveries, _whole(facts, "fee_fen", MOST_FEN), free_from)


PARSERS: dict[DealKind, Callable[[Json], DealTerms]] = {
    DealKind.TIMED_PRICE: _timed_price,
    DealKind.N_FOR_M: _n_for_m,
    DealKind.BUNDLE: _bundle,
    DealKind.FULL_REDUCTION: _full_reduction,
    DealKind.GIFT: _gift,
    DealKind.COUPON: _coupon,
    DealKind.FREIGHT: _freight,
}
