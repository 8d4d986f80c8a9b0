"""Journeys and campaigns for marketers: make, see as a picture, start and stop, and the report."""

import json
from functools import partial
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from core.audience import happenings
from core.deeds import deeds
from core.errors import DomainError, sentence_of
from core.security.scope import Role, Scope
from core.web.api import Router
from core.web.charts import Point, Unit, bar_chart
from core.web.i18n import language_of, translator
from core.web.navigation import Section, add_to_console
from core.web.pages import form, redirect, render
from core.web.policy import allow
from crm.journeys.pages.beginnings import asked, day_traits, shown_at
from crm.journeys.pages.editing import changed, definition_in, fields_of
from crm.journeys.pages.spans import span_of
from crm.journeys.pages.words import cut, place_words, step_words, trigger_words
from crm.journeys.queries import (
    PRESETS,
    Definition,
    JourneyView,
    State,
    all_journeys,
    get_journey,
    picture_of,
    report_of,
    runs_in,
)
from crm.journeys.service import JourneyDraft, act, draft_from_preset, save_journey
from crm.people.queries import shown_members
from crm.reach.queries import templates
from crm.segments.queries import all_segments
from trade.stores.queries import company_names

router = Router("/console/journeys", "journeys", login="/login")
OFFICE = allow(Role.MARKETER, Role.HEAD_OFFICE)
add_to_console(
    "/console/journeys",
    zh="活动与旅程",
    en="Campaigns",
    section=Section.MARKETING,
    who=OFFICE,
    order=20,
)
PATH = "/console/journeys"


@router.page("GET", "", who=OFFICE, summary="Campaigns and journeys (活动与旅程)")
async def show_journeys(request: Request, scope: Scope) -> Response:
    """`?segment=` is chosen already."""
    segment = request.query_params.get("segment", "")[:60]
    return await _list(request, typed={"segment": segment} if segment else None)


@router.page("POST", "", who=OFFICE, summary="A draft out of a preset (用模板新建)")
async def take_preset(request: Request, scope: Scope) -> Response:
    fields = await form(request)
    try:
        public_id = await draft_from_preset(
            scope=scope,
            preset=str(fields.get("preset", "")),
            code=str(fields.get("code", "")).strip()[:40],
            segment=str(fields.get("segment", ""))[:60],
            template=str(fields.get("template", ""))[:40],
        )
    except DomainError as refused:
        return await _list(request, refused, dict(fields))
    return redirect(f"{PATH}/{public_id}/edit")


async def _list(
    request: Request, refused: DomainError | None = None, typed: dict[str, Any] | None = None
) -> Response:
    return render(
        request,
        "journeys/list.html",
        422 if refused else 200,
        journeys=await all_journeys(),
        companies=await company_names(),
        presets=PRESETS,
        segments=await all_segments(),
        templates=[one for one in await templates() if one.is_on],
        typed=typed or {},
        refusal=_said(request, refused),
    )


@router.page("GET", "/{journey_id}", who=OFFICE, summary="One journey: picture and report (效果)")
async def show_journey(request: Request, scope: Scope, journey_id: str) -> Response:
    return await _page(request, await get_journey(journey_id))


async def _page(
    request: Request, journey: JourneyView, refused: DomainError | None = None
) -> Response:
    report = await report_of(journey)
    _, base = translator(language_of(request)), f"{PATH}/{journey.public_id}/members"
    groups = (("treated", _("实验组"), report.treated), ("held", _("对照组"), report.held))
    spend = [Point(name, one.per_head, f"{base}?group={key}") for key, name, one in groups]
    rates = [
        Point(name, round(one.rate.rate * 10_000), f"{base}?group={key}")
        for key, name, one in groups
    ]
    return render(
        request,
        "journeys/journey.html",
        422 if refused else 200,
        journey=journey,
        report=report,
        span=span_of(report.declared),
        spend=bar_chart(spend, Unit.FEN),
        rates=bar_chart(rates, Unit.BP),
        sentence=partial(sentence_of, language=language_of(request)),
        refusal=_said(request, refused),
        **await _drawn(request, journey.definition),
    )


async def _drawn(request: Request, definition: Definition) -> dict[str, Any]:
    language = language_of(request)
    _ = translator(language)
    words = {name: await step_words(step, _, language) for name, step in definition.steps.items()}
    begins = trigger_words(definition, _, language)
    picture = picture_of(definition)
    return {"picture": picture, "words": words, "begins": begins, "cut": cut}


@router.page("POST", "/{journey_id}/act", who=OFFICE, summary="Start, pause, resume, end, cancel")
async def press(request: Request, scope: Scope, journey_id: str) -> Response:
    fields = await form(request)
    journey = await get_journey(journey_id)
    try:
        action = str(fields.get("action", ""))[:10]
        await act(scope=scope, public_id=journey.public_id, action=action)
    except DomainError as refused:
        return await _page(request, journey, refused)
    return redirect(f"{PATH}/{journey.public_id}")


@router.page("GET", "/{journey_id}/members", who=OFFICE, summary="Members of a group (名单)")
async def show_members(request: Request, scope: Scope, journey_id: str) -> Response:
    journey = await get_journey(journey_id)
    asked = request.query_params
    group, state = asked.get("group", ""), asked.get("state", "")
    after = asked.get("after", "0")
    runs = await runs_in(
        journey.id,
        is_holdout={"held": True, "treated": False}.get(group),
        state=state,
        after=int(after) if after.isascii() and after.isdecimal() and len(after) < 19 else 0,
    )
    members = {one.id: one for one in await shown_members(scope, {run[1] for run in runs})}
    return render(
        request,
        "journeys/members.html",
        journey=journey,
        runs=runs,
        members=members,
        group=group if group in {"held", "treated"} else "",
        state=state if state.isalpha() and len(state) < 13 else "",
    )


@router.page("GET", "/{journey_id}/edit", who=OFFICE, summary="The editor (编辑)")
async def show_editor(request: Request, scope: Scope, journey_id: str) -> Response:
    journey = await get_journey(journey_id)
    data = journey.definition.model_dump(mode="json")
    typed = {"name": journey.name, "aim": journey.aim.value}
    return await _editor(request, journey, data, typed)


@router.page("POST", "/{journey_id}/edit", who=OFFICE, summary="Change the steps, or save (保存)")
async def edit(request: Request, scope: Scope, journey_id: str) -> Response:
    """Each button sends the whole form; only `save` writes, as a new version."""
    fields = await form(request)
    journey = await get_journey(journey_id)
    typed = {name: str(fields.get(name, ""))[:60] for name in ("name", "aim")}
    data = journey.definition.model_dump(mode="json")
    try:
        data = changed(definition_in(fields), str(fields.get("op", ""))[:80])
        if fields.get("op") == "save":
            draft = JourneyDraft(journey.code, typed["name"], typed["aim"], data, journey.public_id)
            await save_journey(scope=scope, draft=draft)
            return redirect(f"{PATH}/{journey.public_id}")
    except DomainError as refused:
        return await _editor(request, journey, data, typed, refused)
    return await _editor(request, journey, data, typed)


async def _editor(
    request: Request,
    journey: JourneyView,
    data: dict[str, Any],
    typed: dict[str, str],
    refused: DomainError | None = None,
) -> Response:
    language, facts = language_of(request), refused.facts if refused else {}
    return render(
        request,
        "journeys/edit.html",
        422 if refused else 200,
        journey=journey,
        data=data,
        text=json.dumps(data, ensure_ascii=False),
        at=shown_at(data["trigger"]),
        days=day_traits(),
        exit_asks=await asked(data.get("exit"), language),
        asks={
            name: await asked(step["condition"], language)
            for name, step in data["steps"].items()
            if step["kind"] == "if"
        },
        inputs={name: fields_of(step) for name, step in data["steps"].items()},
        typed=typed,
        deeds=deeds,
        happenings=happenings,
        segments=await all_segments(),
        templates=await templates(),
        refusal=_said(request, refused),
        where=place_words(facts, translator(language), language),
        is_draft=journey.state is State.DRAFT,
    )


def _said(request: Request, refused: DomainError | None) -> str:
    if refused is None:
        return ""
    return refused.en if language_of(request) == "en" else refused.zh
