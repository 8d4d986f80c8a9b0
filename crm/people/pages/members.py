"""Members in the console: the list, and the page of one, whose tabs other rooms fill."""

from collections.abc import Mapping
from dataclasses import asdict
from datetime import date
from typing import Any
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import Response

from core.errors import DomainError
from core.security.scope import Role, Scope
from core.web.api import Router
from core.web.i18n import language_of
from core.web.limits import check_rate
from core.web.navigation import Section, add_to_console
from core.web.pages import form, redirect, render
from core.web.panels import Panel, panels_for
from core.web.policy import allow
from crm.people.errors import MoneyLeft, PhoneUnknown, ReasonNeeded
from crm.people.pages.console import OFFICE, stores_in
from crm.people.queries import (
    Entrance,
    Handling,
    MemberFilter,
    MemberPage,
    Shared,
    find_members,
    may_reveal,
    member_view,
    terms_of,
)
from crm.people.service import erase_member, reveal_phone
from trade.stores.queries import get_staff

router = Router("/console", "console", login="/login")
EVERYBODY = allow(Role.MARKETER, Role.HEAD_OFFICE)
add_to_console(
    "/console/members", zh="会员列表", en="Members", section=Section.MEMBERS, who=OFFICE, order=1
)


@router.page("GET", "/members", who=OFFICE, summary="Members, masked (会员)")
async def list_members(request: Request, scope: Scope) -> Response:
    """`entrance`, `store`, `tier`, `phone`, `from` and `to` narrow the list; nothing personal."""
    narrow = await _narrowed(request, scope)
    cursor = request.query_params.get("cursor") or None
    page = await find_members(scope, narrow=narrow, cursor=cursor)
    return await _list(request, scope, page, narrow=narrow)


@router.page(
    "POST", "/members", who=OFFICE, summary="Members by a phone, its last four digits or a card"
)
async def search_members(request: Request, scope: Scope) -> Response:
    """By POST, so that no phone stands in an address, a log or a history (P15)."""
    fields = await form(request)
    typed = "".join(str(fields.get("digits", "")).split())[:32]
    page = await find_members(scope, digits=typed)
    return await _list(request, scope, page, digits=typed)


async def _narrowed(request: Request, scope: Scope) -> MemberFilter:
    asked = request.query_params
    codes = {store.code: store.id for store in await stores_in(scope)}
    entrance = asked.get("entrance", "")
    return MemberFilter(
        entrance=Entrance(entrance) if entrance in set(Entrance) else None,
        store_id=codes.get(asked.get("store", "")),
        tier=asked.get("tier", "")[:20],
        has_phone={"yes": True, "no": False}.get(asked.get("phone", "")),
        joined_from=_day(asked.get("from", "")),
        joined_to=_day(asked.get("to", "")),
    )


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


async def _list(
    request: Request,
    scope: Scope,
    page: MemberPage,
    *,
    digits: str = "",
    narrow: MemberFilter | None = None,
) -> Response:
    kept = {name: text for name, text in request.query_params.items() if name in NARROWING}
    terms = await terms_of(scope)
    more = {**kept, "cursor": page.next_cursor or ""}
    return render(
        request,
        "people/members.html",
        members=page.members,
        more=urlencode(more) if page.next_cursor and not digits else "",
        digits=digits,
        asked=kept,
        is_narrowed=any(value is not None and value != "" for value in asdict(narrow).values())
        if narrow
        else False,
        entrances=list(Entrance),
        stores=await stores_in(scope),
        names={store.id: store.name for store in await stores_in(scope)},
        needs_consent=terms.needs_consent,
        sees_phones=Shared.PHONE in terms.shared,
    )


NARROWING = ("entrance", "store", "tier", "phone", "from", "to")


@router.page("GET", "/members/{member_id}", who=OFFICE, summary="One member, masked")
async def show_member(request: Request, scope: Scope, member_id: str) -> Response:
    """`?tab=` names a panel; the first one that the asker may open stands for any other."""
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


@router.page(
    "POST", "/members/{member_id}/erase", who=EVERYBODY, summary="Erase a member who asked (注销)"
)
async def erase(request: Request, scope: Scope, member_id: str) -> Response:
    """With the reason, as somebody asked for it by letter or in a store."""
    fields = await form(request)
    try:
        reason = str(fields.get("reason", ""))[:100]
        await erase_member(scope=scope, member_public_id=member_id, reason=reason)
    except (ReasonNeeded, MoneyLeft) as refused:
        return await _member_page(request, scope, member_id, refused=refused)
    return redirect("/console/privacy")


async def _member_page(
    request: Request,
    scope: Scope,
    member_id: str,
    *,
    phone: str = "",
    refused: DomainError | None = None,
) -> Response:
    member = await member_view(scope, member_id)
    language = language_of(request)
    told = (refused.en if language == "en" else refused.zh) if refused else ""
    panels = await _open_to(scope)
    shown = await _shown(panels, request.query_params.get("tab", ""), scope, member.id, language)
    return render(
        request,
        "people/member.html",
        422 if refused else 200,
        **{
            **shown[1],
            "member": member,
            "phone": phone,
            "refusal": told,
            "guide": await get_staff(member.guide_id) if member.guide_id else None,
            "names": {store.id: store.name for store in await stores_in(scope)},
            "may_reveal": may_reveal(scope),
            "may_merge": scope.role in {Role.MARKETER, Role.HEAD_OFFICE},
            "panels": panels,
            "shown": shown[0],
        },
    )


PANELS = {  # what a tab tells; one that is not here is for our own people
    "who": Shared.PROFILE,
    "ids": Shared.PROFILE,
    "consents": Shared.PROFILE,
    "tiers": Shared.TIER,
    "points": Shared.POINTS,
    "coupons": Shared.COUPONS,
    "tags": Shared.TAGS,
    "journey": Shared.STEPS,
    "journeys": Shared.STEPS,
    "reach": Shared.STEPS,
}


async def _open_to(scope: Scope) -> list[Panel]:
    """The tabs the asker's role may open and their contract shares."""
    terms = await terms_of(scope)
    if terms.handling is Handling.OWN:
        return panels_for(scope)
    return [panel for panel in panels_for(scope) if PANELS.get(panel.name) in terms.shared]


async def _shown(
    panels: list[Panel], wanted: str, scope: Scope, member_id: int, language: str
) -> tuple[Panel | None, Mapping[str, Any]]:
    """The panel that was asked for, else the first, with its words; an empty one says so."""
    if not panels:
        return None, {}
    panel = next((one for one in panels if one.name == wanted), panels[0])
    words = await panel.load(scope, member_id, language)
    return (panel, words) if words is not None else (None, {})
