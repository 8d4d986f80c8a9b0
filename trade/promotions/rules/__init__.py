"""What goods cost: pure decisions. `docs/why/pricing.md` has worked numbers."""

from trade.promotions.rules.chain import (
    MemberRateTerm,
    ReductionTerm,
    StorePriceTerm,
    Terms,
    points_for,
    work_out,
)
from trade.promotions.rules.places import place_of, places_of
from trade.promotions.rules.quote import Quote, QuotedLine, Reason, Use
from trade.promotions.rules.words import (
    COUPON_MOVES,
    CouponState,
    DealKind,
    RateBase,
    UseKind,
    UseState,
)

__all__ = [
    "COUPON_MOVES",
    "CouponState",
    "DealKind",
    "MemberRateTerm",
    "Quote",
    "QuotedLine",
    "RateBase",
    "Reason",
    "ReductionTerm",
    "StorePriceTerm",
    "Terms",
    "Use",
    "UseKind",
    "UseState",
    "place_of",
    "places_of",
    "points_for",
    "work_out",
]
