"""The words of points programs, as they stand in rows and in JSON."""

from enum import StrEnum


class Purse(StrEnum):
    """Two kinds of points, kept apart; the values are the ledger's names of the accounts."""

    POINTS = "points"  # 消费积分
    BEHAVIOUR = "behaviour_points"  # 行为积分


class On(StrEnum):
    """What a program gives points for."""

    ORDER = "order"  # 消费
    SIGN_IN = "sign_in"  # 签到
    JOIN = "join"  # 入会
    BIRTHDAY = "birthday"  # 生日
    REVIEW = "review"  # 评价
    SHARE = "share"  # 分享
    FAVOURITE = "favourite"  # 收藏
    VISIT = "visit"  # 到店
    FOLLOW = "follow"  # 关注
    GIFT = "gift"  # 赠送: by a person or a journey, never by a program


class State(StrEnum):
    """An earning waits until the return window has ended; then it stands in the book."""

    PENDING = "pending"
    GIVEN = "given"
    VOID = "void"


class Since(StrEnum):
    """Where the wait of an earning begins."""

    PAID = "paid"
    DONE = "done"


class Span(StrEnum):
    DAY = "day"
    MONTH = "month"
    YEAR = "year"


class RewardKind(StrEnum):
    """What the redemption shop (积分商城) gives: goods of its own, or a coupon for an order."""

    GIFT = "gift"  # 礼品: fetched in a store
    COUPON = "coupon"  # 优惠券
    PRODUCT = (
        "product"  # 商品: an exchange coupon (兑换券), so that stock and delivery are an order's
    )


class RedemptionState(StrEnum):
    READY = "ready"  # 待领取
    HANDED_OVER = "handed_over"  # 已领取
    DONE = "done"  # 已发放: a coupon is in the member's hand
    CANCELLED = "cancelled"  # 已取消, points returned


REDEMPTION_MOVES = {
    (RedemptionState.READY, "hand_over"): RedemptionState.HANDED_OVER,
    (RedemptionState.READY, "cancel"): RedemptionState.CANCELLED,
}


class Direction(StrEnum):
    OUT = "out"  # 转出: ours become the partner's
    IN = "in"  # 转入


class ExchangeState(StrEnum):
    """Unknown: the partner never said whether it took the request; it is asked until it does."""

    WANTED = "wanted"
    UNKNOWN = "unknown"
    DONE = "done"
    REFUSED = "refused"


EXCHANGE_ENDED = frozenset({ExchangeState.DONE, ExchangeState.REFUSED})
