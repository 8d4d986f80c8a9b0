"""How each seller invoices, set by head office: terms, routes, tax classes, strays."""

from collections.abc import Awaitable, Callable

from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import Response

from core import clock
from core.errors import DomainError
from core.security.scope import Role, Scope
from core.web.api import Router
from core.web.i18n import language_of
from core.web.navigation import Section, add_to_console
from core.web.pages import form, redirect, render
from core.web.policy import allow
from invoicing.errors import RuleWrong
from invoicing.queries import routes, strays, tax_classes, terms_of
from invoicing.rules.tax import Policy
from invoicing.ruling.typed import SWITCHES, number_in, route_in, tax_class_in, terms_in
from invoicing.service import add_route, add_tax_class, end_rule, set_terms, settle_stray
from trade.payments.queries import Method
from trade.stores.queries import all_stores, sellers

router = Router("/console/invoices", "invoices", login="/login")
OFFICE = allow(Role.HEAD_OFFICE)
add_to_console(
    "/console/invoices/rules", zh="开票规则", en="Invoice rules", section=Section.MONEY, who=OFFICE
)
Deed = Callable[[Scope, FormData, int | None], Awaitable[None]]


@router.page("GET", "/rules", who=OFFICE, summary="Terms, routes, tax classes (开票规则)")
async def show_rules(request: Request, scope: Scope) -> Response:
    """`seller` is the tax entity; without it the words for all sellers."""
    return await _page(request, _seller_of(request.query_params.get("seller", "")))


@router.page("POST", "/rules", who=OFFICE, summary="Set a rule (保存开票规则)")
async def change_rules(request: Request, scope: Scope) -> Response:
    fields = await form(request)
    seller = _seller_of(str(fields.get("seller", "")))
    deed = DEEDS.get(str(fields.get("do", "")))
    try:
        if deed is None:
            raise RuleWrong(name="do")
        await deed(scope, fields, seller)
    except DomainError as refused:
        return await _page(request, seller, refused)
    return redirect(f"/console/invoices/rules?seller={seller or ''}&done=yes")


def _seller_of(text: str) -> int | None:
    is_number = text.isascii() and text.isdigit() and len(text) <= 9
    return int(text) if is_number else None


async def _save_terms(scope: Scope, fields: FormData, seller: int | None) -> None:
    methods = [str(one) for one in fields.getlist("not_invoiced")]
    rules = terms_in(_texts(fields), methods)
    await set_terms(scope=scope, tax_entity_id=seller, rules=rules)


async def _add_route(scope: Scope, fields: FormData, seller: int | None) -> None:
    await add_route(scope=scope, draft=route_in(_texts(fields)))


async def _add_class(scope: Scope, fields: FormData, seller: int | None) -> None:
    if seller is None:
        raise RuleWrong(name="seller")
    await add_tax_class(scope=scope, draft=tax_class_in(_texts(fields), seller))


async def _end(scope: Scope, fields: FormData, seller: int | None) -> None:
    kind, rule_id = str(fields.get("kind", "")), str(fields.get("rule", ""))
    today = clock.shop_day(clock.now())
    await end_rule(scope=scope, kind=kind, rule_id=number_in(rule_id, "rule"), last_day=today)


async def _settle(scope: Scope, fields: FormData, seller: int | None) -> None:
    stray = number_in(str(fields.get("stray", "")), "stray")
    await settle_stray(scope=scope, stray_id=stray, note=str(fields.get("note", ""))[:200])


DEEDS: dict[str, Deed] = {
    "terms": _save_terms,
    "route": _add_route,
    "class": _add_class,
    "end": _end,
    "stray": _settle,
}


def _texts(fields: FormData) -> dict[str, str]:
    return {name: str(value) for name, value in fields.multi_items()}


async def _page(
    request: Request, seller: int | None, refused: DomainError | None = None
) -> Response:
    said = (refused.en if language_of(request) == "en" else refused.zh) if refused else ""
    about = str(refused.facts.get("name") or refused.facts.get("pattern") or "") if refused else ""
    known = await sellers()
    return render(
        request,
        "rules/rules.html",
        422 if refused else 200,
        sellers=known,
        names={one.tax_entity_id: one.name for one in known},
        seller=seller,
        stores=await all_stores(),
        terms=await terms_of(seller),
        switches=SWITCHES,
        methods=list(Method),
        routes=await routes(),
        classes=await tax_classes(seller) if seller else [],
        policies=list(Policy),
        strays=await strays(),
        today=clock.shop_day(clock.now()),
        told=f"{said} {about}".strip(),
        done=request.query_params.get("done", "")[:8],
    )
