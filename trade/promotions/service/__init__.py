"""What can be done with prices, promotions and coupons: one file per part."""

from trade.promotions.queries.asking import QuoteLine, QuoteRequest
from trade.promotions.reading import forget_terms
from trade.promotions.rules import (
    DealKind,
    Quote,
    QuotedLine,
    RateBase,
    Reason,
    Use,
    UseKind,
    refund_share,
)
from trade.promotions.service.codes import make_codes, redeem_code
from trade.promotions.service.coupons import (
    claim_coupon,
    expire_coupons,
    give_as_guide,
    give_coupon,
)
from trade.promotions.service.issuing import (
    cancel_issue,
    give_part,
    issue_coupons,
    work_off_issue,
)
from trade.promotions.service.passing import (
    end_gifts,
    gift_coupon,
    take_gift,
    take_gift_back,
)
from trade.promotions.service.pricing import (
    MemberRateDraft,
    PriceDraft,
    ProgramRateDraft,
    put_member_rates,
    put_prices,
    put_program_rates,
)
from trade.promotions.service.quoting import quote_cart, quote_carts, what_if
from trade.promotions.service.running import (
    FullReductionDraft,
    PromotionDraft,
    end_promotion,
    put_full_reductions,
    put_promotions,
)
from trade.promotions.service.uses import (
    HoldUses,
    capture_uses,
    hold_uses,
    release_uses,
    retake_uses,
    return_uses,
)

__all__ = [
    "DealKind",
    "FullReductionDraft",
    "HoldUses",
    "MemberRateDraft",
    "PriceDraft",
    "ProgramRateDraft",
    "PromotionDraft",
    "Quote",
    "QuoteLine",
    "QuoteRequest",
    "QuotedLine",
    "RateBase",
    "Reason",
    "Use",
    "UseKind",
    "cancel_issue",
    "capture_uses",
    "claim_coupon",
    "end_gifts",
    "end_promotion",
    "expire_coupons",
    "forget_terms",
    "gift_coupon",
    "give_as_guide",
    "give_coupon",
    "give_part",
    "hold_uses",
    "issue_coupons",
    "make_codes",
    "put_full_reductions",
    "put_member_rates",
    "put_prices",
    "put_program_rates",
    "put_promotions",
    "quote_cart",
    "quote_carts",
    "redeem_code",
    "refund_share",
    "release_uses",
    "retake_uses",
    "return_uses",
    "take_gift",
    "take_gift_back",
    "what_if",
    "work_off_issue",
]
