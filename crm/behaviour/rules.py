"""What a step of a member's journey is called, when it is believed to have been, and how long.

Pure: moments come in as values.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

MOST_IN_A_BATCH = 100
OLDEST_BELIEVED = timedelta(days=7)  # a phone that was offline for longer: the moment it told us
FUTURE_ALLOWED = timedelta(0)
TIES_BACK = timedelta(days=30)  # what was seen before the sign-in and still becomes the member's


class Step(StrEnum):
    """What a member did or met. The first ones a mini-program tells; the others, our own rooms."""

    VISIT = "visit"
    VIEW = "view"
    CLICK = "click"
    SEARCH = "search"
    SHARE = "share"
    FAVOURITE = "favourite"
    UNFAVOURITE = "unfavourite"
    CART = "cart"
    UNCART = "uncart"
    CHECKOUT = "checkout"
    FOLLOW = "follow"
    UNFOLLOW = "unfollow"
    REVIEW = "review"
    SIGN_IN = "sign_in"
    WATCH = "watch"
    JOINED = "joined"
    GUIDE = "guide"
    ORDERED = "ordered"
    PAID = "paid"
    DONE = "done"
    REFUNDED = "refunded"
    COUPON = "coupon"
    COUPON_USED = "coupon_used"
    TAGGED = "tagged"
    TIER = "tier"
    POINTS = "points"
    MESSAGE = "message"
    SERVICE = "service"


@dataclass(frozen=True, slots=True)
class Wording:
    zh: str
    en: str


WORDS: dict[Step, Wording] = {
    Step.VISIT: Wording("到访", "Visited"),
    Step.VIEW: Wording("浏览", "Viewed"),
    Step.CLICK: Wording("点击", "Clicked"),
    Step.SEARCH: Wording("搜索", "Searched"),
    Step.SHARE: Wording("分享", "Shared"),
    Step.FAVOURITE: Wording("收藏", "Favourited"),
    Step.UNFAVOURITE: Wording("取消收藏", "Took out of favourites"),
    Step.CART: Wording("加入购物车", "Put in the cart"),
    Step.UNCART: Wording("移出购物车", "Took out of the cart"),
    Step.CHECKOUT: Wording("去结算", "Went to checkout"),
    Step.FOLLOW: Wording("关注", "Followed"),
    Step.UNFOLLOW: Wording("取消关注", "Unfollowed"),
    Step.REVIEW: Wording("评价", "Reviewed"),
    Step.SIGN_IN: Wording("签到", "Signed in for the day"),
    Step.WATCH: Wording("观看直播", "Watched live"),
    Step.JOINED: Wording("入会", "Joined"),
    Step.GUIDE: Wording("专属导购变更", "Guide changed"),
    Step.ORDERED: Wording("下单", "Ordered"),
    Step.PAID: Wording("支付", "Paid"),
    Step.DONE: Wording("收到商品", "Has the goods"),
    Step.REFUNDED: Wording("退款", "Got money back"),
    Step.COUPON: Wording("获得优惠券", "Got a coupon"),
    Step.COUPON_USED: Wording("使用优惠券", "Used a coupon"),
    Step.TAGGED: Wording("标签变更", "Tags changed"),
    Step.TIER: Wording("等级变更", "Tier changed"),
    Step.POINTS: Wording("积分变动", "Points moved"),
    Step.MESSAGE: Wording("收到消息", "Got a message"),
    Step.SERVICE: Wording("客户服务", "Was served"),
}
REWARDED = frozenset({Step.VISIT, Step.SHARE, Step.FOLLOW, Step.REVIEW, Step.SIGN_IN})
TOLD_BY_PHONES = frozenset(
    {
        Step.VISIT,
        Step.VIEW,
        Step.CLICK,
        Step.SEARCH,
        Step.SHARE,
        Step.FAVOURITE,
        Step.UNFAVOURITE,
        Step.CART,
        Step.UNCART,
        Step.CHECKOUT,
        Step.FOLLOW,
        Step.UNFOLLOW,
        Step.WATCH,
    }
)


def believed(*, told: datetime, sent: datetime, received: datetime) -> datetime:
    """When it was, by our clock: the phone says how long before sending, we know when it arrived.

    A phone's clock may be years off; the distance between two of its moments is not. What would
    lie ahead of us, or further back than a phone keeps things, is put at the border.
    """
    before = min(max(sent - told, FUTURE_ALLOWED), OLDEST_BELIEVED)
    return received - before
