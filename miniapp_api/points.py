"""积分. What I have, what ends when, signing in, the redemption shop."""

from datetime import date, datetime

from pydantic import Field
from starlette.requests import Request

from core.security.scope import Role, Scope
from core.web.api import Router, Schema
from core.web.i18n import language_of
from core.web.policy import allow
from crm.points.errors import (
    BadAmount,
    NotEnough,
    RedemptionNotFound,
    RedemptionNotReady,
    RewardGone,
    RewardNotFound,
    RewardTakenOften,
    StoreNeeded,
)
from crm.points.queries import (
    On,
    Purse,
    PurseView,
    RedemptionState,
    RedemptionView,
    RewardKind,
    gifts_to_fetch,
    redemptions_of,
    rewards_for,
    statement_of,
)
from crm.points.service import cancel_redemption, check_in, hand_over_gift, redeem
from miniapp_api.stores import open_store
from trade.stores.errors import StoreNotFound
from trade.stores.queries import all_stores

router = Router("/api/v1", "points")
MEMBER = allow(Role.MEMBER)
STAFF = allow(Role.GUIDE, Role.STORE_MANAGER)


class LotOut(Schema):
    """`expiresAt` is null for points that never end."""

    points: int
    expires_at: datetime | None


class PendingOut(Schema):
    """`availableAt` is null until the goods are handed over."""

    points: int
    on: On
    order_no: str | None
    available_at: datetime | None


class PurseOut(Schema):
    """One kind of points. `owed` is what a refund has left open; the next earning pays it."""

    purse: Purse
    points: int
    held: int
    owed: int
    coming: int
    lots: list[LotOut]
    pending: list[PendingOut]
    told: list[str]


class PointsOut(Schema):
    """`told` are the newest movements in words, newest first."""

    purses: list[PurseOut]


@router.get("/points", who=MEMBER, summary="My points, and what ends when (我的积分)")
async def my_points(scope: Scope, request: Request) -> PointsOut:
    assert scope.member_id is not None
    found = await statement_of(scope.member_id, language_of(request))
    return PointsOut(purses=[_purse(one) for one in found.values()])


def _purse(one: PurseView) -> PurseOut:
    return PurseOut.of(
        one,
        coming=one.coming,
        lots=[LotOut.of(lot) for lot in one.lots],
        pending=[PendingOut.of(pending) for pending in one.pending],
        told=list(one.told[:20]),
    )


class CheckInOut(Schema):
    """`points` is what it gave just now: 0 when I had signed in today."""

    day: date
    streak: int
    points: int
    is_new: bool


@router.post("/points/check-ins", who=MEMBER, summary="Sign in for today (签到)")
async def post_check_in(scope: Scope) -> CheckInOut:
    assert scope.member_id is not None
    return CheckInOut.of(await check_in(member_id=scope.member_id))


class RewardOut(Schema):
    """`left` is null without a limit, `mine` how many I have had."""

    reward_id: str
    kind: RewardKind
    name: str
    purse: Purse
    points: int
    left: int | None
    each_most: int | None
    mine: int
    can_redeem: bool


class RewardsOut(Schema):
    items: list[RewardOut]


@router.get("/points/rewards", who=MEMBER, summary="The redemption shop (积分商城)")
async def list_rewards(scope: Scope) -> RewardsOut:
    assert scope.member_id is not None
    found = await rewards_for(scope.member_id)
    return RewardsOut(
        items=[
            RewardOut.of(one, reward_id=one.public_id, can_redeem=one.can_redeem) for one in found
        ]
    )


class RedeemIn(Schema):
    """`storeCode` is where a gift is fetched."""

    reward_id: str = Field(min_length=1, max_length=40)
    pieces: int = Field(default=1, ge=1, le=20)
    store_code: str | None = Field(default=None, max_length=32)


class RedeemedOut(Schema):
    redemption_no: str
    points: int
    state: RedemptionState
    coupons: list[str]


@router.post(
    "/points/redemptions",
    who=MEMBER,
    status=201,
    summary="Take a reward for points (兑换)",
    errors=(
        BadAmount,
        RewardNotFound,
        RewardGone,
        RewardTakenOften,
        StoreNeeded,
        NotEnough,
        StoreNotFound,
    ),
)
async def post_redemption(scope: Scope, request: Request, body: RedeemIn) -> RedeemedOut:
    assert scope.member_id is not None
    store = await open_store(body.store_code) if body.store_code else None
    done = await redeem(
        member_id=scope.member_id,
        reward_id=body.reward_id,
        key=request.headers["idempotency-key"],
        pieces=body.pieces,
        store_id=store.id if store else None,
    )
    return RedeemedOut.of(done, coupons=list(done.coupons))


class RedemptionOut(Schema):
    """`storeCode` and `readyUntil` say where a gift lies, and how long."""

    redemption_no: str
    reward: str
    kind: RewardKind
    pieces: int
    points: int
    purse: Purse
    state: RedemptionState
    store_code: str | None
    ready_until: datetime | None
    at: datetime


class RedemptionsOut(Schema):
    items: list[RedemptionOut]


async def _shown(found: list[RedemptionView]) -> RedemptionsOut:
    codes = {store.id: store.code for store in await all_stores()} if found else {}
    return RedemptionsOut(
        items=[RedemptionOut.of(one, store_code=codes.get(one.store_id or 0)) for one in found]
    )


@router.get("/points/redemptions", who=MEMBER, summary="What I redeemed (我的兑换)")
async def list_redemptions(scope: Scope) -> RedemptionsOut:
    assert scope.member_id is not None
    return await _shown(await redemptions_of(scope.member_id))


@router.delete(
    "/points/redemptions/{redemption_no}",
    who=MEMBER,
    summary="Give a gift back that I have not fetched (取消兑换)",
    errors=(RedemptionNotFound, RedemptionNotReady),
)
async def delete_redemption(scope: Scope, redemption_no: str) -> None:
    assert scope.member_id is not None
    await cancel_redemption(redemption_no=redemption_no, member_id=scope.member_id)


@router.get("/counter/redemptions", who=STAFF, summary="Gifts to be fetched here (待领取礼品)")
async def list_gifts(scope: Scope) -> RedemptionsOut:
    return await _shown(await gifts_to_fetch(scope.store_ids or frozenset()))


@router.post(
    "/counter/redemptions/{redemption_no}/hand-over",
    who=STAFF,
    summary="The member has the gift (交付礼品)",
    errors=(RedemptionNotFound, RedemptionNotReady),
)
async def post_hand_over(scope: Scope, redemption_no: str) -> None:
    stores = scope.store_ids or frozenset()
    await hand_over_gift(redemption_no=redemption_no, by=scope.actor, store_ids=stores)
