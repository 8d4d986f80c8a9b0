"""会员等级. Where I stand, what it brings, and paid membership."""

from datetime import datetime
from typing import Any

from starlette.requests import Request

from core import clock
from core.security.scope import Role, Scope
from core.web.api import Router, Schema
from core.web.i18n import language_of
from core.web.policy import allow
from crm.tiers.errors import NoMembership
from crm.tiers.queries import (
    Basis,
    BenefitKind,
    BenefitView,
    PlanView,
    TermView,
    Why,
    benefits,
    benefits_of,
    changes_of,
    ladder_now,
    plans,
    standing_of,
    terms_of,
)
from crm.tiers.service import want_renewal
from trade.catalog.queries import SkuView, skus

router = Router("/api/v1", "tiers")
MEMBER = allow(Role.MEMBER)


class BenefitOut(Schema):
    """`facts` by kind: price {rateBp}, freight {freeFromFen, feeFen}, points {bp}, a gift."""

    kind: BenefitKind
    text: str
    rate_bp: int | None
    free_from_fen: int | None
    points_bp: int | None


class StepOut(Schema):
    """One tier. `threshold` is fen paid or growth value, as `basis` says."""

    tier: str
    name: str
    threshold: int
    is_mine: bool
    benefits: list[BenefitOut]


class ChangeOut(Schema):
    from_tier: str
    to_tier: str
    why: Why
    at: datetime


class TierOut(Schema):
    """`amount` counts now, `missing` of `nextTier` still; `toKeep` is what is missing to keep the
    tier when it ends at `until`. `tier` may be above `earned`: paid for, or given."""

    tier: str
    earned: str
    basis: Basis
    amount: int
    next_tier: str | None
    missing: int
    to_keep: int
    until: datetime | None
    is_in_grace: bool
    ladder: list[StepOut]
    benefits: list[BenefitOut]
    changes: list[ChangeOut]


class PlanOut(Schema):
    """A paid membership: buy the SKU by an order. `skuCode` empty: it is not on the shelf."""

    plan: str
    name: str
    tier: str
    days: int
    sku_code: str
    price_fen: int | None
    benefits: list[BenefitOut]


class TermOut(Schema):
    plan: str
    tier: str
    starts_at: datetime
    ends_at: datetime | None
    is_alive: bool
    wants_renewal: bool


class MembershipsOut(Schema):
    plans: list[PlanOut]
    terms: list[TermOut]


class RenewalIn(Schema):
    is_wanted: bool


@router.get("/tier", who=MEMBER, summary="My tier, and what is missing to the next (我的等级)")
async def my_tier(request: Request, scope: Scope) -> TierOut:
    assert scope.member_id is not None
    language, ladder = language_of(request), await ladder_now()
    standing, everything = await standing_of(scope.member_id), await benefits()
    mine = await benefits_of(scope.member_id, standing.tier)
    steps = [
        StepOut(
            tier=rung.code,
            name=(rung.en if language == "en" else rung.zh) or rung.code,
            threshold=rung.threshold,
            is_mine=rung.code == standing.tier,
            benefits=[_benefit(one, language) for one in everything if one.tier == rung.code],
        )
        for rung in ladder.rungs
    ]
    return TierOut.of(
        standing,
        next_tier=standing.next.code if standing.next else None,
        ladder=steps,
        benefits=[_benefit(one, language) for one in mine],
        changes=[ChangeOut.of(one) for one in await changes_of(scope.member_id, limit=20)],
    )


@router.get("/memberships", who=MEMBER, summary="Paid memberships, and mine (付费会员)")
async def memberships(request: Request, scope: Scope) -> MembershipsOut:
    assert scope.member_id is not None
    found, language = [one for one in await plans() if one.is_open], language_of(request)
    goods, everything = await skus(one.sku_id for one in found), await benefits()
    return MembershipsOut(
        plans=[_plan(one, goods.get(one.sku_id), everything, language) for one in found],
        terms=[_term(one) for one in await terms_of(scope.member_id) if one.plan],
    )


@router.put(
    "/memberships/{plan}/renewal",
    who=MEMBER,
    summary="Say whether my membership should go on (续费意愿)",
    errors=(NoMembership,),
)
async def put_renewal(scope: Scope, plan: str, body: RenewalIn) -> None:
    """A wish: before the end the member is asked to pay, no money is taken without them."""
    assert scope.member_id is not None
    await want_renewal(member_id=scope.member_id, plan=plan, is_wanted=body.is_wanted)


WORDS: dict[BenefitKind, tuple[str, str]] = {
    BenefitKind.PRICE: ("会员价", "Member price"),
    BenefitKind.FREIGHT: ("包邮", "Free delivery"),
    BenefitKind.POINTS: ("积分加倍", "More points"),
    BenefitKind.WELCOME: ("升级礼券", "A gift on reaching it"),
    BenefitKind.BIRTHDAY: ("生日礼券", "A birthday gift"),
    BenefitKind.MONTHLY: ("每月礼券", "A gift every month"),
    BenefitKind.SERVICE: ("专属服务", "Service"),
}


def _benefit(one: BenefitView, language: str) -> BenefitOut:
    zh, en = WORDS[one.kind]
    facts: dict[str, Any] = one.facts
    return BenefitOut(
        kind=one.kind,
        text=(one.en or en) if language == "en" else (one.zh or zh),
        rate_bp=facts.get("rate_bp"),
        free_from_fen=facts.get("free_from_fen"),
        points_bp=facts.get("bp"),
    )


def _plan(
    one: PlanView, sku: SkuView | None, everything: list[BenefitView], language: str
) -> PlanOut:
    is_sold = sku is not None and sku.on_sale
    return PlanOut(
        plan=one.code,
        name=(one.en if language == "en" else one.zh) or one.zh,
        tier=one.tier,
        days=one.days,
        sku_code=sku.code if sku and is_sold else "",
        price_fen=sku.list_price_fen if sku and is_sold else None,
        benefits=[_benefit(row, language) for row in everything if row.plan == one.code],
    )


def _term(one: TermView) -> TermOut:
    return TermOut.of(one, is_alive=one.is_alive(clock.now()))
