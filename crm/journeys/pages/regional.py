"""Regional campaigns (区域活动): a franchisee asks for one, and sees what became of it."""

from starlette.requests import Request
from starlette.responses import Response

from core.errors import DomainError
from core.privacy import Purpose
from core.security.scope import Role, Scope
from core.web.api import Router
from core.web.i18n import language_of
from core.web.navigation import Section, add_to_console
from core.web.pages import form, redirect, render
from core.web.policy import allow
from crm.journeys.queries import journeys_of_company, report_of
from crm.journeys.service import ask_campaign, withdraw_campaign
from crm.reach.queries import templates

router = Router("/console/regional", "journeys", login="/login")
OWNER = allow(Role.FRANCHISEE)
PATH = "/console/regional"
add_to_console(
    PATH, zh="区域活动", en="Regional campaigns", section=Section.MARKETING, who=OWNER, order=21
)


@router.page("GET", "", who=OWNER, summary="Campaigns of my stores (区域活动)")
async def show_regional(request: Request, scope: Scope) -> Response:
    return await _page(request, scope)


@router.page("POST", "", who=OWNER, summary="Ask head office for a campaign of my stores")
async def ask(request: Request, scope: Scope) -> Response:
    fields = await form(request)
    name, template = str(fields.get("name", "")), str(fields.get("template", ""))
    try:
        await ask_campaign(scope=scope, name=name[:60], template=template[:40])
    except DomainError as refused:
        return await _page(request, scope, refused, name[:60])
    return redirect(PATH)


@router.page("POST", "/{journey_id}/withdraw", who=OWNER, summary="Withdraw what I asked for")
async def withdraw(request: Request, scope: Scope, journey_id: str) -> Response:
    await form(request)
    await withdraw_campaign(scope=scope, public_id=journey_id)
    return redirect(PATH)


async def _page(
    request: Request, scope: Scope, refused: DomainError | None = None, name: str = ""
) -> Response:
    """Numbers only: whom it reached by name is head office's to know."""
    told = (refused.en if language_of(request) == "en" else refused.zh) if refused else ""
    asked = await journeys_of_company(scope.franchisee_id or 0)
    usable = [one for one in await templates() if one.is_on and one.purpose is Purpose.MARKETING]
    return render(
        request,
        "journeys/regional.html",
        422 if refused else 200,
        campaigns=[(one, await report_of(one)) for one in asked[:20]],
        templates=usable,
        name=name,
        refusal=told,
    )
