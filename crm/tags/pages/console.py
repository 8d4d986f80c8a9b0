"""Tags for marketers: the library, one tag with who has it, and how far WeCom agrees."""

from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from core.errors import DomainError
from core.security.scope import Role, Scope
from core.settings import current
from core.web.api import Router
from core.web.charts import Point, bar_chart
from core.web.i18n import language_of
from core.web.navigation import Section, add_to_console
from core.web.pages import form, redirect, render
from core.web.policy import allow
from crm.people.queries import member_view
from crm.people.queries.leaving import numbers_of
from crm.tags.errors import BadValidity, TagNotFound
from crm.tags.pages.wording import SOURCES
from crm.tags.queries import (
    corp_numbers,
    last_look,
    members_with,
    tag_by_public_id,
    tag_groups,
    words_for,
)
from crm.tags.service import (
    Marking,
    Source,
    archive_group,
    archive_tag,
    ask_for_look,
    make_group,
    make_tag,
    mark_members,
    rename_group,
    rename_tag,
    share_tag,
    unmark_members,
)

router = Router("/console/tags", "tags", login="/login")
OFFICE = allow(Role.MARKETER, Role.HEAD_OFFICE)
add_to_console("/console/tags", zh="标签", en="Tags", section=Section.MEMBERS, who=OFFICE, order=20)
MEMBERS_SHOWN = 50


@router.page("GET", "", who=OFFICE, summary="Groups of tags and how far WeCom agrees (标签)")
async def show_library(request: Request, scope: Scope) -> Response:
    return await _library(request)


@router.page("POST", "", who=OFFICE, summary="A new group, a new tag, other names (维护标签)")
async def change_library(request: Request, scope: Scope) -> Response:
    """`do` says what; a refusal comes back on the page with what was typed."""
    fields = await form(request)
    said = {name: str(fields.get(name, "")).strip()[:200] for name in ("group", "name", "days")}
    try:
        await _change(str(fields.get("do", "")), said, is_single="single" in fields, by=scope.actor)
    except DomainError as refusal:
        return await _library(request, refusal=refusal, typed=said)
    return redirect("/console/tags")


async def _change(do: str, said: dict[str, str], *, is_single: bool, by: str) -> None:
    if do == "group":
        await make_group(name=said["name"], by=by, is_single=is_single)
    elif do == "tag":
        days = _days(said["days"])
        await make_tag(group=said["group"], name=said["name"], by=by, valid_days=days)
    elif do == "rename_group":
        await rename_group(group=said["group"], name=said["name"], by=by)
    elif do == "archive_group":
        await archive_group(group=said["group"], by=by)


def _days(text: str) -> int | None:
    if not text:
        return None
    if not (text.isascii() and text.isdecimal() and len(text) <= 5):
        raise BadValidity
    return int(text)


@router.page("POST", "/look", who=OFFICE, summary="Look through all customers of WeCom now (同步)")
async def look_now(request: Request, scope: Scope) -> Response:
    await form(request)
    await ask_for_look(by=scope.actor)
    return redirect("/console/tags")


@router.page("POST", "/marks", who=OFFICE, summary="Give a tag to one member or take it (打标签)")
async def change_mark(request: Request, scope: Scope) -> Response:
    """From the member's page, and back to it."""
    fields = await form(request)
    member = await member_view(scope, str(fields.get("member", ""))[:40])
    tag = await tag_by_public_id(str(fields.get("tag", ""))[:40])
    if fields.get("do") == "take":
        await unmark_members(tag_id=tag.id, member_ids=[member.id], by=scope.actor)
    else:
        marking = Marking(Source.MANUAL, by=scope.actor)
        await mark_members(tag_id=tag.id, member_ids=[member.id], marking=marking)
    return redirect(f"/console/members/{member.public_id}?tab=tags")


@router.page("GET", "/{tag}", who=OFFICE, summary="One tag and who has it (标签详情)")
async def show_tag(request: Request, scope: Scope, tag: str) -> Response:
    return await _tag_page(request, tag)


@router.page("POST", "/{tag}", who=OFFICE, summary="Rename, share or archive a tag (维护标签)")
async def change_tag(request: Request, scope: Scope, tag: str) -> Response:
    fields = await form(request)
    do, by = fields.get("do"), scope.actor
    try:
        if do == "rename":
            await rename_tag(tag=tag, name=str(fields.get("name", ""))[:200], by=by)
        elif do == "share":
            await share_tag(tag=tag, by=by)
        elif do == "archive":
            await archive_tag(tag=tag, by=by)
            return redirect("/console/tags")
    except TagNotFound:
        raise
    except DomainError as refusal:
        return await _tag_page(request, tag, refusal=refusal)
    return redirect(f"/console/tags/{tag}")


async def _library(
    request: Request, *, refusal: DomainError | None = None, typed: dict[str, str] | None = None
) -> Response:
    return render(
        request,
        "tags/library.html",
        422 if refusal else 200,
        groups=await tag_groups(),
        look=await last_look(),
        corp=await corp_numbers(),
        has_wecom=current().wecom is not None,
        refusal=_words(request, refusal),
        typed=typed or {"group": "", "name": "", "days": ""},
    )


async def _tag_page(
    request: Request, public_id: str, *, refusal: DomainError | None = None
) -> Response:
    tag = await tag_by_public_id(public_id)
    groups = {group.public_id: group for group in await tag_groups()}
    holders = await members_with(tag.id, limit=MEMBERS_SHOWN)
    numbers = await numbers_of(holders)
    return render(
        request,
        "tags/tag.html",
        422 if refusal else 200,
        tag=tag,
        group=groups.get(tag.group),
        members=[numbers[one] for one in holders if one in numbers],
        chart=await _by_source(request, tag.id),
        refusal=_words(request, refusal),
    )


async def _by_source(request: Request, tag_id: int) -> Any:
    english = language_of(request) == "en"
    words = await words_for(tag_id)
    return bar_chart([Point(SOURCES[Source(one)][english], n) for one, n in words.items()])


def _words(request: Request, refusal: DomainError | None) -> str:
    if refusal is None:
        return ""
    return refusal.en if language_of(request) == "en" else refusal.zh
