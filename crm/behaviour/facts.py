"""What this room can say of a member: what they looked at, shared, looked for, and when last."""

from typing import Any

from core.audience import Attribute, Choice, Happening, Kind, Trait, register
from crm.behaviour.rules import Step
from trade.catalog.queries.audience import (
    PRODUCT_GOODS,
    brand_choices,
    category_choices,
    product_choices,
)

GOODS = {
    "product": Attribute(Kind.CHOICE, "商品", "product", product_choices),
    "category": Attribute(Kind.CHOICE, "类目", "category", category_choices, is_many=True),
    "brand": Attribute(Kind.CHOICE, "品牌", "brand", brand_choices),
    "price": Attribute(Kind.FEN, "吊牌价", "list price"),
}
SUBJECT = {"subject": Attribute(Kind.TEXT, "内容", "what about")}


def _goods(kind: Step) -> str:
    return f"""
    SELECT e.member_id, e.at, g.product, g.categories AS category, g.brand, g.price
    FROM behaviour_event AS e LEFT JOIN ({PRODUCT_GOODS}) AS g ON g.product_id = e.product_id
    WHERE e.kind = '{kind}'
    """  # noqa: S608  our own words


def _plain(kind: Step) -> str:
    return f"""
    SELECT e.member_id, e.at, e.subject FROM behaviour_event AS e WHERE e.kind = '{kind}'
    """  # noqa: S608  our own words


for _kind, _name, _zh, _en in (
    (Step.VIEW, "viewed", "浏览商品", "viewed goods"),
    (Step.FAVOURITE, "favourited", "收藏商品", "favourited goods"),
    (Step.CART, "put_in_cart", "加入购物车", "put goods in the cart"),
    (Step.SHARE, "shared", "分享", "shared"),
):
    register(Happening(f"behaviour.{_name}", _zh, _en, _goods(_kind), GOODS))

for _kind, _name, _zh, _en in (
    (Step.VISIT, "visited", "到访小程序", "visited the mini-program"),
    (Step.SEARCH, "searched", "搜索", "searched"),
    (Step.FOLLOW, "followed", "关注", "followed"),
    (Step.UNFOLLOW, "unfollowed", "取消关注", "unfollowed"),
    (Step.CLICK, "clicked", "点击", "clicked"),
    (Step.WATCH, "watched", "观看直播", "watched live"),
    (Step.SIGN_IN, "signed_in", "每日签到", "signed in for the day"),
):
    register(Happening(f"behaviour.{_name}", _zh, _en, _plain(_kind), SUBJECT))

LAST = """
SELECT member_id, max(on_day) AS value FROM behaviour_day
WHERE kind IN ('visit', 'view', 'search', 'cart', 'favourite', 'share', 'click')
GROUP BY member_id
"""
DAYS = """
SELECT member_id, count(DISTINCT on_day) AS value FROM behaviour_day
WHERE on_day > (now() AT TIME ZONE 'Asia/Shanghai')::date - 30
    AND kind IN ('visit', 'view', 'search', 'cart', 'favourite', 'share', 'click')
GROUP BY member_id
"""
register(Trait("behaviour.last_seen", Kind.DAY, "最近到访", "last seen", LAST))
register(Trait("behaviour.active_days", Kind.NUMBER, "近30天活跃天数", "active days of 30", DAYS))

LEVELS = tuple(
    Choice(str(level), f"第 {level} 档{note[0]}", f"{level}{note[1]}")
    for level, note in enumerate(
        [("（最低）", " (lowest)"), ("", ""), ("", ""), ("", ""), ("（最高）", " (highest)")],
        start=1,
    )
)


def _portrait(name: str, kind: Kind, zh: str, en: str, value: str, **more: Any) -> None:
    column = value.partition("::")[0]
    query = f"""
    SELECT id AS member_id, {value} AS value FROM behaviour_portrait WHERE {column} IS NOT NULL
    """  # noqa: S608  our own words
    register(Trait(f"behaviour.{name}", kind, zh, en, query, **more))


_portrait(
    "liked_category",
    Kind.CHOICE,
    "偏好类目",
    "liked category",
    "category",
    choices=category_choices,
)
_portrait("liked_brand", Kind.CHOICE, "偏好品牌", "liked brand", "brand", choices=brand_choices)
_portrait(
    "spending_level", Kind.CHOICE, "消费水平", "spending level", "level::text", choices=LEVELS
)
_portrait(
    "likes_discounts", Kind.NUMBER, "折扣偏好（万分比）", "discounts (bp)", "discount_bp::bigint"
)
_portrait("likes_new", Kind.NUMBER, "新品偏好（万分比）", "new goods (bp)", "new_bp::bigint")
_portrait("has_bought", Kind.FLAG, "两年内购买过", "bought within two years", "has_bought")
