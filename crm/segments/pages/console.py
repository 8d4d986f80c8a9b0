"""Segments (人群包) for marketers: a list, one segment with its numbers, and the builder."""

import json
import re
from secrets import token_hex
from typing import Any

from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import Response

from core.errors import DomainError
from core.security.scope import Role, Scope
from core.web.api import Router
from core.web.charts import Point, Series, line_chart
from core.web.i18n import language_of
from core.web.limits import check_rate
from core.web.navigation import Section, add_to_console
from core.web.pages import form, redirect, render
from core.web.policy import allow
from crm.people.queries import shown_members
from crm.segments.errors import SegmentUnknown
from crm.segments.pages.answering import Draft, answer_draft, draft_of, said_of
from crm.segments.pages.draft import as_group, press
from crm.segments.pages.portrait import bar_of, portrait
from crm.segments.pages.starts import STARTS, start_of
from crm.segments.pages.view import Viewer
from crm.segments.queries import (
    all_in,
    all_segments,
    get_segment,
    members_in,
    sizes_of,
    snapshots_of,
    told,
)
from crm.segments.service import (
    SegmentDraft,
    delete_segment,
    drop_snapshot,
    freeze,
    refresh_segments,
    save_segment,
)
from trade.promotions.queries import campaigns
from trade.promotions.service import DealKind, issue_coupons

router = Router("/console/segments", "segments", login="/login")
OFFICE = allow(Role.MARKETER, Role.HEAD_OFFICE)
add_to_console(
    "/console/segments", zh="人群包", en="Segments", section=Section.MARKETING, who=OFFICE, order=10
)
PAGE = 50
BAR = ("within", "trait", "low", "high")  # what a bar of a portrait says in its address


@router.page("GET", "", who=OFFICE, summary="Segments and their sizes (人群包)")
async def list_segments(request: Request, scope: Scope) -> Response:
    found = await all_segments()
    return render(request, "segments/list.html", found=found, starts=STARTS)


@router.page("GET", "/new", who=OFFICE, summary="Make a segment (新建人群包)")
async def new_segment(request: Request, scope: Scope) -> Response:
    asked = {word: request.query_params.get(word, "")[:60] for word in BAR}
    bar = bar_of(asked["within"], asked["trait"], asked["low"], asked["high"])
    if bar is not None:
        return await _builder(request, Draft(bar))
    start = start_of(request.query_params.get("start", "")[:40])
    english = language_of(request) == "en"
    name = (start.en if english else start.zh) if start.code else ""
    return await _builder(request, Draft(start.condition, start.code, name))


@router.page("GET", "/{code}/edit", who=OFFICE, summary="Change a segment (修改人群包)")
async def edit_segment(request: Request, scope: Scope, code: str) -> Response:
    kept = await get_segment(code)
    tree = as_group(kept.condition)
    return await _builder(request, Draft(tree, kept.code, kept.name, kept.note, kept.version))


async def _builder(
    request: Request, draft: Draft, *, refusal: DomainError | None = None, saving: bool = False
) -> Response:
    """The builder with what it counts; for htmx the form alone."""
    english = language_of(request) == "en"
    viewer = Viewer(english, await all_segments())
    answer = await answer_draft(draft, language_of(request))
    is_part = "hx-request" in request.headers
    return render(
        request,
        "segments/part.html" if is_part else "segments/builder.html",
        422 if refusal else 200,
        draft=draft,
        text=json.dumps(draft.tree, ensure_ascii=False),
        root=await viewer.view(draft.tree),
        things=viewer.things(),
        answer=answer,
        refusal=said_of(refusal, english) if saving and refusal else "",
    )


async def _counting(scope: Scope, fields: FormData) -> Draft:
    draft = draft_of(fields)
    limit = ("segments.count_all", 6) if draft.is_exact else ("segments.count", 120)
    await check_rate(limit[0], scope.actor, per_minute=limit[1])
    return draft


@router.page("POST", "/build", who=OFFICE, summary="Add, change or remove a condition")
async def build(request: Request, scope: Scope) -> Response:
    """A button of the builder; nothing is kept."""
    fields = await form(request)
    draft = await _counting(scope, fields)
    press(draft.tree, str(fields.get("do", ""))[:200], fields)
    return await _builder(request, draft)


@router.page("POST", "/count", who=OFFICE, summary="Count while editing (实时人数)")
async def count(request: Request, scope: Scope) -> Response:
    """By POST, so that no condition stands in a log; nothing is kept."""
    fields = await form(request)
    answer = await answer_draft(await _counting(scope, fields), language_of(request))
    return render(request, "segments/count.html", answer=answer)


@router.page("POST", "/save", who=OFFICE, summary="Keep a segment (保存人群包)")
async def save(request: Request, scope: Scope) -> Response:
    fields = await form(request)
    draft = draft_of(fields)
    wanted = SegmentDraft(draft.code, draft.name, draft.condition, draft.note, draft.version)
    try:
        segment_id = await save_segment(scope=scope, draft=wanted)
    except DomainError as refused:
        return await _builder(request, draft, refusal=refused, saving=True)
    await refresh_segments([segment_id])
    return redirect(f"/console/segments/{draft.code}")


@router.page("GET", "/{code}", who=OFFICE, summary="One segment: size, who came and went")
async def show_segment(request: Request, scope: Scope, code: str) -> Response:
    return await _segment_page(request, code)


async def _segment_page(
    request: Request, code: str, refused: DomainError | None = None
) -> Response:
    kept = await get_segment(code)
    sizes = await sizes_of(kept.id)
    members = Series("", tuple(Point(f"{one.day:%m-%d}", one.members) for one in sizes))
    return render(
        request,
        "segments/segment.html",
        422 if refused else 200,
        kept=kept,
        key=token_hex(8),
        coupons=[one for one in await campaigns() if one.kind is DealKind.COUPON],
        refusal=said_of(refused, language_of(request) == "en"),
        sizes=list(reversed(sizes)),
        chart=line_chart([members]),
        portraits=await portrait(kept, language_of(request)),
        snapshots=await snapshots_of(kept.id),
        said=await _said(kept.condition, language_of(request)),
    )


async def _said(condition: dict[str, Any], language: str) -> str:
    """A condition whose fact went with its room says so instead of breaking the page."""
    try:
        return await told(condition, language)
    except DomainError as refused:
        return said_of(refused, language == "en")


@router.page("GET", "/{code}/members", who=OFFICE, summary="Members of a segment, masked")
async def list_members(request: Request, scope: Scope, code: str) -> Response:
    kept = await get_segment(code)
    after = request.query_params.get("after", "")
    start = int(after) if re.fullmatch(r"\d{1,15}", after) else 0
    ids = await members_in(kept.code, after=start, limit=PAGE + 1)
    members = await shown_members(scope, ids[:PAGE])
    more = ids[PAGE - 1] if len(ids) > PAGE else None
    return render(request, "segments/members.html", kept=kept, members=members, more=more)


@router.page("POST", "/{code}/refresh", who=OFFICE, summary="Work a segment out now")
async def refresh(request: Request, scope: Scope, code: str) -> Response:
    await form(request)
    await check_rate("segments.refresh", scope.actor, per_minute=6)
    await refresh_segments([(await get_segment(code)).id])
    return redirect(f"/console/segments/{code}")


@router.page("POST", "/{code}/coupons", who=OFFICE, summary="A coupon for a segment (发券)")
async def issue_to_segment(request: Request, scope: Scope, code: str) -> Response:
    """The form's own key makes one issue of it, however often it is sent."""
    fields = await form(request)
    kept = await get_segment(code)
    coupon, key = str(fields.get("coupon", ""))[:40], str(fields.get("key", ""))[:16]
    try:
        issue = await issue_coupons(
            code=coupon,
            member_ids=await all_in(kept.code),
            cause=f"segment:{kept.id}:{key or token_hex(8)}",
            by=scope,
            note=f"{kept.name[:20]} {str(fields.get('note', ''))[:58]}".strip(),
        )
    except DomainError as refused:
        return await _segment_page(request, code, refused)
    return redirect(f"/console/coupons/issues/{issue}")


@router.page("POST", "/{code}/freeze", who=OFFICE, summary="Keep who is in it now (快照)")
async def freeze_now(request: Request, scope: Scope, code: str) -> Response:
    fields = await form(request)
    await freeze(scope=scope, code=code, name=str(fields.get("name", ""))[:60])
    return redirect(f"/console/segments/{code}")


@router.page("POST", "/{code}/forget", who=OFFICE, summary="Forget a snapshot")
async def forget_snapshot(request: Request, scope: Scope, code: str) -> Response:
    fields = await form(request)
    number = str(fields.get("snapshot", ""))
    kept = await snapshots_of((await get_segment(code)).id)
    if number not in {str(one.id) for one in kept}:
        raise SegmentUnknown(snapshot=number[:20])
    await drop_snapshot(scope=scope, snapshot_id=int(number))
    return redirect(f"/console/segments/{code}")


@router.page("POST", "/{code}/delete", who=OFFICE, summary="Remove a segment (删除人群包)")
async def delete(request: Request, scope: Scope, code: str) -> Response:
    await form(request)
    await get_segment(code)
    await delete_segment(scope=scope, code=code)
    return redirect("/console/segments")
