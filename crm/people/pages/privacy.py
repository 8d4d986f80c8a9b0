"""What is kept of people: the public list for the privacy notice, and the console's record."""

from starlette.requests import Request
from starlette.responses import Response

from core.security.scope import Role, Scope
from core.web.api import Router
from core.web.navigation import Section, add_to_console
from core.web.pages import render
from core.web.policy import PUBLIC, allow
from crm.people.pages.contracts import shared_fields
from crm.people.queries import (
    PURPOSES,
    age_limits,
    erasures_seen,
    kept_fields,
    notice_fields,
    retention_runs,
)

router = Router("", "console", login="/login")
WHO = allow(Role.MARKETER, Role.HEAD_OFFICE)
GROUNDS = {
    **{str(purpose): words for purpose, words in PURPOSES.items()},
    "contract": ("履行合同", "contract"),
    "law": ("法定义务", "duty by law"),
    "staff": ("用工管理", "employment"),
    "safety": ("安全", "safety"),
}
add_to_console(
    "/console/privacy", zh="个人信息", en="Privacy", section=Section.DATA, who=WHO, order=90
)


@router.page("GET", "/privacy", who=PUBLIC, summary="What is kept of people, for the notice")
async def show_notice(request: Request) -> Response:
    """Made from the lists that erasing and retention go by, so that the two cannot differ."""
    return render(
        request,
        "people/notice.html",
        fields=notice_fields(),
        limits=age_limits(),
        grounds=GROUNDS,
        shared=shared_fields(),
    )


@router.page("GET", "/console/privacy", who=WHO, summary="Erasures and retention (个人信息)")
async def show_record(request: Request, scope: Scope) -> Response:
    return render(
        request,
        "people/privacy.html",
        erasures=await erasures_seen(),
        runs=await retention_runs(),
        fields=len(kept_fields()),
    )
