"""Messages for marketers: who can be reached, how often, by which words, and what is not known."""

from datetime import time
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from core.errors import DomainError
from core.security.scope import Role, Scope
from core.web.api import Router
from core.web.charts import Point, bar_chart
from core.web.i18n import language_of
from core.web.navigation import Section, add_to_console
from core.web.pages import form, redirect, render
from core.web.policy import allow
from crm.reach.errors import BadLimit
from crm.reach.queries import (
    Channel,
    caps,
    notices,
    quiet_hours,
    reach_numbers,
    template_of,
    templates,
    unknown_messages,
)
from crm.reach.service import (
    TemplateText,
    resolve_unknown,
    save_limit,
    save_quiet_hours,
    save_template,
)

router = Router("/console/reach", "reach", login="/login")
OFFICE = allow(Role.MARKETER, Role.HEAD_OFFICE)
add_to_console(
    "/console/reach",
    zh="消息与频次",
    en="Messages",
    section=Section.MARKETING,
    who=OFFICE,
    order=30,
)
NAMES = {
    Channel.SUBSCRIBE: ("订阅消息", "subscription message"),
    Channel.WECOM: ("企业微信", "WeCom"),
    Channel.SMS: ("短信", "SMS"),
    Channel.MAIL: ("邮件", "mail"),
}
NEW = TemplateText("", "", Channel.SMS)


@router.page("GET", "", who=OFFICE, summary="Reachability, caps, templates (消息与频次)")
async def show_reach(request: Request, scope: Scope) -> Response:
    code = request.query_params.get("template", "")
    return await _page(request, await _text_of(code) if code else NEW)


async def _text_of(code: str) -> TemplateText:
    view = await template_of(code)
    names = TemplateText.__dataclass_fields__
    return TemplateText(**{name: getattr(view, name) for name in names})


async def _page(
    request: Request, typed: TemplateText, refused: DomainError | None = None
) -> Response:
    is_english = language_of(request) == "en"
    numbers = await reach_numbers()
    bars = [Point(NAMES[one][is_english], count) for one, count in numbers.channels.items()]
    said = (refused.en if is_english else refused.zh) if refused else ""
    facts = " ".join(str(one) for one in refused.facts.values()) if refused else ""
    return render(
        request,
        "reach/reach.html",
        422 if refused else 200,
        numbers=numbers,
        chart=bar_chart(bars),
        caps=await caps(),
        quiet=await quiet_hours(),
        templates=await templates(),
        notices=await notices(),
        unknown=await unknown_messages(),
        typed=typed,
        refusal=f"{said} {facts}".strip(),
    )


@router.page("POST", "/templates", who=OFFICE, summary="Save a template of messages (保存模板)")
async def keep_template(request: Request, scope: Scope) -> Response:
    fields = await form(request)
    typed = _typed(fields)
    try:
        await save_template(scope=scope, said=typed)
    except DomainError as refused:
        return await _page(request, typed, refused)
    return redirect("/console/reach#templates")


def _typed(fields: Any) -> TemplateText:
    def text(name: str, most: int) -> str:
        return str(fields.get(name, "")).strip()[:most]

    pairs = (line.partition("=") for line in text("data", 2_000).splitlines() if "=" in line)
    return TemplateText(
        code=text("code", 60),
        name=text("name", 60),
        channel=text("channel", 20),
        purpose=text("purpose", 20),
        subject=text("subject", 200),
        text=text("text", 20_000),
        platform_id=text("platform_id", 80),
        page=text("page", 120),
        data={name.strip()[:40]: value.strip() for name, _, value in pairs},
        is_on=fields.get("is_on") == "1",
    )


@router.page("POST", "/limits", who=OFFICE, summary="Save a frequency cap (保存频次上限)")
async def keep_limit(request: Request, scope: Scope) -> Response:
    fields = await form(request)
    most = str(fields.get("most", ""))
    try:
        if not (most.isascii() and most.isdecimal() and len(most) < 5):
            raise BadLimit(most=most[:10])
        channel, span = str(fields.get("channel", "")), str(fields.get("span", ""))
        await save_limit(scope=scope, channel=channel, span=span, most=int(most))
    except DomainError as refused:
        return await _page(request, NEW, refused)
    return redirect("/console/reach")


@router.page("POST", "/quiet", who=OFFICE, summary="Save the quiet hours (保存免打扰时段)")
async def keep_quiet(request: Request, scope: Scope) -> Response:
    fields = await form(request)
    try:
        starts, ends = (_clock(str(fields.get(name, ""))) for name in ("starts", "ends"))
        await save_quiet_hours(scope=scope, starts=starts, ends=ends)
    except DomainError as refused:
        return await _page(request, NEW, refused)
    return redirect("/console/reach")


def _clock(text: str) -> time:
    """Raises BadLimit."""
    try:
        found = time.fromisoformat(text[:5])
    except ValueError:
        raise BadLimit(time=text[:5]) from None
    return found.replace(second=0, microsecond=0, tzinfo=None)


@router.page("POST", "/unknown", who=OFFICE, summary="Say what became of a message (核实结果)")
async def settle_unknown(request: Request, scope: Scope) -> Response:
    fields = await form(request)
    try:
        message_id = str(fields.get("message", ""))[:40]
        was_sent = fields.get("was_sent") == "1"
        await resolve_unknown(scope=scope, message_id=message_id, was_sent=was_sent)
    except DomainError as refused:
        return await _page(request, NEW, refused)
    return redirect("/console/reach")
