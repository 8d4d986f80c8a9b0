"""Segments (人群包) for marketers: a list, one segment with its numbers, and the builder."""

import asyncio
import json
import re
from dataclasses import dataclass
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
from crm.people.queries import member_known_as, shown_members
from crm.segments.errors import SegmentUnknown, TooManyCounts
from crm.segments.pages.draft import as_group, press, read_tree
from crm.segments.pages.portrait import bar_of, portrait
from crm.segments.pages.starts import STARTS, start_of
from crm.segments.pages.view import Viewer
from crm.segments.queries import (
    Count,
    Reason,
    all_segments,
    count_now,
    explain,
    get_segment,
    members_in,
    parse,
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

router = Router("/console/segments", "segments", login="/login")
OFFICE = allow(Role.MARKETER, Role.HEAD_OFFICE)
add_to_console(
    "/console/segments", zh="人群包", en="Segments", section=Section.MARKETING, who=OFFICE, order=10
)
AT_ONCE = 4  # counts of this process at one time (threat S26)
PAGE = 50
BAR = ("within", "trait", "low", "high")  # what a bar of a portrait says in its address
counting = asyncio.Semaphore(AT_ONCE)


@router.page("GET", "", who=OFFICE, summary="Segments and their sizes (人群包)")
async def list_segments(request: Request, scope: Scope) -> Response:
    found = await all_segments()
    return render(request, "segments/list.html", found=found, starts=STARTS)


@dataclass(frozen=True, slots=True)
class Draft:
    """What stands in the builder's form."""

    tree: dict[str, Any]
    code: str = ""
    name: str = ""
    note: str = ""
    version: int = 0
    who: str = ""


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
    answer = await _answer(draft, language_of(request))
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
        refusal=_told(refusal, english) if saving and refusal else "",
    )


@dataclass(frozen=True, slots=True)
class Answer:
    """What the box beside the conditions says: a count, or what is wrong and where."""

    count: Count | None = None
    wrong: str = ""
    at: str = ""
    said: str = ""
    reason: Reason | None = None
    is_unknown: bool = False

    @property
    def share_of_sample(self) -> str:
        return f"{self.count.looked_at:,}" if self.count else ""


async def _answer(draft: Draft, language: str) -> Answer:
    tree = {"everyone": True} if draft.tree in ({"all": []}, {"any": []}) else draft.tree
    try:
        condition = parse(tree)
        count = await _counted(condition)
        said = await told(tree, language)
        member_id = await member_known_as(draft.who) if draft.who else None
        reason = await explain(condition, member_id, language) if member_id else None
    except DomainError as refused:
        at = str(refused.facts.get("at") or "")
        return Answer(wrong=_told(refused, language == "en"), at=at)
    return Answer(count, said=said, reason=reason, is_unknown=bool(draft.who) and not member_id)


async def _counted(condition: Any) -> Count:
    """Raises TooManyCounts at once rather than wait behind others."""
    if counting.locked():
        raise TooManyCounts
    async with counting:
        return await count_now(condition)


def _told(error: DomainError | None, english: bool) -> str:  # noqa: FBT001
    return "" if error is None else error.en if english else error.zh


def _draft(fields: FormData) -> Draft:
    version = str(fields.get("version", "0"))
    return Draft(
        read_tree(fields),
        str(fields.get("code", "")).strip()[:40],
        str(fields.get("name", ""))[:60],
        str(fields.get("note", ""))[:300],
        int(version) if re.fullmatch(r"\d{1,9}", version) else 0,
        str(fields.get("who", "")).strip()[:60],
    )


@router.page("POST", "/build", who=OFFICE, summary="Add, change or remove a condition")
async def build(request: Request, scope: Scope) -> Response:
    """A button of the builder; nothing is kept."""
    fields = await form(request)
    await check_rate("segments.count", scope.actor, per_minute=120)
    draft = _draft(fields)
    press(draft.tree, str(fields.get("do", ""))[:200], fields)
    return await _builder(request, draft)


@router.page("POST", "/count", who=OFFICE, summary="Count while editing (实时人数)")
async def count(request: Request, scope: Scope) -> Response:
    """By POST, so that no condition stands in a log; nothing is kept."""
    fields = await form(request)
    await check_rate("segments.count", scope.actor, per_minute=120)
    answer = await _answer(_draft(fields), language_of(request))
    return render(request, "segments/count.html", answer=answer)


@router.page("POST", "/save", who=OFFICE, summary="Keep a segment (保存人群包)")
async def save(request: Request, scope: Scope) -> Response:
    fields = await form(request)
    draft = _draft(fields)
    tree = {"everyone": True} if draft.tree in ({"all": []}, {"any": []}) else draft.tree
    wanted = SegmentDraft(draft.code, draft.name, tree, draft.note, draft.version)
    try:
        segment_id = await save_segment(scope=scope, draft=wanted)
    except DomainError as refused:
        return await _builder(request, draft, refusal=refused, saving=True)
    await refresh_segments([segment_id])
    return redirect(f"/console/segments/{draft.code}")


@router.page("GET", "/{code}", who=OFFICE, summary="One segment: size, who came and went")
async def show_segment(request: Request, scope: Scope, code: str) -> Response:
    kept = await get_segment(code)
    sizes = await sizes_of(kept.id)
    members = Series("", tuple(Point(f"{one.day:%m-%d}", one.members) for one in sizes))
    return render(
        request,
        "segments/segment.html",
        kept=kept,
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
        return _told(refused, language == "en")


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
