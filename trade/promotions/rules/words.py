"""The kinds and states of prices, promotions and coupons."""

from enum import StrEnum


class RateBase(StrEnum):
    """Of which price a tier's rate is taken."""

    LIST = "list"  # 吊牌价
    SALE = "sale"  # 售价


class DealKind(StrEnum):
    """The steps of the chain; the order here is the order in which they are worked out."""

    TIMED_PRICE = "timed_price"  # 限时价
    N_FOR_M = "n_for_m"  # N 件优惠
    BUNDLE = "bundle"  # 套餐
    FULL_REDUCTION = "full_reduction"  # 满减
    GIFT = "gift"  # 赠品
    COUPON = "coupon"  # 优惠券
    FREIGHT = "freight"  # 运费


class CouponState(StrEnum):
    ISSUED = "issued"  # 待使用
    HELD = "held"  # 下单占用
    USED = "used"  # 已使用
    RETURNED = "returned"  # 已退回 (a new one took its place)
    EXPIRED = "expired"  # 已过期
    GIFTED = "gifted"  # 转赠中 (waits for a friend)
    PASSED = "passed"  # 已转赠 (the friend has a new one)


class GiftState(StrEnum):
    """A coupon on its way to a friend."""

    OPEN = "open"  # 待领取
    TAKEN = "taken"  # 已领取
    BACK = "back"  # 已收回
    EXPIRED = "expired"  # 已过期, the giver has it again


class IssueState(StrEnum):
    """Coupons for many members at once."""

    RUNNING = "running"  # 发放中
    DONE = "done"  # 已完成
    CANCELLED = "cancelled"  # 已取消: what was given stays


class UseKind(StrEnum):
    COUPON = "coupon"
    DEAL = "deal"


class UseState(StrEnum):
    HELD = "held"
    CAPTURED = "captured"
    RELEASED = "released"
    RETURNED = "returned"


COUPON_MOVES = {
    (CouponState.ISSUED, "hold"): CouponState.HELD,
    (CouponState.ISSUED, "expire"): CouponState.EXPIRED,
    (CouponState.HELD, "release"): CouponState.ISSUED,
    (CouponState.HELD, "use"): CouponState.USED,
    (CouponState.USED, "give_back"): CouponState.RETURNED,
    (CouponState.ISSUED, "gift"): CouponState.GIFTED,
    (CouponState.GIFTED, "take"): CouponState.PASSED,
    (CouponState.GIFTED, "take_back"): CouponState.ISSUED,
}
