"""Which columns of this room are personal, why they are kept, and for how long (P1)."""

from core.privacy import Expiring, Kept, OnErase, OnMerge, Owned, Purpose

_MEMBER = frozenset({Purpose.MEMBERSHIP})
EVENT_DAYS = 400  # a year and a season: what was liked last spring is asked for this spring
VISITOR_DAYS = 60

PERSONAL = {
    "behaviour_event.member_id": Kept(_MEMBER, 0, "浏览与互动记录属于谁", "whose steps these are"),
    "behaviour_event.visitor_id": Kept(_MEMBER, 0, "设备编号", "number of a phone"),
    "behaviour_event.kind": Kept(_MEMBER, 0, "做了什么", "what was done"),
    "behaviour_event.product_id": Kept(_MEMBER, 0, "浏览的商品", "goods looked at"),
    "behaviour_event.store_id": Kept(_MEMBER, 0, "所在门店", "store"),
    "behaviour_event.source_id": Kept(_MEMBER, 0, "来源", "where from"),
    "behaviour_event.subject": Kept(_MEMBER, 0, "搜索词、页面等", "search words, pages"),
    "behaviour_event.at": Kept(_MEMBER, 0, "时间", "when"),
    "behaviour_visitor.token_hash": Kept(_MEMBER, 0, "设备编号的摘要", "hash of a phone's number"),
    "behaviour_visitor.member_id": Kept(_MEMBER, 0, "设备属于谁", "whose phone"),
    "behaviour_day.kind": Kept(_MEMBER, 0, "做了什么", "what was done"),
    "behaviour_day.on_day": Kept(_MEMBER, 0, "哪一天", "which day"),
    "behaviour_day.times": Kept(_MEMBER, 0, "次数", "how often"),
    "behaviour_portrait.category": Kept(_MEMBER, 0, "偏好类目", "liked category"),
    "behaviour_portrait.brand": Kept(_MEMBER, 0, "偏好品牌", "liked brand"),
    "behaviour_portrait.level": Kept(_MEMBER, 0, "消费水平", "spending level"),
    "behaviour_portrait.discount_bp": Kept(_MEMBER, 0, "价格敏感度", "sensitivity to prices"),
    "behaviour_portrait.new_bp": Kept(_MEMBER, 0, "新品偏好", "liking for new goods"),
    "behaviour_portrait.has_bought": Kept(_MEMBER, 0, "是否购买过", "bought ever"),
    "behaviour_portrait.steps": Kept(_MEMBER, 0, "依据的记录数", "how much is known"),
}
NOT_PERSONAL = frozenset(
    {
        "id", "key", "member_id", "received_at", "first_seen_at", "last_seen_at", "fingerprint",
        "behaviour_source.guide_id", "behaviour_source.store_id", "behaviour_source.group_id",
        "scene", "campaign", "as_of",
        "behaviour_product_day.on_day", "behaviour_product_day.product_id",
        "behaviour_product_day.kind", "behaviour_product_day.times", "people",
    }
)  # fmt: skip
OWNED = (
    Owned("behaviour_event", erase=OnErase.DELETE),
    Owned("behaviour_visitor", erase=OnErase.DELETE, is_copied=False),
    # Counted anew for both when two persons turn out to be one.
    Owned("behaviour_day", merge=OnMerge.KEEP, erase=OnErase.DELETE, is_copied=False),
    Owned("behaviour_portrait", column="id", merge=OnMerge.KEEP, erase=OnErase.DELETE),
)
EXPIRING = (
    Expiring("behaviour_event", "at", EVENT_DAYS, "浏览与互动记录", "steps of journeys"),
    Expiring(
        "behaviour_visitor", "last_seen_at", VISITOR_DAYS,
        "未登录设备", "phones nobody signed in on", "member_id IS NULL",
    ),
)  # fmt: skip
