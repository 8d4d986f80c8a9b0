"""Why a coupon that lies on the table does not count, for people."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from trade.promotions.rules import Deal

NO_COUPON = ("没有这张优惠券，或不属于您", "There is no such coupon of yours.")
SPENT = {
    "held": ("正在另一订单中使用", "another order holds it."),
    "used": ("已使用", "it is used."),
    "returned": ("已退回，请使用新券", "it was given back as a new one."),
    "expired": ("已过期", "it has expired."),
    "gifted": ("正在转赠给好友", "it is on its way to a friend."),
    "passed": ("已转赠给好友", "a friend has it."),
}


def why_not(coupon: Mapping[str, Any], at: datetime) -> tuple[str, str] | None:
    """Why a coupon does not count at a moment, for people; None when nothing speaks against it."""
    if coupon["state"] != "issued":
        return SPENT[coupon["state"]]
    if at < datetime.fromisoformat(coupon["good_from"]):
        return ("未到使用时间", "its days have not begun.")
    if at >= datetime.fromisoformat(coupon["good_until"]):
        return SPENT["expired"]
    return None


def why_not_here(deal: Deal, places: Sequence[str]) -> tuple[str, str] | None:
    if not deal.scope.places or not deal.scope.places.isdisjoint(places):
        return None
    return ("本店不可用", "it does not count in this store.")
