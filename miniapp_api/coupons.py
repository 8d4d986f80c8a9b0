"""优惠券. My coupons, those to be had in a store, and which of mine fit a cart."""

from collections.abc import Sequence
from datetime import datetime

from pydantic import Field
from starlette.requests import Request

from core.security.scope import Role, Scope
from core.web.api import Router, Schema
from core.web.i18n import language_of
from core.web.policy import allow
from miniapp_api.quotes import QuoteIn, chosen
from miniapp_api.stores import open_store
from miniapp_api.window import shopper_of
from trade.catalog.errors import SkuNotFound
from trade.promotions.errors import (
    CouponClaimedOften,
    CouponNotForYou,
    CouponNotFound,
    CouponsAllGone,
    QuantityOutOfRange,
    SkuOffShelf,
)
from trade.promotions.queries import (
    CouponOffer,
    CouponState,
    CouponTerm,
    CouponView,
    Fitting,
    coupon_offers,
    coupons_fitting,
    coupons_of,
)
from trade.promotions.service import QuoteLine, QuoteRequest, claim_coupon
from trade.stores.errors import StoreNotFound

router = Router("/api/v1", "coupons")
MEMBER = allow(Role.MEMBER)


class BenefitOut(Schema):
    """From `threshold_fen` and `pieces` on: `off_fen` less, or `pay_bp` of it is paid with at most
    `cap_fen` off; or `exchange_pieces` of the goods for `for_fen`."""

    threshold_fen: int
    pieces: int
    off_fen: int | None
    pay_bp: int | None
    cap_fen: int | None
    exchange_pieces: int
    for_fen: int


class CouponOut(Schema):
    """`starts_at` and `ends_at` say when it is good; `order_no` who holds or used it."""

    coupon_id: str
    code: str
    name: str
    state: CouponState
    order_no: str | None
    starts_at: datetime
    ends_at: datetime
    benefit: BenefitOut
    can_be_gifted: bool


class CouponsQuery(Schema):
    """`state` empty: all of them, usable ones first."""

    state: CouponState | None = None


class CouponsOut(Schema):
    items: list[CouponOut]


class OfferOut(Schema):
    """`left` is null where there is no limit."""

    code: str
    name: str
    benefit: BenefitOut
    ends_at: datetime | None
    can_claim: bool
    left: int | None


class OffersQuery(Schema):
    store_code: str = Field(min_length=1, max_length=32)


class OffersOut(Schema):
    items: list[OfferOut]


class ClaimIn(Schema):
    code: str = Field(min_length=1, max_length=40)


class ClaimOut(Schema):
    coupon_id: str


class FittingOut(Schema):
    """`saves_fen` above 0: it counts on this cart. `text` says what it does, or why nothing."""

    coupon: CouponOut
    saves_fen: int
    text: str


class FittingsOut(Schema):
    """The most saving first."""

    items: list[FittingOut]


@router.get("/coupons", who=MEMBER, summary="My coupons (我的优惠券)")
async def my_coupons(scope: Scope, query: CouponsQuery) -> CouponsOut:
    assert scope.member_id is not None
    mine = await coupons_of(scope.member_id, state=query.state or "")
    return CouponsOut(items=[_coupon(one) for one in mine])


@router.get(
    "/coupon-offers",
    who=MEMBER,
    summary="Coupons to be had in a store (领券中心)",
    errors=(StoreNotFound,),
)
async def offers(scope: Scope, query: OffersQuery) -> OffersOut:
    assert scope.member_id is not None
    store = await open_store(query.store_code)
    shopper = await shopper_of(scope)
    found = await coupon_offers(store.id, scope.member_id, shopper)
    return OffersOut(items=[_offer(one) for one in found])


@router.post(
    "/coupons",
    who=MEMBER,
    status=201,
    summary="Claim a coupon (领取优惠券)",
    errors=(CouponNotFound, CouponNotForYou, CouponsAllGone, CouponClaimedOften),
)
async def post_claim(scope: Scope, body: ClaimIn) -> ClaimOut:
    assert scope.member_id is not None
    me = await shopper_of(scope)
    claimed = await claim_coupon(member_id=scope.member_id, code=body.code, shopper=me)
    return ClaimOut(coupon_id=claimed)


@router.post(
    "/quotes/coupons",
    who=MEMBER,
    idempotent=False,
    summary="Which of my coupons fit this cart (可用优惠券)",
    errors=(StoreNotFound, SkuNotFound, SkuOffShelf, QuantityOutOfRange),
)
async def fitting(request: Request, scope: Scope, body: QuoteIn) -> FittingsOut:
    assert scope.member_id is not None
    store, views = await open_store(body.store_code), await chosen(body.lines)
    lines = [QuoteLine(views[line.sku_code].id, line.quantity) for line in body.lines]
    me = await shopper_of(scope)
    wanted = QuoteRequest(
        store.id,
        lines,
        me.tier,
        member_id=scope.member_id,
        segments=me.segments,
        delivery=body.delivery,
    )
    return FittingsOut(items=_fittings(await coupons_fitting(wanted), language_of(request)))


def _fittings(found: Sequence[Fitting], language: str) -> list[FittingOut]:
    return [
        FittingOut(
            coupon=_coupon(one.coupon),
            saves_fen=one.saves_fen,
            text=one.en if language == "en" else one.zh,
        )
        for one in found
    ]


def _benefit(terms: CouponTerm) -> BenefitOut:
    off = None if terms.exchange_pieces else terms.step.off_fen
    return BenefitOut.of(
        terms.step,
        off_fen=off,
        exchange_pieces=terms.exchange_pieces,
        for_fen=terms.for_fen,
    )


def _coupon(one: CouponView) -> CouponOut:
    return CouponOut.of(one, coupon_id=one.public_id, benefit=_benefit(one.terms))


def _offer(one: CouponOffer) -> OfferOut:
    return OfferOut.of(one, benefit=_benefit(one.terms))
