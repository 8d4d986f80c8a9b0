"""How the sellers stand: what waits and why, the month's quota, and how long invoices take."""

import base64
import io
from datetime import timedelta

import qrcode  # type: ignore[import-untyped]
from starlette.requests import Request
from starlette.responses import Response

from core import clock
from core.security.scope import Role, Scope
from core.web.api import Router
from core.web.charts import LineChart, Point, Series, Unit, line_chart
from core.web.i18n import language_of, translator
from core.web.navigation import Section, add_to_console
from core.web.pages import form, redirect, render
from core.web.policy import allow
from invoicing.backends.service import resume_account
from invoicing.console.pages.lists import number_of
from invoicing.console.sellers import (
    DayFigures,
    figures_since,
    held_lines,
    held_reds,
    months_of_sellers,
)
from invoicing.service import let_go_on
from trade.stores.queries import sellers

router = Router("/console/invoices", "invoices", login="/login")
OFFICE = allow(Role.HEAD_OFFICE)
add_to_console(
    "/console/invoices/sellers", zh="开票主体", en="Sellers", section=Section.MONEY, who=OFFICE
)
add_to_console(
    "/console/invoices/figures",
    zh="开票看板",
    en="Invoice figures",
    section=Section.MONEY,
    who=OFFICE,
)
SPANS = (7, 30, 90)


def qr_picture(text: str) -> str:
    """A QR symbol as a data: URI, to be scanned from the screen."""
    code = qrcode.QRCode(error_correction=qrcode.ERROR_CORRECT_M, box_size=4, border=2)
    code.add_data(text)
    png = io.BytesIO()
    code.make_image().save(png)
    return f"data:image/png;base64,{base64.b64encode(png.getvalue()).decode()}"


@router.page("GET", "/sellers", who=OFFICE, summary="What waits and why; quotas (暂停与额度)")
async def show_sellers(request: Request, scope: Scope) -> Response:
    months = await months_of_sellers(clock.now())
    wanted = [one for month in months for one in month.accounts if one.login_url]
    return render(
        request,
        "invoices/sellers.html",
        held=await held_lines(),
        reds=await held_reds(),
        months=months,
        pictures={one.id: qr_picture(one.login_url) for one in wanted},
        done=request.query_params.get("done", "")[:8],
    )


@router.page("POST", "/sellers", who=OFFICE, summary="Let what waits go on (恢复开票)")
async def go_on(request: Request, scope: Scope) -> Response:
    """An account is switched on again; the next check may find otherwise. Again: no harm."""
    fields = await form(request)
    account, seller = str(fields.get("account", ""))[:60], str(fields.get("seller", ""))
    if account:
        await resume_account(scope=scope, public_id=account)
    await let_go_on(number_of(seller))
    return redirect("/console/invoices/sellers?done=on")


@router.page("GET", "/figures", who=OFFICE, summary="Time to invoice and errors (开票看板)")
async def show_figures(request: Request, scope: Scope) -> Response:
    seller = number_of(request.query_params.get("seller"))
    span = number_of(request.query_params.get("days"))
    days = span if span in SPANS else 30
    found = await figures_since(clock.now() - timedelta(days=days), seller)
    return render(
        request,
        "invoices/figures.html",
        days=found,
        span=days,
        spans=SPANS,
        seller=seller,
        sellers=await sellers(),
        took=_took(found, request),
        errors=_errors(found, request),
        whole=_whole(found),
    )


def _took(found: tuple[DayFigures, ...], request: Request) -> LineChart:
    _ = translator(language_of(request))
    lines = {_("一半的发票"): "p50_s", _("95% 的发票"): "p95_s", _("99% 的发票"): "p99_s"}
    return line_chart(
        [
            Series(said, tuple(Point(f"{one.day:%m-%d}", getattr(one, name)) for one in found))
            for said, name in lines.items()
        ]
    )


def _errors(found: tuple[DayFigures, ...], request: Request) -> LineChart:
    _ = translator(language_of(request))
    points = tuple(Point(f"{one.day:%m-%d}", one.refused_bp) for one in found)
    return line_chart([Series(_("开具失败率"), points)], Unit.BP)


def _whole(found: tuple[DayFigures, ...]) -> dict[str, int]:
    """Of the whole span: counts, and the rate of failures in 1/10000."""
    names = ("requests", "issued", "refused", "alarms")
    sums = {name: sum(getattr(one, name) for one in found) for name in names}
    rate = sums["refused"] * 10_000 // sums["requests"] if sums["requests"] else 0
    return {**sums, "refused_bp": rate}
