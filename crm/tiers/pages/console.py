"""Tiers for marketers: bounds, benefits, paid memberships, and coupons for all of a tier."""

from collections import defaultdict
from datetime import timedelta
from secrets import token_hex
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from core import clock
from core.errors import DomainError
from core.security.scope import Role, Scope
from core.web.api import Router
from core.web.charts import Point, bar_chart
from core.web.i18n import language_of
from core.web.navigation import Section, add_to_console
from core.web.pages import form, redirect, render
from core.web.policy import allow
from crm.people.queries import member_view
from crm.tiers.errors import PlanNotFound, TierUnknown
from crm.tiers.pages.reading import (
    BenefitRow,
    RungRow,
    benefit_rows,
    benefits_of_form,
    ladder_of,
    plan_of_form,
    rung_rows,
    typed_benefits,
    typed_rungs,
)
from crm.tiers.queries import (
    BASE_TIER,
    RungView,
    benefits,
    ladder_now,
    members_by_tier,
    members_having,
    plans,
)
from crm.tiers.service import (
    Basis,
    end_term,
    give_tier,
    put_benefits,
    put_ladder,
    put_plan,
)
from trade.catalog.queries import skus
from trade.promotions.queries import campaigns
from trade.promotions.service import DealKind, issue_coupons

router = Router("/console/tiers", "tier pages", login="/login")
OFFICE = allow(Role.MARKETER, Role.HEAD_OFFICE)
HEAD = allow(Role.HEAD_OFFICE)
add_to_console(
    "/console/tiers", zh="等级", en="Tiers", section=Section.MEMBERS, who=OFFICE, order=40
)


@router.page("GET", "", who=OFFICE, summary="Tiers, who has them, memberships (会员等级)")
async def show_tiers(request: Request, scope: Scope) -> Response:
    ladder, counts = await ladder_now(), await members_by_tier()
    english, found = language_of(request) == "en", await plans()
    bars = [
        Point(_name(one, english=english), counts.get(one.code, 0), f"/console/tiers/of/{one.code}")
        for one in ladder.rungs
    ]
    return render(
        request,
        "tiers/list.html",
        ladder=ladder,
        counts=counts,
        chart=bar_chart(bars),
        benefits=await benefits(),
        plans=found,
        goods=await skus(one.sku_id for one in found),
        is_money=ladder.basis is Basis.PAID,
    )


@router.page("GET", "/edit", who=OFFICE, summary="The form of the tiers (修改等级)")
async def show_edit(request: Request, scope: Scope) -> Response:
    ladder = await ladder_now()
    return _ladder_form(request, ladder, rung_rows(ladder))


@router.page("POST", "/edit", who=OFFICE, summary="Keep the tiers as a new version (保存等级)")
async def keep_ladder(request: Request, scope: Scope) -> Response:
    fields = await form(request)
    try:
        await put_ladder(ladder_of(fields), by=scope)
    except DomainError as refused:
        return _ladder_form(request, defaultdict(str, fields), typed_rungs(fields), refused)
    return redirect("/console/tiers")


@router.page("GET", "/of/{tier}", who=OFFICE, summary="One tier and its benefits (等级权益)")
async def show_tier(request: Request, scope: Scope, tier: str) -> Response:
    return await _holder_page(request, tier=tier)


@router.page("POST", "/of/{tier}", who=OFFICE, summary="Set what a tier brings (保存权益)")
async def keep_benefits(request: Request, scope: Scope, tier: str) -> Response:
    fields = await form(request)
    try:
        await put_benefits(benefits_of_form(fields), tier=tier, by=scope)
    except DomainError as refused:
        return await _holder_page(request, tier=tier, rows=typed_benefits(fields), refused=refused)
    return redirect(f"/console/tiers/of/{tier}")


@router.page("POST", "/of/{tier}/coupons", who=OFFICE, summary="A coupon for all of a tier (发券)")
async def issue_to_tier(request: Request, scope: Scope, tier: str) -> Response:
    """The form's own key makes one issue of it, however often it is sent."""
    fields = await form(request)
    await _rung(tier)
    code, key = str(fields.get("coupon", ""))[:40], str(fields.get("key", ""))[:40]
    try:
        issue = await issue_coupons(
            code=code,
            member_ids=await members_having(tier),
            cause=f"tier:{tier}:{key or token_hex(16)}",
            by=scope,
            note=f"{tier} {str(fields.get('note', ''))[:60]}".strip(),
        )
    except DomainError as refused:
        return await _holder_page(request, tier=tier, refused=refused)
    return redirect(f"/console/coupons/issues/{issue}")


@router.page("GET", "/plans/{plan}", who=OFFICE, summary="One paid membership (付费会员)")
async def show_plan(request: Request, scope: Scope, plan: str) -> Response:
    return await _holder_page(request, plan=plan)


@router.page("POST", "/plans/{plan}", who=OFFICE, summary="Set what a membership brings")
async def keep_plan_benefits(request: Request, scope: Scope, plan: str) -> Response:
    fields = await form(request)
    try:
        await put_benefits(benefits_of_form(fields), plan=plan, by=scope)
    except DomainError as refused:
        return await _holder_page(request, plan=plan, rows=typed_benefits(fields), refused=refused)
    return redirect(f"/console/tiers/plans/{plan}")


@router.page("POST", "/plans", who=OFFICE, summary="Keep a paid membership (保存付费会员)")
async def keep_plan(request: Request, scope: Scope) -> Response:
    fields = await form(request)
    try:
        draft = await plan_of_form(fields)
        await put_plan(draft, by=scope)
    except DomainError as refused:
        return render(
            request, "tiers/plan.html", 422, **await _plan_words(request, fields, refused)
        )
    return redirect(f"/console/tiers/plans/{draft.code}")


@router.page("GET", "/new-plan", who=OFFICE, summary="The form of a paid membership")
async def show_new_plan(request: Request, scope: Scope) -> Response:
    return render(request, "tiers/plan.html", **await _plan_words(request, {}, None))


@router.page("POST", "/members/{member}", who=HEAD, summary="Give a member a tier (赠予等级)")
async def post_give(request: Request, scope: Scope, member: str) -> Response:
    fields = await form(request)
    view = await member_view(scope, member)
    text = str(fields.get("days", ""))
    days = int(text) if text.isascii() and text.isdigit() and 0 < len(text) < 5 else 30
    until = clock.now() + timedelta(days=max(days, 1))
    key = str(fields.get("key", ""))[:40] or token_hex(16)
    tier = str(fields.get("tier", ""))[:20]
    await give_tier(member_id=view.id, tier=tier, until=until, cause=f"page:{key}", by=scope)
    return redirect(f"/console/members/{member}")


@router.page("POST", "/terms/{term}/end", who=HEAD, summary="Take a term back (收回)")
async def post_end(request: Request, scope: Scope, term: str) -> Response:
    fields = await form(request)
    await end_term(public_id=term, why=str(fields.get("why", ""))[:80], by=scope)
    back = str(fields.get("member", ""))[:40]
    return redirect(f"/console/members/{back}" if back.startswith("mem_") else "/console/tiers")


async def _rung(tier: str) -> RungView:
    found = [one for one in (await ladder_now()).rungs if one.code == tier]
    if not found:
        raise TierUnknown(tier=tier[:20])
    return found[0]


async def _holder_page(
    request: Request,
    *,
    tier: str = "",
    plan: str = "",
    rows: list[BenefitRow] | None = None,
    refused: DomainError | None = None,
) -> Response:
    """The page of a tier, or of a paid membership: who has it and what it brings."""
    english = language_of(request) == "en"
    rung = await _rung(tier) if tier else None
    found = [one for one in await plans() if one.code == plan]
    if plan and not found:
        raise PlanNotFound(plan=plan[:40])
    name = _name(rung, english=english) if rung else (found[0].en if english else found[0].zh)
    return render(
        request,
        "tiers/holder.html",
        422 if refused else 200,
        tier=tier,
        plan=found[0] if found else None,
        name=name or plan,
        members=(await members_by_tier()).get(tier, 0),
        is_base=tier == BASE_TIER,
        rows=rows or benefit_rows(await benefits(tier=tier, plan=plan)),
        coupons=[one for one in await campaigns() if one.kind is DealKind.COUPON],
        key=token_hex(16),
        **_refusal(request, refused),
    )


def _ladder_form(
    request: Request, facts: object, rows: list[RungRow], refused: DomainError | None = None
) -> Response:
    return render(
        request,
        "tiers/edit.html",
        422 if refused else 200,
        facts=facts,
        rows=rows,
        **_refusal(request, refused),
    )


async def _plan_words(
    request: Request, fields: object, refused: DomainError | None
) -> dict[str, Any]:
    rungs = (await ladder_now()).rungs
    return {"typed": fields, "rungs": rungs, **_refusal(request, refused)}


def _refusal(request: Request, refused: DomainError | None) -> dict[str, str]:
    if refused is None:
        return {"refusal": "", "wrong": ""}
    said = refused.en if language_of(request) == "en" else refused.zh
    return {"refusal": said, "wrong": "".join(str(one) for one in refused.facts.values())[:40]}


def _name(rung: RungView, *, english: bool) -> str:
    return (rung.en if english else rung.zh) or rung.code
