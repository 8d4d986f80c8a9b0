"""Exports in the console: ask for a list, watch it, let a colleague's go, take it once."""

from collections.abc import Iterable
from itertools import groupby
from secrets import token_hex
from typing import Any

from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from core.audience import traits
from core.errors import DomainError
from core.security.scope import Role, Scope
from core.web.api import Router
from core.web.i18n import language_of
from core.web.limits import check_rate
from core.web.navigation import Section, add_to_console
from core.web.pages import form, redirect, render
from core.web.policy import allow
from crm.exports.errors import ReasonNeeded
from crm.exports.pages.reading import (
    EVERYONE,
    Typed,
    condition_of,
    order_of,
    repeat_of,
    typed_of,
)
from crm.exports.queries import (
    SEES_WHOLE,
    USES,
    Column,
    columns_for,
    export_view,
    exports_for,
    schedules_for,
)
from crm.exports.service import (
    approve_export,
    cancel_export,
    end_schedule,
    refuse_export,
    repeat_export,
    take_file,
    want_export,
)
from crm.people.queries import terms_of
from crm.segments.errors import BadCondition
from crm.segments.queries import all_segments, parse, told
from crm.tags.queries import tag_groups
from trade.stores.queries import get_staff

SEES_ALL = {Role.HEAD_OFFICE, Role.MARKETER}  # a store would read the size of the whole brand
router = Router("/console/exports", "exports", login="/login")
WHO = allow(Role.STORE_MANAGER, Role.FRANCHISEE, Role.MARKETER, Role.HEAD_OFFICE)
SECOND = allow(Role.HEAD_OFFICE)
add_to_console(
    "/console/exports", zh="导出", en="Exports", section=Section.MEMBERS, who=WHO, order=80
)


@router.page("GET", "", who=WHO, summary="Exports: one's own, and for head office all (导出)")
async def show_exports(request: Request, scope: Scope) -> Response:
    exports = await exports_for(scope)
    schedules = await schedules_for(scope)
    askers = {row.asked_by for row in exports} | {row.asked_by for row in schedules}
    return render(
        request,
        "exports/list.html",
        exports=exports,
        schedules=schedules,
        names=await _names(askers),
        segments={one.code: one.name for one in await all_segments()},
    )


@router.page("GET", "/new", who=WHO, summary="The form of a new export (新建导出)")
async def show_form(request: Request, scope: Scope) -> Response:
    """`?segment=` is chosen already."""
    segment = request.query_params.get("segment", "")[:40]
    condition = {"segment": segment} if segment else dict(EVERYONE)
    return await _form_page(request, scope, Typed(condition=condition, segment=segment))


@router.page("POST", "/new", who=WHO, summary="The form, with the condition of another screen")
async def carry_over(request: Request, scope: Scope) -> Response:
    """By POST: a condition may be long, and is nobody's business in a log."""
    fields = await form(request)
    condition = condition_of(str(fields.get("condition", "")))
    parse(condition)
    return await _form_page(request, scope, Typed(condition=condition))


@router.page("POST", "", who=WHO, summary="Ask for a list, once or again and again (提交导出)")
async def ask(request: Request, scope: Scope) -> Response:
    fields = await form(request)
    await check_rate("exports.ask", scope.actor, per_minute=20)
    typed = typed_of(fields)
    try:
        order, repeat = await order_of(typed, language_of(request)), repeat_of(typed)
        if repeat is not None:
            await repeat_export(scope=scope, order=order, repeat=repeat)
            return redirect("/console/exports")
        key = str(fields.get("key", ""))[:40] or token_hex(16)
        public_id = await want_export(scope=scope, order=order, key=key)
    except DomainError as refused:
        return await _form_page(request, scope, typed, refused)
    return redirect(f"/console/exports/{public_id}")


async def _form_page(
    request: Request, scope: Scope, typed: Typed, refused: DomainError | None = None
) -> Response:
    terms = await terms_of(scope)
    return render(
        request,
        "exports/new.html",
        422 if refused else 200,
        typed=typed,
        told=await _told(typed.condition, request),
        refusal=_said(request, refused) if refused else "",
        rooms=_by_room(columns_for(scope.role, traits, terms.shared).values()),
        segments=await all_segments(),
        sees_sizes=scope.role in SEES_ALL,
        groups=await tag_groups(),
        uses=USES,
        may_whole=scope.role in SEES_WHOLE,
        key=token_hex(16),
    )


def _by_room(columns: Iterable[Column]) -> list[tuple[str, list[Column]]]:
    """Who they are first, then what each room knows of them."""
    ordered = sorted(columns, key=lambda one: (one.room != "people", one.room))
    return [(room, list(some)) for room, some in groupby(ordered, lambda one: one.room)]


async def _told(condition: Any, request: Request) -> str:
    """The condition as a sentence; as it is kept, where a fact in it is known no more."""
    try:
        return await told(condition, language_of(request))
    except BadCondition:
        return str(condition)


def _said(request: Request, refused: DomainError) -> str:
    return refused.en if language_of(request) == "en" else refused.zh


@router.page("GET", "/{export}", who=WHO, summary="One export and how far it is (导出详情)")
async def show_export(request: Request, scope: Scope, export: str) -> Response:
    return await _page(request, scope, export, "exports/export.html")


@router.page("GET", "/{export}/part", who=WHO, summary="How far it is, alone (进度)")
async def show_part(request: Request, scope: Scope, export: str) -> Response:
    return await _page(request, scope, export, "exports/state.html")


async def _page(
    request: Request,
    scope: Scope,
    public_id: str,
    template: str,
    refused: DomainError | None = None,
) -> Response:
    view = await export_view(scope, public_id)
    people = {view.asked_by, *({view.seen_by} if view.seen_by else ())}
    known = columns_for(Role.HEAD_OFFICE, traits)
    return render(
        request,
        template,
        422 if refused else 200,
        export=view,
        told=await _told(view.condition, request),
        names=await _names(people),
        columns=[known[name] for name in view.columns if name in known],
        segments={one.code: one.name for one in await all_segments()},
        uses=USES,
        refusal=_said(request, refused) if refused else "",
    )


async def _names(staff_ids: set[int]) -> dict[int, str]:
    return {id_: (await get_staff(id_)).display_name for id_ in staff_ids}


@router.page("POST", "/{export}/cancel", who=WHO, summary="Stop it (取消导出)")
async def cancel(request: Request, scope: Scope, export: str) -> Response:
    await form(request)
    await cancel_export(scope=scope, public_id=export)
    return redirect(f"/console/exports/{export}")


@router.page(
    "POST", "/{export}/approve", who=SECOND, summary="Let a colleague's list go (复核通过)"
)
async def approve(request: Request, scope: Scope, export: str) -> Response:
    await form(request)
    await approve_export(scope=scope, public_id=export)
    return redirect(f"/console/exports/{export}")


@router.page("POST", "/{export}/refuse", who=SECOND, summary="Do not let it go, and why (驳回)")
async def refuse(request: Request, scope: Scope, export: str) -> Response:
    fields = await form(request)
    try:
        await refuse_export(
            scope=scope, public_id=export, reason=str(fields.get("reason", ""))[:200]
        )
    except ReasonNeeded as refused:
        return await _page(request, scope, export, "exports/export.html", refused)
    return redirect(f"/console/exports/{export}")


@router.page("POST", "/{export}/file", who=WHO, summary="The file, once (下载)")
async def take(request: Request, scope: Scope, export: str) -> Response:
    """By POST, so that nothing that follows links takes the one time."""
    await form(request)
    taken = await take_file(scope=scope, public_id=export)
    return StreamingResponse(
        taken.parts,
        media_type=taken.media,
        headers={
            "content-disposition": f'attachment; filename="{taken.name}"',
            "content-length": str(taken.size),
            "cache-control": "no-store",
            "digest": f"sha-256={taken.sha256}",
        },
    )


@router.page("POST", "/schedules/{schedule}/end", who=WHO, summary="End a schedule (停止定时导出)")
async def end(request: Request, scope: Scope, schedule: str) -> Response:
    await form(request)
    await end_schedule(scope=scope, public_id=schedule)
    return redirect("/console/exports")
