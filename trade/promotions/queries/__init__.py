"""What can be asked about prices, promotions and rates. Nothing here writes; views leave."""

from trade.promotions.queries.coupons import (
    CouponOffer,
    CouponView,
    Fitting,
    coupon_offers,
    coupons_fitting,
    coupons_of,
)
from trade.promotions.queries.handing import (
    BatchView,
    CodeView,
    CostView,
    CouponNumbers,
    DayOfCoupon,
    IssueView,
    TemplateView,
    code_batches,
    codes_of,
    coupon_costs,
    coupon_numbers,
    coupons_of_guides,
    find_template,
    issues,
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
from trade.promotions.rules import CouponState, CouponTerm, IssueState, places_of

__all__ = [
    "BatchView",
    "CampaignView",
    "CodeView",
    "CostView",
    "CouponNumbers",
    "CouponOffer",
    "CouponState",
    "CouponTerm",
    "CouponView",
    "DayOfCoupon",
    "Fitting",
    "IssueState",
    "IssueView",
    "OfferView",
    "PriceView",
    "Rates",
    "Shopper",
    "Stage",
    "TemplateView",
    "campaigns",
    "code_batches",
    "codes_of",
    "coupon_costs",
    "coupon_numbers",
    "coupon_offers",
    "coupons_fitting",
    "coupons_of",
    "coupons_of_guides",
    "find_template",
    "issues",
    "offers_of",
    "places_of",
    "prices_of",
    "rates",
]
