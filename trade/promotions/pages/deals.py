"""Making and changing a promotion by form, with what a cart would cost under it."""

from dataclasses import dataclass, replace

from starlette.requests import Request
from starlette.responses import Response

from core.audit_log import record
from core.errors import DomainError
from core.security.scope import Role, Scope
from core.web.api import Router
from core.web.i18n import language_of
from core.web.pages import form, redirect, render
from core.web.policy import allow
from trade.promotions.errors import BadPromotion, PromotionNotFound
from trade.promotions.pages.console import Answer, Trial, answer_to
from trade.promotions.pages.deal_form import draft_of, field_of, fresh, typed_from, typed_of
from trade.promotions.pages.deal_terms import DELIVERIES, STEPS, Typed
from trade.promotions.queries import VersionView, versions_of
from trade.promotions.service import DealKind, Reason, put_promotions
from trade.stores.queries import all_stores

router = Router("/console/promotions", "promotion forms", login="/login")
OFFICE = allow(Role.MARKETER, Role.HEAD_OFFICE)
KINDS = tuple(kind for kind in DealKind if kind is not DealKind.COUPON)
FEWEST_STEPS = 3


@dataclass(frozen=True, slots=True)
class Preview:
    """A cart as things are, and with the draft running."""

    now: Answer
    then: Answer


@router.page("GET", "/new", who=OFFICE, summary="The form of a new promotion (新建促销)")
async def show_new(request: Request, scope: Scope) -> Response:
    """Without a kind: what kinds there are."""
    asked = request.query_params.get("kind", "")
    if asked not in set(KINDS):
        return render(request, "promotions/kinds.html", kinds=KINDS)
    kind = DealKind(asked)
    return await _page(request, kind, fresh(kind), [])


@router.page("GET", "/of/{code}", who=OFFICE, summary="A promotion and its versions (修改促销)")
async def show_deal(request: Request, scope: Scope, code: str) -> Response:
    versions = await versions_of(code[:40])
    if not versions:
        raise PromotionNotFound
    if versions[0].kind is DealKind.COUPON:
        return redirect(f"/console/coupons/of/{versions[0].code}")
    typed = await typed_from(versions[0])
    return await _page(request, versions[0].kind, typed, versions)


@router.page("POST", "/draft", who=OFFICE, summary="Try a promotion, or keep it (试算或保存促销)")
async def post_draft(request: Request, scope: Scope) -> Response:
    """`before` names the promotion that is changed; a new one may not take the code of another.

    Trying changes nothing; asked by htmx it answers the outcome alone.
    """
    fields = await form(request)
    typed, kind = typed_of(fields), _kind(str(fields.get("kind", "")))
    versions = await versions_of(typed["code"][:40])
    is_trial = typed["do"] == "try"
    try:
        if versions and (typed["before"] != typed["code"] or versions[0].kind is not kind):
            raise BadPromotion(field="code")
        draft = await draft_of(kind, typed, versions[0] if versions else None)
        if is_trial:
            drafts = [replace(draft, starts_at=None, ends_at=None)]
            trial = _trial(typed)
            preview = Preview(await answer_to(trial), await answer_to(trial, drafts))
            return await _page(request, kind, typed, versions, preview=preview)
        await put_promotions([draft])
    except DomainError as refused:
        return await _page(request, kind, typed, versions, refused=refused)
    await record(scope, "promotion.put", draft.code)
    return redirect(f"/console/promotions/of/{draft.code}")


def _kind(text: str) -> DealKind:
    """Raises BadPromotion."""
    if text not in set(KINDS):
        raise BadPromotion(field="kind")
    return DealKind(text)


def _trial(typed: Typed) -> Trial:
    by = "express" if typed["trial_delivery"] == "express" else "pickup"
    return Trial(typed["trial_store"], typed["trial_lines"], typed["trial_tier"], delivery=by)


async def _page(
    request: Request,
    kind: DealKind,
    typed: Typed,
    versions: list[VersionView],
    *,
    refused: DomainError | None = None,
    preview: Preview | None = None,
) -> Response:
    english = language_of(request) == "en"

    def said(reason: Reason) -> str:
        return reason.en if english else reason.zh

    told = (refused.en if english else refused.zh) if refused else ""
    is_part = typed["do"] == "try" and "hx-request" in request.headers
    filled = [at for at in range(1, STEPS + 1) if typed[f"step{at}_threshold"]]
    filled += [at for at in range(1, STEPS + 1) if typed[f"step{at}_pieces"]]
    return render(
        request,
        "promotions/preview.html" if is_part else "promotions/deal.html",
        422 if refused else 200,
        kind=kind.value,
        typed=typed,
        versions=versions,
        before=typed["before"],
        steps=range(1, min(max([FEWEST_STEPS, *(at + 1 for at in filled)]), STEPS) + 1),
        deliveries=DELIVERIES,
        stores=await all_stores(),
        preview=preview,
        said=said,
        refusal=told,
        wrong=field_of(refused) if isinstance(refused, BadPromotion) else "trial",
        unknown=_named(refused),
    )


def _named(refused: DomainError | None) -> str:
    """What of the input the refusal is about, where it says so."""
    facts = refused.facts if refused else {}
    names = ("unknown", "sku_code", "store_code", "quantity")
    return " ".join(str(facts[name])[:40] for name in names if name in facts)
