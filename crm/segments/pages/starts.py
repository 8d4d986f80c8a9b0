"""Ready-made beginnings: audiences most brands want, as conditions to be changed (MK-02, MK-15)."""

from dataclasses import dataclass
from typing import Any

Data = dict[str, Any]
PAID = "orders.paid"


@dataclass(frozen=True, slots=True)
class Start:
    code: str
    zh: str
    en: str
    why_zh: str
    why_en: str
    condition: Data


def _paid(days: int | None = None, **more: Any) -> Data:
    return {"did": PAID, **({"within_days": days} if days else {}), **more}


def _count(how: str, value: int) -> Data:
    return {"count": {"is": how, "value": value}}


def _entrance(*values: str) -> Data:
    return {"where": [{"attribute": "entrance", "is": "in", "value": list(values)}]}


ONLINE = ("mini_program", "live", "guide")

STARTS = (
    Start(
        "prospects",
        "潜在客户",
        "Prospects",
        "已入会，还没有买过",
        "joined and never bought",
        {"all": [{"not": _paid()}]},
    ),
    Start(
        "first-buyers",
        "新客",
        "New buyers",
        "近90天第一次购买",
        "bought for the first time within 90 days",
        {
            "all": [
                {"trait": "orders.first", "is": "within_days", "value": 90},
                _paid(None, **_count("equals", 1)),
            ]
        },
    ),
    Start(
        "repeat-buyers",
        "复购客户",
        "Repeat buyers",
        "近一年买过两次及以上",
        "bought twice or more within a year",
        {"all": [_paid(365, **_count("at_least", 2))]},
    ),
    Start(
        "sleepers",
        "沉睡客户",
        "Sleepers",
        "买过，但已超过180天没有再买",
        "bought once, and not for 180 days",
        {"all": [{"trait": "orders.last", "is": "over_days_ago", "value": 180}]},
    ),
    Start(
        "likes-new",
        "喜欢新品",
        "Likes what is new",
        "近14天浏览或收藏，且很少用优惠",
        "viewed goods within 14 days and rarely needs a discount",
        {
            "all": [
                {"did": "behaviour.viewed", "within_days": 14, **_count("at_least", 3)},
                {"trait": "orders.discount_share", "is": "at_most", "value": 10},
            ]
        },
    ),
    Start(
        "likes-discounts",
        "喜欢折扣",
        "Likes discounts",
        "买过，且优惠占比较高",
        "bought, mostly with discounts",
        {"all": [{"trait": "orders.discount_share", "is": "at_least", "value": 20}]},
    ),
    Start(
        "likes-category",
        "偏好某类目",
        "Likes a category",
        "近一年在某类目买过两次，请选择类目",
        "bought twice of one category within a year: choose it",
        {
            "all": [
                {
                    "did": "orders.bought",
                    "where": [{"attribute": "category", "is": "in", "value": []}],
                    "within_days": 365,
                    **_count("at_least", 2),
                }
            ]
        },
    ),
    Start(
        "in-store",
        "店内营销人群",
        "Sold to in the store",
        "近一年在收银台买过",
        "bought at a till within a year",
        {"all": [_paid(365, **_entrance("till"))]},
    ),
    Start(
        "out-of-store",
        "离店成交人群",
        "Sold to out of the store",
        "近一年在小程序、直播或经导购买过",
        "bought by mini-program, live or guide within a year",
        {"all": [_paid(365, **_entrance(*ONLINE))]},
    ),
    Start(
        "raise-basket",
        "提升客单价",
        "Raise the basket",
        "常买但客单价低于 ¥300",
        "buys often, with a mean basket under ¥300",
        {
            "all": [
                _paid(365, **_count("at_least", 2)),
                {"trait": "orders.basket", "is": "less_than", "value": 30_000},
            ]
        },
    ),
)
BLANK = Start("", "空白", "Blank", "从零开始", "begin with nothing", {"all": []})


def start_of(code: str) -> Start:
    """An unknown code begins with nothing."""
    return next((start for start in STARTS if start.code == code), BLANK)
