"""Price lists (价格表) by place and tier, the tiers' rates, and what points are worth at checkout.

Nothing is overwritten: what is kept again for the same day is a new version of it.
"""

import re
from collections.abc import Mapping
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from core import clock
from core.audit_log import record
from core.errors import DomainError
from core.security.scope import Role, Scope
from core.web.api import Router
from core.web.i18n import language_of
from core.web.navigation import Section, add_to_console
from core.web.pages import form, redirect, render
from core.web.policy import allow
from trade.catalog.queries import SkuView, find_sku
from trade.promotions.errors import BadPromotion
from trade.promotions.pages.deal_form import typed_of
from trade.promotions.pages.deal_terms import Typed
from trade.promotions.pages.fields import day_in, fen_in, percent_in, whole_in
from trade.promotions.queries import price_rows, program_now, program_rates, tier_rates
from trade.promotions.service import (
    MemberRateDraft,
    PriceDraft,
    ProgramRateDraft,
    RateBase,
    put_member_rates,
    put_prices,
    put_program_rates,
)
from trade.stores.queries import all_stores, find_store

router = Router("/console/prices", "price lists", login="/login")
OFFICE = allow(Role.MARKETER, Role.HEAD_OFFICE)
add_to_console(
    "/console/prices",
    zh="价格表",
    en="Price lists",
    section=Section.MARKETING,
    who=OFFICE,
    order=53,
)
TIER = re.compile(r"[A-Za-z0-9_-]{0,20}")
PLACES = ("all", "region", "store")


@router.page("GET", "", who=OFFICE, summary="Prices, tiers' rates, points' worth (价格表)")
async def show_prices(request: Request, scope: Scope) -> Response:
    today = clock.shop_day(clock.now()).isoformat()
    code = request.query_params.get("sku", "")[:64].strip()
    return await _page(request, typed_of({"sku": code, "valid_from": today}))


@router.page("POST", "", who=OFFICE, summary="Set a price of a SKU (定价)")
async def post_price(request: Request, scope: Scope) -> Response:
    typed = typed_of(await form(request))
    try:
        sku = await find_sku(typed["sku"][:64])
        if sku is None:
            raise BadPromotion(field="sku")
        draft = await _price_in(typed, sku)
        await put_prices([draft])
    except DomainError as refused:
        return await _page(request, typed, refused=refused, at="price")
    await record(scope, "price.put", sku.code, tier=draft.tier, fen=draft.price_fen)
    return redirect(f"/console/prices?sku={sku.code}")


async def _price_in(typed: Typed, sku: SkuView) -> PriceDraft:
    fen = fen_in(typed["price"], "price")
    if fen is None:
        raise BadPromotion(field="price")
    where: dict[str, Any] = {"store_id": None}
    if typed["place"] == "store":
        store = await find_store(typed["store"][:32])
        if store is None:
            raise BadPromotion(field="store")
        where = {"store_id": store.id}
    elif typed["place"] == "region":
        if not 1 <= len(typed["region"]) <= 30:
            raise BadPromotion(field="region")
        where = {"store_id": None, "region": typed["region"]}
    return PriceDraft(
        sku_id=sku.id,
        price_fen=fen,
        **_days(typed, ""),
        tier=_tier(typed["tier"], "tier"),
        is_lower_only=bool(typed["is_lower_only"]),
        **where,
    )


@router.page("POST", "/tiers", who=OFFICE, summary="What a tier pays of a price (会员折扣)")
async def post_rate(request: Request, scope: Scope) -> Response:
    typed = typed_of(await form(request))
    try:
        rate = percent_in(typed["rate"], "rate")
        tier = _tier(typed["rate_tier"], "rate_tier")
        if rate is None or not tier:
            raise BadPromotion(field="rate" if tier else "rate_tier")
        of = RateBase.SALE if typed["rate_of"] == "sale" else RateBase.LIST
        days = _days(typed, "rate_")
        await put_member_rates([MemberRateDraft(tier=tier, rate_bp=rate, rate_of=of, **days)])
    except DomainError as refused:
        return await _page(request, typed, refused=refused, at="tiers")
    await record(scope, "member_rate.put", tier, bp=rate)
    return redirect("/console/prices#tiers")


@router.page("POST", "/points", who=OFFICE, summary="What points are worth at checkout (积分抵现)")
async def post_points(request: Request, scope: Scope) -> Response:
    """Commission and franchise share stay what they are."""
    typed = typed_of(await form(request))
    try:
        draft = await _program_in(typed)
        await put_program_rates([draft])
    except DomainError as refused:
        return await _page(request, typed, refused=refused, at="points")
    await record(scope, "program_rate.put", str(draft.valid_from), a_yuan=draft.points_a_yuan)
    return redirect("/console/prices#points")


async def _program_in(typed: Typed) -> ProgramRateDraft:
    names = ("points_per_yuan", "points_a_yuan", "points_step")
    numbers = {name: whole_in(typed[name], name) or 0 for name in names}
    if not numbers["points_step"]:
        raise BadPromotion(field="points_step")
    before = await program_now()
    return ProgramRateDraft(
        **numbers,
        commission_bp=before.commission_bp if before else 0,
        share_bp=before.share_bp if before else 0,
        valid_from=_days(typed, "points_")["valid_from"],
        points_cap_bp=percent_in(typed["points_cap"], "points_cap") or 0,
    )


def _days(typed: Typed, prefix: str) -> dict[str, Any]:
    first = day_in(typed[f"{prefix}valid_from"], f"{prefix}valid_from")
    last = day_in(typed[f"{prefix}valid_to"], f"{prefix}valid_to")
    first = first or clock.shop_day(clock.now())
    if last is not None and last < first:
        raise BadPromotion(field=f"{prefix}valid_to")
    return {"valid_from": first, "valid_to": last}


def _tier(text: str, field: str) -> str:
    if not TIER.fullmatch(text):
        raise BadPromotion(field=field)
    return text


async def _page(
    request: Request,
    typed: Typed,
    *,
    refused: DomainError | None = None,
    at: str = "",
) -> Response:
    told = (refused.en if language_of(request) == "en" else refused.zh) if refused else ""
    facts: Mapping[str, Any] = refused.facts if refused else {}
    sku = await find_sku(typed["sku"][:64]) if typed["sku"] else None
    stores = await all_stores()
    return render(
        request,
        "promotions/prices.html",
        422 if refused else 200,
        typed=typed,
        sku=sku,
        rows=await price_rows(sku.id) if sku else [],
        rates=await tier_rates(),
        program=await program_rates(),
        now=await program_now(),
        stores=stores,
        names={f"store:{store.id}": store.name for store in stores},
        places=PLACES,
        at=at,
        told=told,
        wrong=str(facts.get("field", "")),
    )
