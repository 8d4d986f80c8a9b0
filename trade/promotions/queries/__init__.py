"""What can be asked about prices, promotions and rates. Nothing here writes; views leave."""

from trade.promotions.queries.coupons import (
    CouponOffer,
    CouponView,
    Fitting,
    coupon_offers,
    coupons_fitting,
    coupons_of,
)
from trade.promotions.queries.listing import CampaignView, Stage, campaigns
from trade.promotions.queries.rates import Rates, rates
from trade.promotions.queries.showing import (
    OfferView,
    PriceView,
    Shopper,
    offers_of,
    prices_of,
)
from trade.promotions.rules import CouponState, CouponTerm, places_of

__all__ = [
    "CampaignView",
    "CouponOffer",
    "CouponState",
    "CouponTerm",
    "CouponView",
    "Fitting",
    "OfferView",
    "PriceView",
    "Rates",
    "Shopper",
    "Stage",
    "campaigns",
    "coupon_offers",
    "coupons_fitting",
    "coupons_of",
    "offers_of",
    "places_of",
    "prices_of",
    "rates",
]
