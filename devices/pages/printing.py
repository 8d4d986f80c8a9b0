"""Printers (打印) for those who answer for them: how each is, what it owes, what is asked once."""

from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any

from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import Response

from core.errors import DomainError, Forbidden, NotFound
from core.security.scope import Role, Scope
from core.web.api import Router
from core.web.i18n import language_of
from core.web.navigation import Section, add_to_console
from core.web.pages import form, redirect, render
from core.web.policy import allow
from devices.errors import PrinterUnfit
from devices.pages import words
from devices.queries import (
    accounts,
    agents_for,
    paper_picture,
    papers_for,
    printer_for,
    printers_for,
)
from devices.service import (
    CLOUDS,
    COLUMNS,
    AccountDraft,
    Encoding,
    PrinterDraft,
    PrinterRole,
    PrintState,
    Profile,
    QrWay,
    Transport,
    cancel_paper,
    decide_stale,
    enrol_printer,
    make_agent,
    move_paper,
    put_account,
    put_printer,
    reprint,
    revoke_agent,
    switch_off_printer,
)
from devices.service.testing import print_test_page
from trade.stores.queries import StoreView, all_stores, stores_of

router = Router("/console/printing", "printing page", login="/login")
WHO = allow(Role.HEAD_OFFICE, Role.STORE_MANAGER, Role.FRANCHISEE)
OFFICE = allow(Role.HEAD_OFFICE)
HOME = "/console/printing"
add_to_console(HOME, zh="打印", en="Printing", section=Section.TRADE, who=WHO, order=42)


@router.page("GET", "", who=WHO, summary="Printers, papers and what is asked once (打印)")
async def show_printing(request: Request, scope: Scope) -> Response:
    return await _page(request, scope)


@router.page("POST", "/printers", who=WHO, summary="Add or change a printer (添加打印机)")
async def keep_printer(request: Request, scope: Scope) -> Response:
    fields = await form(request)
    try:
        store_id = _number(fields, "store")
        if store_id not in {store.id for store in await stores_seen(scope)}:
            raise PrinterUnfit(why="store")
        printer = await put_printer(store_id, _draft(fields))
        if printer.transport in CLOUDS and str(fields.get("label_key", "")).strip():
            await enrol_printer(printer.id, label_key=str(fields["label_key"]))
    except DomainError as refused:
        return await _refused(request, scope, refused)
    return redirect(HOME)


@router.page("POST", "/printers/{printer}/test", who=WHO, summary="Print a test page (打印测试页)")
async def try_printer(request: Request, scope: Scope, printer: str) -> Response:
    await form(request)
    return await _done(request, scope, partial(print_test_page, scope, _plain(printer)))


@router.page("POST", "/printers/{printer}/off", who=WHO, summary="Switch a printer off (停用)")
async def switch_off(request: Request, scope: Scope, printer: str) -> Response:
    await form(request)
    found = await printer_for(scope, _plain(printer))
    return await _done(request, scope, partial(switch_off_printer, found.id))


@router.page(
    "POST", "/printers/{printer}/late", who=WHO, summary="Late papers: print or drop (待确认)"
)
async def answer_late(request: Request, scope: Scope, printer: str) -> Response:
    """`answer` is `print`; anything else drops them."""
    fields = await form(request)
    is_wanted = fields.get("answer") == "print"
    decide = partial(decide_stale, scope, printer_id=_plain(printer), is_wanted=is_wanted)
    return await _done(request, scope, decide)


@router.page("POST", "/papers/{print_job}/again", who=WHO, summary="Print a copy (补打)")
async def print_again(request: Request, scope: Scope, print_job: str) -> Response:
    await form(request)
    return await _done(request, scope, partial(reprint, scope, print_job_id=_plain(print_job)))


@router.page("POST", "/papers/{print_job}/drop", who=WHO, summary="Drop a paper (取消打印)")
async def drop_paper(request: Request, scope: Scope, print_job: str) -> Response:
    await form(request)
    return await _done(request, scope, partial(cancel_paper, scope, print_job_id=_plain(print_job)))


@router.page("POST", "/papers/{print_job}/move", who=WHO, summary="Print elsewhere (改用打印机)")
async def print_elsewhere(request: Request, scope: Scope, print_job: str) -> Response:
    fields = await form(request)
    said = {"print_job_id": _plain(print_job), "printer_id": _number(fields, "printer")}
    return await _done(request, scope, partial(move_paper, scope, **said))


async def _done(request: Request, scope: Scope, act: Callable[[], Awaitable[object]]) -> Response:
    """Do it and show the page; what is not theirs is not there, other refusals stand on it."""
    try:
        await act()
    except NotFound:
        raise
    except DomainError as refused:
        return await _refused(request, scope, refused)
    return redirect(HOME)


@router.page("GET", "/papers/{print_job}.png", who=WHO, summary="A paper as a picture (小票预览)")
async def show_paper(request: Request, scope: Scope, print_job: str) -> Response:
    picture = await paper_picture(scope, _plain(print_job))
    headers = {"cache-control": "private, max-age=3600"}
    return Response(picture, media_type="image/png", headers=headers)


@router.page("POST", "/accounts", who=OFFICE, summary="A maker's account (云打印账号)")
async def keep_account(request: Request, scope: Scope) -> Response:
    fields = await form(request)
    given = {name: str(fields.get(name, "")) for name in ("name", "user", "secret", "base_url")}
    try:
        way = str(fields.get("maker", ""))
        maker = Transport(way) if way in set(Transport) else Transport.TCP
        await put_account(scope, AccountDraft(transport=maker, **given))
    except DomainError as refused:
        return await _refused(request, scope, refused)
    return redirect(HOME)


@router.page("POST", "/agents", who=WHO, summary="A code for a print agent (打印助手入网码)")
async def invite_agent(request: Request, scope: Scope) -> Response:
    """The code stands on the answer, this once."""
    fields = await form(request)
    try:
        name = str(fields.get("name", ""))
        code = await make_agent(scope, store_id=_number(fields, "store"), name=name)
    except DomainError as refused:
        return await _refused(request, scope, refused)
    return await _page(request, scope, code=code)


@router.page(
    "POST", "/agents/{print_agent}/revoke", who=WHO, summary="Shut an agent out (停用打印助手)"
)
async def shut_agent_out(request: Request, scope: Scope, print_agent: str) -> Response:
    await form(request)
    return await _done(request, scope, partial(revoke_agent, scope, _plain(print_agent)))


def _draft(fields: FormData) -> PrinterDraft:
    way, role, columns = (str(fields.get(name, "")) for name in ("way", "role", "columns"))
    encoding, qr = str(fields.get("encoding", "")), str(fields.get("qr", ""))
    is_known = way in set(Transport) and role in set(PrinterRole)
    if not is_known or encoding not in set(Encoding) or qr not in set(QrWay):
        raise PrinterUnfit(why="choice")
    owner = _number(fields, "owner") or None
    return PrinterDraft(
        address=str(fields.get("address", ""))[:200],
        transport=Transport(way),
        name=str(fields.get("name", "")),
        role=PrinterRole(role),
        account_id=owner if Transport(way) in CLOUDS else None,
        agent_id=owner if way == Transport.AGENT else None,
        profile=Profile(
            columns=int(columns) if columns in {str(c) for c in COLUMNS} else 0,
            encoding=Encoding(encoding),
            qr=QrWay(qr),
            has_cutter=fields.get("has_cutter") == "1",
            has_drawer=fields.get("has_drawer") == "1",
            has_buzzer=fields.get("has_buzzer") == "1",
        ),
    )


async def _refused(request: Request, scope: Scope, refused: DomainError) -> Response:
    if isinstance(refused, Forbidden):
        raise refused
    is_english = language_of(request) == "en"
    return await _page(request, scope, told=words.told(refused, is_english=is_english), status=422)


async def _page(
    request: Request, scope: Scope, *, told: str = "", code: str = "", status: int = 200
) -> Response:
    is_english = language_of(request) == "en"
    chosen = request.query_params.get("state", "")
    state = PrintState(chosen) if chosen in set(PrintState) else None
    stores = await stores_seen(scope)
    shown: dict[str, Any] = {
        "printers": await printers_for(scope),
        "papers": await papers_for(scope, state=state),
        "accounts": await accounts(),
        "agents": await agents_for(scope),
        "stores": {store.id: store for store in stores},
    }
    return render(
        request,
        "devices/printing.html",
        status,
        **shown,
        told=told,
        code=code,
        chosen=chosen,
        words=words,
        say=partial(words.say, is_english=is_english),
        is_office=scope.role is Role.HEAD_OFFICE,
    )


async def stores_seen(scope: Scope) -> list[StoreView]:
    """The stores of the asker."""
    return await (all_stores() if scope.sees_all_stores else stores_of(scope.store_ids))


def _number(fields: FormData, name: str) -> int:
    """0 for anything that is no number of ours."""
    return _plain(str(fields.get(name, "")))


def _plain(text: str) -> int:
    """0 for anything that is no number of ours: nothing has it."""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 18 else 0
