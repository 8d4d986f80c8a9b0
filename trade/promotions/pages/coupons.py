"""Coupons for marketers: templates, how each does, issues to many, printed codes, the costs."""

import csv
import io
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from secrets import token_hex

from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from core import clock
from core.audit_log import record
from core.errors import DomainError
from core.security.scope import Role, Scope
from core.web.api import Router
from core.web.charts import Point, Series, line_chart
from core.web.i18n import language_of, translator
from core.web.navigation import Section, add_to_console
from core.web.pages import form, redirect, render
from core.web.policy import allow
from trade.promotions.errors import BatchNotFound, IssueNotFound, PromotionNotFound
from trade.promotions.pages.reading import Typed, draft_of, fresh, typed_from, typed_of
from trade.promotions.queries import (
    TemplateView,
    campaigns,
    code_batches,
    codes_of,
    coupon_costs,
    coupon_numbers,
    find_template,
    issues,
)
from trade.promotions.service import DealKind, cancel_issue, make_codes, put_promotions
from trade.stores.queries import all_stores

router = Router("/console/coupons", "coupon pages", login="/login")
OFFICE = allow(Role.MARKETER, Role.HEAD_OFFICE)
OWNERS = allow(Role.FRANCHISEE, Role.MARKETER, Role.HEAD_OFFICE)
MARKETING = Section.MARKETING
add_to_console(
    "/console/coupons", zh="优惠券", en="Coupons", section=MARKETING, who=OFFICE, order=30
)
add_to_console(
    "/console/coupons/costs",
    zh="券成本",
    en="Cost of coupons",
    section=MARKETING,
    who=OWNERS,
    order=35,
)


@router.page("GET", "", who=OFFICE, summary="Coupons and how many are out (优惠券)")
async def show_coupons(request: Request, scope: Scope) -> Response:
    found = [one for one in await campaigns() if one.kind is DealKind.COUPON]
    return render(request, "coupons/list.html", found=found)


@router.page("GET", "/new", who=OFFICE, summary="The form of a new coupon (新建优惠券)")
async def show_new(request: Request, scope: Scope) -> Response:
    return _form_page(request, fresh(), None)


@router.page("POST", "", who=OFFICE, summary="Keep a coupon as a new version (保存优惠券)")
async def keep_coupon(request: Request, scope: Scope) -> Response:
    """`before` names the coupon that is changed; a new one may not take the code of another."""
    fields = await form(request)
    typed, before = typed_of(fields), str(fields.get("before", ""))[:40]
    known = await find_template(typed.code)
    try:
        if known is not None and before != typed.code:
            return _form_page(request, typed, None, is_taken=True)
        await put_promotions([draft_of(typed, known)])
    except DomainError as refused:
        return _form_page(request, typed, known, refused)
    await record(scope, "coupon.put", typed.code)
    return redirect(f"/console/coupons/of/{typed.code}")


@router.page("GET", "/costs", who=OWNERS, summary="What coupons cost whom (券成本)")
async def show_costs(request: Request, scope: Scope) -> Response:
    days = 7 if request.query_params.get("days") == "7" else 30
    stores = {one.id: one for one in await all_stores() if scope.sees_store(one.id)}
    now = clock.now()
    found = await coupon_costs(
        now - timedelta(days=days),
        now,
        store_ids=None if scope.sees_all_stores else stores,
    )
    return render(request, "coupons/costs.html", found=found, stores=stores, days=days)


@router.page("GET", "/of/{code}", who=OFFICE, summary="One coupon: numbers, issues, codes")
async def show_coupon(request: Request, scope: Scope, code: str) -> Response:
    view = await _template(code)
    _ = translator(language_of(request))
    numbers = await coupon_numbers(code)
    given = tuple(Point(f"{one.day:%m-%d}", one.given) for one in numbers.days)
    used = tuple(Point(f"{one.day:%m-%d}", one.used) for one in numbers.days)
    return render(
        request,
        "coupons/coupon.html",
        one=view,
        numbers=numbers,
        chart=line_chart([Series(_("发出"), given), Series(_("用掉"), used)]),
        issues=await issues(code=code),
        batches=await code_batches(code=code),
        key=token_hex(16),
    )


@router.page("GET", "/of/{code}/edit", who=OFFICE, summary="The form of a coupon (修改优惠券)")
async def show_edit(request: Request, scope: Scope, code: str) -> Response:
    view = await _template(code)
    return _form_page(request, typed_from(view), view)


@router.page("POST", "/of/{code}/codes", who=OFFICE, summary="Make printed codes (生成券码)")
async def post_codes(request: Request, scope: Scope, code: str) -> Response:
    """The form's own key makes one batch of it, however often it is sent."""
    fields = await form(request)
    view = await _template(code)
    text = str(fields.get("count", ""))
    count = int(text) if text.isascii() and text.isdigit() and len(text) < 8 else 0
    key = str(fields.get("key", ""))[:40] or token_hex(16)
    note = str(fields.get("note", ""))[:80]
    await make_codes(code=view.code, count=count, cause=f"page:{key}", by=scope, note=note)
    return redirect(f"/console/coupons/of/{view.code}")


@router.page("POST", "/batches/{batch}/file", who=OFFICE, summary="The codes as a file (下载券码)")
async def download_codes(request: Request, scope: Scope, batch: str) -> Response:
    """By POST, and on record: whoever has the file has the coupons."""
    await form(request)
    found = await code_batches(public_id=batch)
    if not found:
        raise BatchNotFound
    await record(scope, "coupon.codes_file", batch, count=found[0].count)
    name = f"attachment; filename={found[0].public_id}.csv"
    return StreamingResponse(
        _csv(batch), media_type="text/csv; charset=utf-8", headers={"content-disposition": name}
    )


@router.page("GET", "/issues/{issue}", who=OFFICE, summary="One issue and how far it is (发券进度)")
async def show_issue(request: Request, scope: Scope, issue: str) -> Response:
    return await _issue_page(request, issue, "coupons/issue.html")


@router.page("GET", "/issues/{issue}/part", who=OFFICE, summary="How far it is, alone")
async def show_issue_part(request: Request, scope: Scope, issue: str) -> Response:
    return await _issue_page(request, issue, "coupons/issue_part.html")


@router.page("POST", "/issues/{issue}/cancel", who=OFFICE, summary="Stop an issue (停止发券)")
async def post_cancel(request: Request, scope: Scope, issue: str) -> Response:
    await form(request)
    await cancel_issue(public_id=issue, by=scope)
    return redirect(f"/console/coupons/issues/{issue}")


async def _issue_page(request: Request, public_id: str, template: str) -> Response:
    found = await issues(public_id=public_id[:40]) if public_id else []
    if not found:
        raise IssueNotFound
    return render(request, template, one=found[0])


async def _template(code: str) -> TemplateView:
    view = await find_template(code[:40])
    if view is None:
        raise PromotionNotFound
    return view


def _form_page(
    request: Request,
    typed: Typed,
    before: TemplateView | None,
    refused: DomainError | None = None,
    *,
    is_taken: bool = False,
) -> Response:
    told = (refused.en if language_of(request) == "en" else refused.zh) if refused else ""
    field = str(refused.facts.get("field", "")) if refused else "code" if is_taken else ""
    status = 422 if told or is_taken else 200
    return render(
        request,
        "coupons/form.html",
        status,
        typed=typed,
        before=before,
        refusal=told,
        wrong=field,
        is_taken=is_taken,
    )


async def _csv(batch: str) -> AsyncIterator[str]:
    """With a byte order mark, so that spreadsheet programs read it as UTF-8."""
    yield "\ufeffcode,taken_at\r\n"
    after = 0
    while page := await codes_of(batch, after=after):
        text = io.StringIO()
        rows = csv.writer(text)
        rows.writerows([one.code, _moment(one.taken_at)] for one in page)
        yield text.getvalue()
        after = page[-1].id


def _moment(at: datetime | None) -> str:
    return at.astimezone(clock.SHOP_ZONE).strftime("%Y-%m-%d %H:%M") if at else ""
