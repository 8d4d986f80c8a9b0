"""Which columns of this room are personal, why they are kept and for how long (P1)."""

from core.privacy import Ground, Kept, OnErase, OnMerge, Owned, Purpose

_MEMBER = frozenset({Purpose.MEMBERSHIP})
_BOOKS = frozenset({Ground.LAW})

PERSONAL: dict[str, Kept] = {
    "tiers_term.by": Kept(frozenset({Ground.STAFF}), 0, "经办人", "who gave it", "''"),
    "tiers_term.order_id": Kept(_BOOKS, 365 * 5, "购买订单", "the order it was bought by"),
    "tiers_credit.order_no": Kept(_BOOKS, 365 * 5, "计入等级的订单", "orders that count", "''"),
    "tiers_credit.paid_fen": Kept(_BOOKS, 365 * 5, "计入等级的金额", "what was paid", "0"),
    "tiers_standing.tier": Kept(_MEMBER, 0, "会员等级", "tier", "'standard'"),
    "tiers_renewal.is_wanted": Kept(_MEMBER, 0, "续费意愿", "wish to renew", "false"),
}

NOT_PERSONAL = frozenset(
    {
        "id", "public_id", "member_id", "version", "data", "since", "by", "created_at", "tier",
        "plan", "place", "kind", "facts", "zh", "en", "ended_at", "cause", "growth", "counts_at",
        "rank", "earned", "amount", "until", "is_in_grace", "told_until", "judged_at", "look_at",
        "from_tier", "to_tier", "why", "at", "code", "sku_id", "days", "is_open", "changed_at",
        "starts_at", "ends_at", "why_ended", "told_at",
    }
)  # fmt: skip

OWNED: tuple[Owned, ...] = (
    Owned("tiers_credit"),
    Owned("tiers_standing", merge=OnMerge.KEEP),
    Owned("tiers_change", merge=OnMerge.KEEP),
    Owned("tiers_term"),
    Owned("tiers_renewal", once_by=("plan",), erase=OnErase.DELETE),
)
