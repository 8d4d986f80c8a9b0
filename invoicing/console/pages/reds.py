"""Red letters for head office: what waits for whom, and what a person decides."""

import asyncio

from starlette.requests import Request
from starlette.responses import Response

from core.errors import Conflict, DomainError, Invalid
from core.security.scope import Role, Scope
from core.web.api import Router
from core.web.navigation import Section, add_to_console
from core.web.pages import form, redirect, render
from core.web.policy import allow
from invoicing import archive
from invoicing.console.lists import request_of_invoice
from invoicing.console.pages.lists import day_of, number_of, stores_for
from invoicing.console.pages.one import told
from invoicing.reds.errors import RedCannotMove, RedFileNotReady
from invoicing.reds.queries import (
    RedFilter,
    RedState,
    RedView,
    open_alarms,
    red_face_of,
    red_file,
    red_for,
    reds_for,
    steps_of,
)
from invoicing.reds.service import confirm_form, try_again, withdraw

router = Router("/console/invoices/reds", "invoices", login="/login")
OFFICE = allow(Role.HEAD_OFFICE)
add_to_console(
    "/console/invoices/reds", zh="红字发票", en="Red letters", section=Section.MONEY, who=OFFICE
)


@router.page("GET", "", who=OFFICE, summary="Red letters, and those somebody has to look at")
async def show_reds(request: Request, scope: Scope) -> Response:
    said = {name: value.strip()[:40] for name, value in request.query_params.items()}
    state = said.get("state", "")
    wanted = RedFilter(
        state=RedState(state) if state in set(RedState) else None,
        number=said.get("number", "").replace("\x00", ""),
        since=day_of(said.get("since")),
        has_alarm=said.get("alarm") == "1",
    )
    page = max(1, min(number_of(said.get("page")) or 1, 10_000))
    return render(
        request,
        "invoices/reds.html",
        found=await reds_for(scope, wanted, page=page),
        alarms=await open_alarms(scope),
        wanted=wanted,
        states=list(RedState),
        stores=await stores_for(scope),
    )


@router.page("GET", "/{red_id}", who=OFFICE, summary="One red letter and its form (红字详情)")
async def show_red(request: Request, scope: Scope, red_id: str) -> Response:
    return await _page(request, scope, await red_for(scope, red_id))


async def _page(
    request: Request, scope: Scope, red: RedView, refused: DomainError | None = None
) -> Response:
    return render(
        request,
        "invoices/red.html",
        422 if refused else 200,
        red=red,
        face=await red_face_of(red.id) if red.number else None,
        has_file=await red_file(red.id) is not None,
        steps=await steps_of(red.id),
        row=await request_of_invoice(scope, red.invoice_id),
        told=told(request, refused),
    )


@router.page("POST", "/{red_id}", who=OFFICE, summary="Try again, withdraw, or agree to a form")
async def decide(request: Request, scope: Scope, red_id: str) -> Response:
    fields, red = await form(request), await red_for(scope, red_id)
    note = str(fields.get("note", ""))[:400]
    try:
        match fields.get("do"):
            case "retry":
                await try_again(scope, red_id=red.public_id, note=note)
            case "withdraw":
                await withdraw(scope, red_id=red.public_id, note=note)
            case "confirm":
                await confirm_form(scope, red_id=red.public_id)
            case _:
                raise RedCannotMove(state=red.state, action="?")
    except (Conflict, Invalid) as refused:
        return await _page(request, scope, red, refused)
    return redirect(f"/console/invoices/reds/{red.public_id}")


@router.page("GET", "/{red_id}/file", who=OFFICE, summary="The file of a red letter")
async def show_file(request: Request, scope: Scope, red_id: str) -> Response:
    red = await red_for(scope, red_id)
    sha256 = await red_file(red.id)
    if sha256 is None:
        raise RedFileNotReady(red=red.public_id)
    pdf = await asyncio.to_thread(archive.load, sha256, "pdf")
    return Response(
        pdf,
        media_type="application/pdf",
        headers={
            "content-disposition": f'inline; filename="{red.number}.pdf"',
            "cache-control": "no-store",
        },
    )
