"""Promotions for marketers: what runs and what is used of it, end one now, and try a cart."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from starlette.requests import Request
from starlette.responses import Response

from core.audit_log import record
from core.errors import DomainError
from core.security.scope import Role, Scope
from core.web.api import Router
from core.web.i18n import language_of
from core.web.navigation import Section, add_to_console
from core.web.pages import form, redirect, render
from core.web.policy import allow
from trade.catalog.errors import SkuNotFound
from trade.catalog.queries import SkuView, skus, skus_by_code
from trade.promotions.errors import QuantityOutOfRange
from trade.promotions.queries import campaigns
from trade.promotions.service import (
    PromotionDraft,
    Quote,
    QuoteLine,
    QuoteRequest,
    Reason,
    end_promotion,
    what_if,
)
from trade.stores.errors import StoreNotFound
from trade.stores.queries import all_stores, find_store

router = Router("/console/promotions", "promotions", login="/login")
OFFICE = allow(Role.MARKETER, Role.HEAD_OFFICE)
add_to_console(
    "/console/promotions", zh="促销", en="Promotions", section=Section.MARKETING, who=OFFICE
)
add_to_console(
    "/console/promotions/what-if",
    zh="试算",
    en="Try a cart",
    section=Section.MARKETING,
    who=OFFICE,
    order=52,
)
MOST_TEXT = 4_000


@router.page("GET", "", who=OFFICE, summary="Promotions, coupons and what is used (促销)")
async def show_promotions(request: Request, scope: Scope) -> Response:
    return render(request, "promotions/list.html", found=await campaigns())


@router.page("POST", "/end", who=OFFICE, summary="End a promotion now (立即结束)")
async def end_now(request: Request, scope: Scope) -> Response:
    fields = await form(request)
    code = str(fields.get("code", ""))[:40]
    if await end_promotion(code):
        await record(scope, "promotion.end", code)
    return redirect("/console/promotions")


@dataclass(frozen=True, slots=True)
class Trial:
    """What stands in the form; `lines` are SKU codes and quantities, one a line."""

    store: str = ""
    lines: str = ""
    tier: str = ""
    coupons: str = ""
    points: str = ""
    delivery: str = "pickup"


@dataclass(frozen=True, slots=True)
class Answer:
    quote: Quote
    views: dict[int, SkuView] = field(default_factory=dict)


@router.page("GET", "/what-if", who=OFFICE, summary="Try a cart (试算)")
async def show_trial(request: Request, scope: Scope) -> Response:
    return await _page(request, Trial())


@router.page("POST", "/what-if", who=OFFICE, summary="A cart, worked out and explained (试算)")
async def try_cart(request: Request, scope: Scope) -> Response:
    """By POST, so that no cart stands in a log; nothing is changed."""
    fields = await form(request)
    trial = Trial(
        **{name: str(fields.get(name, ""))[:MOST_TEXT] for name in Trial.__dataclass_fields__}
    )
    try:
        answer = await answer_to(trial)
    except DomainError as refusal:
        return await _page(request, trial, refusal=refusal)
    return await _page(request, trial, answer=answer)


async def _page(
    request: Request,
    trial: Trial,
    *,
    answer: Answer | None = None,
    refusal: DomainError | None = None,
) -> Response:
    english = language_of(request) == "en"

    def said(reason: Reason) -> str:
        return reason.en if english else reason.zh

    told = (refusal.en if english else refusal.zh) if refusal else ""
    facts = "、".join(str(value) for value in refusal.facts.values()) if refusal else ""
    return render(
        request,
        "promotions/what_if.html",
        422 if refusal else 200,
        trial=trial,
        answer=answer,
        refusal=told,
        facts=facts[:80],
        stores=await all_stores(),
        said=said,
    )


async def answer_to(trial: Trial, drafts: Sequence[PromotionDraft] = ()) -> Answer:
    """What the cart of a form costs. Raises what `what_if` raises, StoreNotFound, SkuNotFound."""
    store = await find_store(trial.store[:32])
    if store is None:
        raise StoreNotFound(store_code=trial.store[:32])
    wanted = _lines(trial.lines)
    known = await skus_by_code(code for code, _ in wanted)
    for code, _ in wanted:
        if code not in known:
            raise SkuNotFound(sku_code=code)
    quote = await what_if(
        QuoteRequest(
            store_id=store.id,
            lines=[QuoteLine(known[code].id, quantity) for code, quantity in wanted],
            tier=trial.tier.strip()[:20],
            coupons=tuple(trial.coupons.replace(",", " ").split()[:10]),
            points=int(trial.points) if _is_whole(trial.points) else 0,
            delivery="express" if trial.delivery == "express" else "pickup",
        ),
        drafts,
    )
    return Answer(quote, await skus(line.sku_id for line in quote.lines))


def _is_whole(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) < 10


def _lines(text: str) -> list[tuple[str, int]]:
    """`P1001-11 2` a line; without a number it is one. Raises QuantityOutOfRange."""
    found = []
    for row in text.splitlines():
        words = row.replace(",", " ").split()
        if not words:
            continue
        number = words[1] if len(words) > 1 else "1"
        if not _is_whole(number):
            raise QuantityOutOfRange(sku_code=words[0][:40], quantity=number[:20])
        found.append((words[0][:40], int(number)))
    return found
