"""A SKU for those who plan goods: what a kit (组合装) holds, when a pre-sale (预售) comes, and how
many pieces each may buy (限购).
"""

import re
from dataclasses import dataclass
from datetime import date

from starlette.requests import Request
from starlette.responses import Response

from core.errors import DomainError
from core.security.scope import Role, Scope
from core.web.api import Router
from core.web.i18n import language_of
from core.web.navigation import Section, add_to_console
from core.web.pages import form, redirect, render
from core.web.policy import allow
from trade.catalog.errors import BadKit, BadLimit, BadPresale, SkuNotFound
from trade.catalog.queries import SkuView, find_sku, presale_of, skus
from trade.catalog.service import PartDraft, set_kit, set_limit_each, set_presale

router = Router("/console/goods", "goods pages", login="/login")
OFFICE = allow(Role.MARKETER, Role.HEAD_OFFICE)
add_to_console(
    "/console/goods",
    zh="组合、预售与限购",
    en="Kits, pre-sales, limits",
    section=Section.TRADE,
    who=OFFICE,
)
PERCENT = re.compile(r"(\d{1,2})(?:\.(\d{1,2}))?")


@dataclass(frozen=True, slots=True)
class Typed:
    sku: str = ""
    parts: str = ""
    on: str = ""
    until: str = ""
    deposit: str = ""
    each: str = ""
    days: str = ""


@router.page("GET", "", who=OFFICE, summary="A SKU's kit, pre-sale and limit (组合、预售与限购)")
async def show_goods(request: Request, scope: Scope) -> Response:
    code = request.query_params.get("sku", "")[:40].strip()
    sku = await find_sku(code) if code else None
    return await _page(request, await _typed(sku) if sku else Typed(sku=code), sku)


@router.page("POST", "/kit", who=OFFICE, summary="What a kit holds (组合装)")
async def post_kit(request: Request, scope: Scope) -> Response:
    typed, sku = await _asked(request)
    try:
        parts = [_part(line) for line in typed.parts.splitlines() if line.strip()]
        await set_kit(sku_code=sku.code, parts=parts, scope=scope)
    except DomainError as refused:
        return await _page(request, typed, sku, refused=refused, wrong="parts")
    return redirect(f"/console/goods?sku={sku.code}")


@router.page("POST", "/presale", who=OFFICE, summary="When a pre-sale comes (预售)")
async def post_presale(request: Request, scope: Scope) -> Response:
    typed, sku = await _asked(request)
    try:
        on, until = _day(typed.on, "on"), _day(typed.until, "until")
        deposit_bp = _bp(typed.deposit)
        await set_presale(scope, sku_code=sku.code, on=on, until=until, deposit_bp=deposit_bp)
    except BadPresale as refused:
        wrong = str(refused.facts.get("field", "on"))
        return await _page(request, typed, sku, refused=refused, wrong=wrong)
    return redirect(f"/console/goods?sku={sku.code}")


@router.page("POST", "/limit", who=OFFICE, summary="How many each may buy (限购)")
async def post_limit(request: Request, scope: Scope) -> Response:
    typed, sku = await _asked(request)
    try:
        each, days = _count(typed.each, "each"), _count(typed.days, "days") or 0
        await set_limit_each(scope, product_id=sku.product_id, each=each, days=days)
    except BadLimit as refused:
        wrong = str(refused.facts["field"])
        return await _page(request, typed, sku, refused=refused, wrong=wrong)
    return redirect(f"/console/goods?sku={sku.code}")


async def _asked(request: Request) -> tuple[Typed, SkuView]:
    """Raises SkuNotFound."""
    said = await form(request)
    names = Typed.__dataclass_fields__
    typed = Typed(**{name: str(said.get(name, ""))[:4_000].strip() for name in names})
    sku = await find_sku(typed.sku[:40])
    if sku is None:
        raise SkuNotFound(sku_code=typed.sku[:40])
    return typed, sku


async def _typed(sku: SkuView) -> Typed:
    views = await skus(part for part, _ in sku.parts)
    rows = [f"{views[part].code} {pieces}" for part, pieces in sku.parts if part in views]
    said = await presale_of(sku.id)
    deposit = f"{said.deposit_bp / 100:g}" if said.deposit_bp else ""
    days = (str(said.on or ""), str(said.until or ""))
    each, within = str(sku.limit_each or ""), str(sku.limit_days or "")
    return Typed(sku.code, "\n".join(rows), *days, deposit, each, within)


def _part(line: str) -> PartDraft:
    words = line.split()
    number = words[1] if len(words) == 2 else "1"
    if len(words) > 2 or not (number.isascii() and number.isdigit() and len(number) < 6):
        raise BadKit(sku_code=words[0][:40])
    return PartDraft(words[0][:40], int(number))


def _day(text: str, field: str) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise BadPresale(field=field) from None


def _count(text: str, field: str) -> int | None:
    if not (text.isascii() and text.isdigit() and len(text) < 7) and text:
        raise BadLimit(field=field)
    return int(text) if text else None


def _bp(text: str) -> int:
    found = PERCENT.fullmatch(text or "0")
    if found is None:
        raise BadPresale(field="deposit")
    return int(found[1]) * 100 + int((found[2] or "0").ljust(2, "0"))


async def _page(
    request: Request,
    typed: Typed,
    sku: SkuView | None,
    *,
    refused: DomainError | None = None,
    wrong: str = "",
) -> Response:
    told = (refused.en if language_of(request) == "en" else refused.zh) if refused else ""
    status = 422 if refused else 200
    page = "catalog/goods.html"
    return render(request, page, status, typed=typed, sku=sku, told=told, wrong=wrong)
