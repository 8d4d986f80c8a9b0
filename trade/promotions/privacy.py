"""What promotions keep of people: their coupons and what they used (P1)."""

from core.privacy import OnMerge, Owned

NOT_PERSONAL = frozenset(
    {
        "batch_id", "borne_bp", "budget_fen", "budget_times", "by", "campaign_id", "cause",
        "claim_key", "claimed", "claimed_at", "claims_each", "code", "commission_bp",
        "count", "coupon_id", "created_at", "edition", "ended_at", "ends_at",
        "exclusive_group", "expires_at", "fen", "from_id", "given", "id", "is_lower_only",
        "issue_id", "kind", "made_at", "may_stack", "member_id", "name", "note", "order_no",
        "outcome", "place", "points_a_yuan", "points_cap_bp", "points_per_yuan",
        "points_step", "price_fen", "priority", "promotion_id", "public_id", "quota",
        "rate_bp", "rate_of", "ref", "refused", "returned_of_id", "scope", "share_bp",
        "sku_id", "starts_at", "state", "store_id", "taken_at", "terms", "tier", "times",
        "times_each", "to_id", "token", "total", "used_at", "used_fen", "used_times",
        "valid_days", "valid_from", "valid_to", "version",
    }
)  # fmt: skip

OWNED = (
    Owned("promotions_coupon", once_by=("campaign_id", "claim_key")),
    Owned("promotions_use"),
    Owned("promotions_coupon_gift", column="from_id"),
    Owned("promotions_coupon_gift", column="to_id"),
    Owned("promotions_coupon_issue_member", merge=OnMerge.KEEP, is_copied=False),
    Owned("promotions_coupon_code"),
)
