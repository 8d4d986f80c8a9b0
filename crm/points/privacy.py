"""Which columns of this room are personal, why they are kept, and for how long (P1)."""

from core.privacy import Ground, Kept, OnErase, Owned, Purpose
from core.security.rotation import encrypted_column

_MEMBER = frozenset({Purpose.MEMBERSHIP})
_OTHERS = frozenset({Purpose.OTHER_COMPANY})
_LAW = frozenset({Ground.LAW})
BOOKS = 3_650

PERSONAL = {
    "points_check_in.day": Kept(_MEMBER, 0, "签到日期", "days of signing in"),
    "points_check_in.streak": Kept(_MEMBER, 0, "连续签到天数", "days in a row"),
    "points_redemption.store_id": Kept(_LAW, BOOKS, "领取礼品的门店", "store of a gift"),
    "points_redemption.coupons": Kept(_LAW, BOOKS, "兑换的优惠券", "coupons redeemed", "'[]'"),
    "points_alliance_account.account_cipher": Kept(
        _OTHERS, 0, "合作方会员账号（加密）", "account at a partner, encrypted"
    ),
}
NOT_PERSONAL = frozenset(
    {
        "id", "public_id", "code", "version", "name", "purse", "on", "terms", "is_on", "valid_from",
        "valid_to", "written_by", "created_at", "program", "program_id", "member_id", "cause_kind",
        "cause_key", "order_id", "order_no", "base", "points", "coupon", "basis_fen",
        "refunded_fen", "points_earning.day", "state", "earned_at", "available_at", "expires_at",
        "given_at", "steps", "earning_id", "refund_no", "fen", "at", "kind", "stock", "each_most",
        "keep_days", "redeemed", "redemption_no", "reward_id", "request_key", "pieces",
        "ready_until", "by", "ended_at", "out_ours", "out_theirs", "in_theirs", "in_ours",
        "most_a_day", "in_days", "alliance_id", "linked_at", "unlinked_at", "exchange_no",
        "direction", "ours", "theirs", "account_id", "why", "partner_no", "points_exchange.day",
        "points_difference.day", "what", "found_at", "settled_by", "note",
    }
)  # fmt: skip
OWNED = (
    Owned("points_earning"),
    Owned("points_check_in", erase=OnErase.DELETE, once_by=("day",)),
    Owned("points_redemption", once_by=("request_key",)),
    Owned(
        "points_alliance_account",
        erase=OnErase.BLANK,
        once_by=("alliance_id",),
        once_where="unlinked_at IS NULL",
    ),
    Owned("points_exchange", once_by=("request_key",)),
    Owned("points_reminder", erase=OnErase.DELETE, once_by=("purse", "expires_at")),
)


@encrypted_column("points_alliance_account", "account_cipher", bound_to="points_account:{id}")
def _no_index(_: str) -> dict[str, str]:
    return {}
