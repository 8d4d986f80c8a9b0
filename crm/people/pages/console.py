"""The console (管理后台): today's numbers and the members, as far as the asker's stores go."""

from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response

from core import clock
from core.errors import DomainError
from core.security.scope import Role, Scope
from core.web.api import Router
from core.web.i18n import language_of
from core.web.limits import check_rate
from core.web.navigation import Section, add_to_console
from core.web.pages import form, render
from core.web.policy import allow
from crm.people.errors import PhoneUnknown, ReasonNeeded
from crm.people.pages.chart import bar_chart
from crm.people.queries import (
    MemberPage,
    StoreNumbers,
    consents_of,
    day_numbers,
    explain_points,
    find_members,
    may_reveal,
    member_view,
)
from crm.people.service import reveal_phone
from trade.stores.queries import StoreView, all_stores, get_staff

router = Router("/console", "console", login="/login")
OFFICE = allow(Role.STORE_MANAGER, Role.FRANCHISEE, Role.MARKETER, Role.HEAD_OFFICE)
add_to_console("/console", zh="今日概览", en="Today", section=Section.TODAY, who=OFFICE, order=1)
add_to_console(
    "/console/members", zh="会员列表", en="Members", section=Section.MEMBERS, who=OFFICE, order=1
)


@dataclass(frozen=True, slots=True)
class Row:
    """One store's day."""

    store: StoreView
    numbers: StoreNumbers


async def stores_in(scope: Scope) -> list[StoreView]:
    return [store for store in await all_stores() if scope.sees_store(store.id)]


@router.page("GET", "", who=OFFICE, summary="Today (今日概览)")
async def show_today(request: Request, scope: Scope) -> Response:
    numbers = await day_numbers(scope, clock.shop_day(clock.now()))
    rows = [
        Row(store, numbers.stores.get(store.id, StoreNumbers(store.id)))
        for store in await stores_in(scope)
    ]
    rows.sort(key=lambda row: -row.numbers.paid_fen)
    chart = bar_chart([(row.store.name, row.numbers.paid_fen) for row in rows])
    return render(request, "people/console.html", numbers=numbers, rows=rows, chart=chart)


@router.page("GET", "/members", who=OFFICE, summary="Members, masked (会员)")
async def list_members(request: Request, scope: Scope) -> Response:
    page = await find_members(scope, cursor=request.query_params.get("cursor") or None)
    return await _members_page(request, scope, page)


@router.page("POST", "/members", who=OFFICE, summary="Members by a phone or its last four digits")
async def search_members(request: Request, scope: Scope) -> Response:
    """By POST, so that no phone stands in an address, a log or a history (P15)."""
    fields = await form(request)
    digits = "".join(filter(str.isdecimal, str(fields.get("digits", ""))))[:11]
    page = await find_members(scope, digits=digits)
    return await _members_page(request, scope, page, digits=digits)


async def _members_page(
    request: Request, scope: Scope, page: MemberPage, *, digits: str = ""
) -> Response:
    return render(
        request,
        "people/members.html",
        members=page.members,
        next_cursor=page.next_cursor if not digits else None,
        digits=digits,
        names=await _names(scope),
        is_franchisee=scope.role is Role.FRANCHISEE,
    )


@router.page("GET", "/members/{member_id}", who=OFFICE, summary="One member, masked")
async def show_member(request: Request, scope: Scope, member_id: str) -> Response:
    return await _member_page(request, scope, member_id)


@router.page("POST", "/members/{member_id}/phone", who=OFFICE, summary="A whole phone, on record")
async def show_phone(request: Request, scope: Scope, member_id: str) -> Response:
    """Ten looks a minute; each one is an audit row with its reason."""
    fields = await form(request)
    await check_rate("people.reveal", scope.actor, per_minute=10)
    try:
        phone = await reveal_phone(
            scope=scope, member_public_id=member_id, reason=str(fields.get("reason", ""))[:100]
        )
    except (ReasonNeeded, PhoneUnknown) as refused:
        return await _member_page(request, scope, member_id, refused=refused)
    return await _member_page(request, scope, member_id, phone=phone)


async def _member_page(
    request: Request,
    scope: Scope,
    member_id: str,
    *,
    phone: str = "",
    refused: DomainError | None = None,
) -> Response:
    member = await member_view(scope, member_id)
    told = (refused.en if language_of(request) == "en" else refused.zh) if refused else ""
    return render(
        request,
        "people/member.html",
        422 if refused else 200,
        member=member,
        phone=phone,
        refusal=told,
        guide=await get_staff(member.guide_id) if member.guide_id else None,
        consents=await consents_of(member.id),
        points=(await explain_points(member.id, language_of(request)))[:20],
        names=await _names(scope),
        may_reveal=may_reveal(scope),
    )


async def _names(scope: Scope) -> dict[int | None, str]:
    return {store.id: store.name for store in await stores_in(scope)}
