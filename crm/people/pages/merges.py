"""Two members, one person (会员合并): pairs to decide, merges that stand, and the way back."""

from starlette.requests import Request
from starlette.responses import Response

from core.errors import DomainError
from core.security.scope import Role, Scope
from core.web.api import Router
from core.web.i18n import language_of
from core.web.navigation import Section, add_to_console
from core.web.pages import form, redirect, render
from core.web.policy import allow
from crm.people.errors import (
    MatchNotFound,
    MemberNotFound,
    MergeCovered,
    MergeNotFound,
    MergeSpent,
    MergeWaits,
    ReasonNeeded,
    SamePerson,
)
from crm.people.queries import merges_seen, open_matches
from crm.people.service import decide_match, merge_members, undo_merge

router = Router("/console/merges", "console", login="/login")
WHO = allow(Role.MARKETER, Role.HEAD_OFFICE)
SHOWN = (
    *(MemberNotFound, MergeCovered, MergeNotFound, MergeSpent, MergeWaits),
    *(MatchNotFound, ReasonNeeded, SamePerson),
)
add_to_console(
    "/console/merges", zh="会员合并", en="Merges", section=Section.MEMBERS, who=WHO, order=80
)


@router.page("GET", "", who=WHO, summary="Pairs to decide, and merges (会员合并)")
async def list_merges(request: Request, scope: Scope) -> Response:
    return await _page(request, scope)


async def _page(request: Request, scope: Scope, refused: DomainError | None = None) -> Response:
    told = (refused.en if language_of(request) == "en" else refused.zh) if refused else ""
    return render(
        request,
        "people/merges.html",
        422 if refused else 200,
        matches=await open_matches(scope),
        merges=await merges_seen(scope),
        one=request.query_params.get("one", "")[:40],
        refusal=told,
    )


@router.page("POST", "", who=WHO, summary="Join two members")
async def join_two(request: Request, scope: Scope) -> Response:
    fields = await form(request)
    one, other, reason = (str(fields.get(name, "")).strip() for name in ("one", "other", "reason"))
    try:
        await merge_members(
            scope=scope,
            one_public_id=one[:40],
            other_public_id=other[:40],
            reason=reason[:200],
        )
    except SHOWN as refused:
        return await _page(request, scope, refused)
    return redirect("/console/merges")


@router.page("POST", "/{merge_id}/undo", who=WHO, summary="They are two after all")
async def part(request: Request, scope: Scope, merge_id: str) -> Response:
    fields = await form(request)
    reason = str(fields.get("reason", ""))[:200]
    try:
        await undo_merge(scope=scope, merge_public_id=merge_id, reason=reason)
    except SHOWN as refused:
        return await _page(request, scope, refused)
    return redirect("/console/merges")


@router.page("POST", "/pairs/{match_id}", who=WHO, summary="Decide a pair")
async def decide(request: Request, scope: Scope, match_id: str) -> Response:
    fields = await form(request)
    is_same, reason = fields.get("is_same") == "yes", str(fields.get("reason", ""))[:200]
    try:
        await decide_match(scope=scope, match_public_id=match_id, is_same=is_same, reason=reason)
    except SHOWN as refused:
        return await _page(request, scope, refused)
    return redirect("/console/merges")
