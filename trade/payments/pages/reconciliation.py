"""Reconciliation (对账) for head office: a month at a glance, a day with what differs and why."""

from datetime import date

from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from core import clock
from core.errors import DomainError
from core.security.scope import Role, Scope
from core.web.api import Router
from core.web.i18n import language_of
from core.web.navigation import Section, add_to_console
from core.web.pages import form, redirect, render
from core.web.policy import allow
from trade.payments.pages.month import bars_of, first_and_last, month_of
from trade.payments.queries import unfunded_refunds
from trade.payments.service.bills import (
    DayUnknown,
    DifferenceUnknown,
    Kind,
    ResolutionNeedsReason,
    csv_of,
    days_between,
    difference_of,
    differences_between,
    differences_of,
    owe_bill,
    resolve_difference,
)

router = Router("/console/reconciliation", "reconciliation", login="/login")
OFFICE = allow(Role.HEAD_OFFICE)
add_to_console(
    "/console/reconciliation", zh="对账", en="Reconciliation", section=Section.MONEY, who=OFFICE
)


@router.page("GET", "", who=OFFICE, summary="A month of bills against our books (对账月历)")
async def show_month(request: Request, scope: Scope) -> Response:
    this_month = f"{clock.shop_day(clock.now()):%Y-%m}"
    first, last = first_and_last(request.query_params.get("month") or this_month)
    days = await days_between(first, last)
    return render(
        request,
        "payments/month.html",
        month=month_of(days),
        days=[view for view in days if view.state is not None],
        chart=bars_of(days),
        open=sum(view.open for view in days),
        unfunded=await unfunded_refunds(),
    )


@router.page("GET", "/days/{day}", who=OFFICE, summary="What differs on one day (当日差异)")
async def show_day(request: Request, scope: Scope, day: str) -> Response:
    return await _day_page(request, _day(day))


@router.page("POST", "/days/{day}", who=OFFICE, summary="Fetch the bill of a day anew (重新下载)")
async def fetch_again(request: Request, scope: Scope, day: str) -> Response:
    await form(request)
    meant = _day(day)
    await owe_bill(meant)
    return redirect(f"/console/reconciliation/days/{meant}?asked=1")


@router.page("POST", "/resolve", who=OFFICE, summary="Say why a difference may stand (填写原因)")
async def resolve(request: Request, scope: Scope) -> Response:
    fields = await form(request)
    number = str(fields.get("difference", ""))
    found = await difference_of(int(number)) if number.isdecimal() and len(number) < 19 else None
    if found is None:
        raise DifferenceUnknown(difference=number[:20])
    try:
        await resolve_difference(
            scope, difference_id=found.id, reason=str(fields.get("reason", ""))[:400]
        )
    except ResolutionNeedsReason as refused:
        return await _day_page(request, found.day, refused=refused, at_id=found.id)
    return redirect(f"/console/reconciliation/days/{found.day}")


@router.page("GET", "/differences.csv", who=OFFICE, summary="The differences of a month as CSV")
async def download(request: Request, scope: Scope) -> Response:
    first, last = first_and_last(request.query_params.get("month", ""))
    name = f"differences-{first:%Y-%m}.csv"
    return StreamingResponse(
        csv_of(differences_between(first, last)),
        media_type="text/csv; charset=utf-8",
        headers={
            "content-disposition": f'attachment; filename="{name}"',
            "cache-control": "no-store",
        },
    )


async def _day_page(
    request: Request, day: date, *, refused: DomainError | None = None, at_id: int = 0
) -> Response:
    [view] = await days_between(day, day)
    told = (refused.en if language_of(request) == "en" else refused.zh) if refused else ""
    return render(
        request,
        "payments/day.html",
        422 if refused else 200,
        day=view,
        differences=await differences_of(day),
        kinds=list(Kind),
        refusal=told,
        at_id=at_id,
        asked=request.query_params.get("asked") == "1",
    )


def _day(text: str) -> date:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise DayUnknown(day=text[:20]) from None
    if not 2000 <= day.year < 3000:
        raise DayUnknown(day=text[:20])
    return day
