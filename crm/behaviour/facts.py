"""What this room can say of a member: what they looked at, shared, looked for, and when last."""

from core.audience import Attribute, Happening, Kind, Trait, register
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
}
SUBJECT = {"subject": Attribute(Kind.TEXT, "内容", "what about")}


def _goods(kind: Step) -> str:
    return f"""
    SELECT e.member_id, e.at, g.product, g.categories AS category, g.brand
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
