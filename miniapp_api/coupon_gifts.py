"""转赠与兑换. A coupon for a friend, one from a friend, and one out of a printed code."""

from pydantic import Field

from core.security.scope import Role, Scope
from core.web.api import Router, Schema
from core.web.limits import TooManyTries, check_rate
from core.web.policy import allow
from trade.promotions.errors import (
    CodeUnknown,
    CouponClaimedOften,
    CouponNotFound,
    CouponNotGiftable,
    CouponsAllGone,
    GiftGone,
    GiftNotFound,
    GiftOwn,
)
from trade.promotions.service import gift_coupon, redeem_code, take_gift, take_gift_back

router = Router("/api/v1", "coupon gifts")
MEMBER = allow(Role.MEMBER)
TRIES_A_MINUTE = 10  # a code has 80 random bits; a token 122


class GiftOut(Schema):
    """`token` goes into the path of the share card; it is good for a day."""

    token: str


class TokenIn(Schema):
    token: str = Field(min_length=1, max_length=60)


class CodeIn(Schema):
    code: str = Field(min_length=1, max_length=40)


class CouponGotOut(Schema):
    coupon_id: str


@router.post(
    "/coupons/{coupon_id}/gift",
    who=MEMBER,
    status=201,
    summary="Send my coupon to a friend (转赠)",
    errors=(CouponNotGiftable,),
)
async def post_gift(scope: Scope, coupon_id: str) -> GiftOut:
    assert scope.member_id is not None
    return GiftOut(token=await gift_coupon(member_id=scope.member_id, coupon_id=coupon_id))


@router.delete(
    "/coupons/{coupon_id}/gift",
    who=MEMBER,
    summary="Take back what no friend has taken (收回)",
    errors=(GiftGone,),
)
async def delete_gift(scope: Scope, coupon_id: str) -> None:
    assert scope.member_id is not None
    await take_gift_back(member_id=scope.member_id, coupon_id=coupon_id)


@router.post(
    "/coupon-gifts",
    who=MEMBER,
    status=201,
    summary="Take a friend's coupon (领取好友赠券)",
    errors=(GiftNotFound, GiftOwn, GiftGone, TooManyTries),
)
async def post_take(scope: Scope, body: TokenIn) -> CouponGotOut:
    assert scope.member_id is not None
    await check_rate("coupon.gift", scope.actor, per_minute=TRIES_A_MINUTE)
    return CouponGotOut(coupon_id=await take_gift(member_id=scope.member_id, token=body.token))


@router.post(
    "/coupon-codes",
    who=MEMBER,
    status=201,
    summary="A coupon for a printed code (兑换券码)",
    errors=(CodeUnknown, CouponNotFound, CouponsAllGone, CouponClaimedOften, TooManyTries),
)
async def post_code(scope: Scope, body: CodeIn) -> CouponGotOut:
    assert scope.member_id is not None
    await check_rate("coupon.code", scope.actor, per_minute=TRIES_A_MINUTE)
    return CouponGotOut(coupon_id=await redeem_code(member_id=scope.member_id, code=body.code))
