"""What may be done to a member here: give a coupon."""

from pydantic import BaseModel, Field

from core.deeds import Deed, Done, Outcome, Refused, register
from core.errors import DomainError
from trade.promotions.service import give_coupon


class CouponParams(BaseModel):
    code: str = Field(title="优惠券编号 · coupon code", min_length=1, max_length=40)


async def give(member_id: int, params: CouponParams, cause: str) -> Outcome:
    """One coupon for a cause, however often it is asked; what refuses it will not change soon."""
    try:
        given = await give_coupon(member_id=member_id, code=params.code, cause=f"d:{cause}")
    except DomainError as refusal:
        return Refused(refusal.code)
    return Done(given)


register(Deed("coupons.give", "发优惠券", "give a coupon", CouponParams, give))
