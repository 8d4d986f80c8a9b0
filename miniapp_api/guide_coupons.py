"""导购发券. The coupons guides may give, to the members they look after."""

from pydantic import Field
from starlette.requests import Request

from core.security.scope import Role, Scope
from core.web.api import Router, Schema
from core.web.policy import allow
from crm.people.errors import MemberNotFound
from crm.people.queries import member_view
from trade.promotions.errors import CouponClaimedOften, CouponNotFound, CouponsAllGone
from trade.promotions.queries import coupons_of_guides
from trade.promotions.service import give_as_guide

router = Router("/api/v1/guide", "guide")
GUIDE = allow(Role.GUIDE, Role.STORE_MANAGER)


class GivableOut(Schema):
    code: str
    name: str


class GiveIn(Schema):
    member_id: str = Field(min_length=1, max_length=40)
    code: str = Field(min_length=1, max_length=40)


class GivenOut(Schema):
    coupon_id: str


@router.get("/coupons", who=GUIDE, summary="Coupons I may give (可发优惠券)")
async def list_givable() -> list[GivableOut]:
    return [GivableOut(code=code, name=name) for code, name in await coupons_of_guides()]


@router.post(
    "/coupons",
    who=GUIDE,
    status=201,
    summary="Give a coupon to a member of mine (发券)",
    errors=(MemberNotFound, CouponNotFound, CouponsAllGone, CouponClaimedOften),
)
async def post_give(request: Request, scope: Scope, body: GiveIn) -> GivenOut:
    member = await member_view(scope, body.member_id)
    cause = f"{scope.staff_id}:{request.headers['idempotency-key']}"
    return GivenOut(coupon_id=await give_as_guide(member_id=member.id, code=body.code, cause=cause))
