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
}
