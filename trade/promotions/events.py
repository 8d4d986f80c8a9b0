from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from core.events import Event


@dataclass(frozen=True, slots=True)
class CouponClaimed(Event):
    """A coupon came into a member's hand: claimed, or given."""

    name: ClassVar[str] = "promotions.coupon_claimed"
    coupon_id: int
    campaign_code: str
    member_id: int
    ends_at: datetime
    at: datetime


@dataclass(frozen=True, slots=True)
class CouponUsed(Event):
    """The order that held it is paid."""

    name: ClassVar[str] = "promotions.coupon_used"
    coupon_id: int
    campaign_code: str
    member_id: int
    order_no: str
    at: datetime


@dataclass(frozen=True, slots=True)
class CouponPassed(Event):
    """A friend has taken a coupon: `coupon_id` is the new one."""

    name: ClassVar[str] = "promotions.coupon_passed"
    coupon_id: int
    from_id: int
    to_id: int
    at: datetime
