"""Prices, rules, coupons and what was used of them. Private: others use `service` and `queries`.

Days are the shop's; `valid_to` is the last day that counts, none means until something newer.
Prices and rules are never changed: a new version is added, so an old quote can be worked out again.
"""

from trade.promotions.models.coupons import (
    CodeBatch,
    Coupon,
    CouponCode,
    CouponGift,
    CouponIssue,
    CouponIssueMember,
)
from trade.promotions.models.pricing import Edition, MemberRate, Price, ProgramRate
from trade.promotions.models.running import Campaign, Promotion, Use

__all__ = [
    "Campaign",
    "CodeBatch",
    "Coupon",
    "CouponCode",
    "CouponGift",
    "CouponIssue",
    "CouponIssueMember",
    "Edition",
    "MemberRate",
    "Price",
    "ProgramRate",
    "Promotion",
    "Use",
]
