"""One request and its invoice: how it went, its files, where it was sent, and taking it back."""

from secrets import token_hex

from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import Response

from core.audit_log import record
from core.errors import Conflict, DomainError, Invalid, NotFound
from core.security.scope import Role, Scope
from core.web.api import Router
from core.web.i18n import language_of
from core.web.pages import form, redirect, render
from core.web.policy import allow
from invoicing.console.lists import RequestRow, request_for
from invoicing.console.pages.lists import stores_for
from invoicing.console.pages.picking import Typed, pick_of
from invoicing.errors import RequestUnknown
from invoicing.queries import Channel, deliveries_of, files_of
from invoicing.queries.blues import find_blue
from invoicing.reds.queries import RedReason, reds_of_invoice
from invoicing.reds.service import after, look_at, take_back_by_hand
from invoicing.service import send_invoice

router = Router("/console/invoices", "invoices", login="/login")
STAFF = allow(Role.STORE_MANAGER, Role.FRANCHISEE, Role.HEAD_OFFICE)
OFFICE = allow(Role.HEAD_OFFICE)


async def _row(scope: Scope, request_no: str) -> RequestRow:
    """Raises RequestUnknown, for what is not there and for another store's alike."""
    row = await request_for(scope, request_no[:20])
    if row is None:
        raise RequestUnknown(request_no=request_no[:20])
    return row


def told(request: Request, refused: DomainError | None) -> str:
    return (refused.en if language_of(request) == "en" else refused.zh) if refused else ""


@router.page("GET", "/r/{request_no}", who=STAFF, summary="One invoice and its story (发票详情)")
async def show_one(request: Request, scope: Scope, request_no: str) -> Response:
    return await _one(request, scope, await _row(scope, request_no))


async def _one(
    request: Request, scope: Scope, row: RequestRow, refused: DomainError | None = None
) -> Response:
    invoice_id = row.invoice_id
    return render(
        request,
        "invoices/one.html",
        422 if refused else 200,
        row=row,
        blue=await find_blue(invoice_id) if invoice_id else None,
        files=await files_of(invoice_id) if invoice_id else (),
        deliveries=await deliveries_of(invoice_id) if invoice_id else (),
        reds=await reds_of_invoice(invoice_id) if invoice_id else (),
        stores=await stores_for(scope),
        told=told(request, refused),
        done=request.query_params.get("done", "")[:8],
        is_office=scope.role is Role.HEAD_OFFICE,
    )


@router.page("POST", "/r/{request_no}/send", who=STAFF, summary="Send it to an address (重发)")
async def send(request: Request, scope: Scope, request_no: str) -> Response:
    """At most five a day for an invoice; each is on record."""
    fields, row = await form(request), await _row(scope, request_no)
    if row.invoice_id is None:
        raise RequestUnknown(request_no=row.request_no)
    target = str(fields.get("target", "")).strip()[:254]
    channel = Channel.MAIL if "@" in target else Channel.SMS
    try:
        await send_invoice(invoice_id=row.invoice_id, channel=channel, target=target)
    except (Conflict, Invalid, NotFound) as refused:
        return await _one(request, scope, row, refused)
    await record(scope, "invoices.send", f"invoice:{row.invoice_id}", channel=channel.value)
    return redirect(f"/console/invoices/r/{row.request_no}?done=sent")


@router.page("GET", "/r/{request_no}/red", who=OFFICE, summary="Take an invoice back (红冲)")
async def show_red(request: Request, scope: Scope, request_no: str) -> Response:
    return await _red(request, scope, await _row(scope, request_no), Typed())


@router.page("POST", "/r/{request_no}/red", who=OFFICE, summary="Look first, then take it back")
async def make_red(request: Request, scope: Scope, request_no: str) -> Response:
    """The first post shows what would be taken back; the second, with what was seen, does it."""
    fields, row = await form(request), await _row(scope, request_no)
    typed = Typed.of(fields)
    try:
        if fields.get("do") != "make":
            return await _red(request, scope, row, typed, is_looked=True)
        made = await take_back_by_hand(
            scope,
            invoice_id=row.public_id,
            pick=pick_of(typed),
            note=typed.note,
            seen=_seen(fields),
            key=str(fields.get("key", ""))[:40] or token_hex(8),
        )
    except (Conflict, Invalid) as refused:
        return await _red(request, scope, row, typed, refused=refused)
    return redirect(f"/console/invoices/reds/{made[0]}")


def _seen(fields: FormData) -> tuple[int, int]:
    text = str(fields.get("seen", ""))[:40].split("-")
    return (int(text[0]), int(text[1])) if len(text) == 2 and all(map(_is_fen, text)) else (0, 0)


def _is_fen(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) < 18


async def _red(
    request: Request,
    scope: Scope,
    row: RequestRow,
    typed: Typed,
    *,
    is_looked: bool = False,
    refused: DomainError | None = None,
) -> Response:
    pick = pick_of(typed) if is_looked else None
    look = await look_at(scope, invoice_id=row.public_id, pick=pick)
    return render(
        request,
        "invoices/red_form.html",
        422 if refused else 200,
        row=row,
        look=look,
        after=after(look),
        typed=typed,
        reasons=list(RedReason),
        is_looked=is_looked,
        told=told(request, refused),
        key=token_hex(12),
    )
