"""Scan to invoice (扫码开票): the page behind the QR of a receipt. No login, nothing personal."""

from datetime import datetime
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from core import clock
from core.errors import DomainError
from core.web.api import Router, Schema, status_of
from core.web.i18n import language_of
from core.web.pages import redirect, render
from core.web.policy import PUBLIC
from invoicing.errors import FileNotReady, KindWrong, TaxNumberWrong
from invoicing.pages.limits import opened
from invoicing.queries import (
    DeliveryState,
    RequestState,
    RequestView,
    Scanned,
    check_invoiceable,
    find_pdf,
    good_until,
    latest_request,
)
from invoicing.service import Buyer, BuyerKind, read_buyer, request_invoice
from trade.stores.queries import get_store

router = Router(tag="scan")
FIELDS = ("kind", "title", "tax_no", "mail")
EMPTY = {"kind": BuyerKind.ENTERPRISE.value, "title": "", "tax_no": "", "mail": ""}


class StatusOut(Schema):
    """How a request stands. `number` and `issued_at` are there once it is issued."""

    state: RequestState
    is_open: bool
    number: str | None
    issued_at: datetime | None
    total_fen: int
    has_file: bool
    mail: DeliveryState | None


@router.page("GET", "/i/{code}", who=PUBLIC, summary="Invoice page (开票页)")
async def show(request: Request, code: str) -> Response:
    """The form; once it was sent, how the request stands: the same one whenever it is opened."""
    try:
        found = await opened(request, code)
        view = await latest_request(found.sale.id)
        if view is not None and not view.is_dead:
            return await _state_page(request, found, view)
        await check_invoiceable(found)
    except DomainError as refusal:
        return _sorry(request, refusal)
    return await _form_page(request, found, EMPTY, refused=view)


@router.page("POST", "/i/{code}", who=PUBLIC, summary="Ask for the invoice (提交开票)")
async def ask(request: Request, code: str) -> Response:
    """Sent without a session: whoever holds the code may ask, and one order is invoiced once."""
    fields = await request.form(max_files=0, max_fields=20)
    typed = {name: str(fields.get(name) or "") for name in FIELDS}
    typed["tax_no"] = str(fields.get("use") or typed["tax_no"])
    try:
        found = await opened(request, code)
    except DomainError as refusal:
        return _sorry(request, refusal)
    try:
        buyer = _buyer(typed)
        if buyer.doubts and fields.get("sure") != buyer.tax_no:
            return await _form_page(request, found, _shown(buyer), doubtful=buyer)
        await request_invoice(codes=[code], buyer=buyer)
    except DomainError as refusal:
        return await _form_page(request, found, typed, refusal=refusal)
    return redirect(f"/i/{code}")


@router.raw("GET", "/i/{code}/status", who=PUBLIC, summary="State of the request (开票进度)")
async def status(request: Request, code: str) -> Response:
    """JSON; for htmx the part of the page that shows it."""
    found = await opened(request, code, is_look=True)
    view = await latest_request(found.sale.id)
    if view is None:
        raise FileNotReady
    if request.headers.get("hx-request"):
        return render(request, "invoicing/state.html", **_state(found, view))
    return JSONResponse(_status(view).model_dump(mode="json"))


@router.page("GET", "/i/{code}/invoice.pdf", who=PUBLIC, summary="The invoice's file (发票文件)")
async def file(request: Request, code: str) -> Response:
    """The bytes as they were kept. Raises FileNotReady before there are any."""
    found = await opened(request, code, is_look=True)
    view = await latest_request(found.sale.id)
    pdf = await find_pdf(view.invoice.id) if view is not None and view.invoice else None
    if pdf is None or view is None or view.invoice is None:
        raise FileNotReady
    named = f'inline; filename="{view.invoice.number}.pdf"'
    headers = {"content-disposition": named, "cache-control": "private, no-store"}
    return Response(pdf, media_type="application/pdf", headers=headers)


def _buyer(typed: dict[str, str]) -> Buyer:
    if typed["kind"] not in set(BuyerKind):
        raise KindWrong
    return read_buyer(
        kind=BuyerKind(typed["kind"]),
        title=typed["title"],
        tax_no=typed["tax_no"],
        mail=typed["mail"],
    )


def _shown(buyer: Buyer) -> dict[str, str]:
    return {
        "kind": buyer.kind.value,
        "title": buyer.title,
        "tax_no": buyer.tax_no,
        "mail": buyer.mail,
    }


def _message(request: Request, refusal: DomainError) -> str:
    return refusal.en if language_of(request) == "en" else refusal.zh


def _sorry(request: Request, refusal: DomainError) -> Response:
    message = _message(request, refusal)
    template = "invoicing/sorry.html"
    return render(request, template, status_of(refusal), message=message, code=refusal.code)


async def _form_page(
    request: Request,
    found: Scanned,
    typed: dict[str, str],
    *,
    refusal: DomainError | None = None,
    doubtful: Buyer | None = None,
    refused: RequestView | None = None,
) -> Response:
    suggestion = refusal.facts.get("suggestion") if isinstance(refusal, TaxNumberWrong) else None
    return render(
        request,
        "invoicing/form.html",
        status_of(refusal) if refusal else 200,
        store=await get_store(found.store_id),
        order=found.sale,
        until=await good_until(found.sale),
        typed=typed,
        wrong=refusal.code.removeprefix("invoicing.") if refusal else "",
        message=_message(request, refusal) if refusal else "",
        reason=refusal.facts.get("reason", "") if refusal else "",
        suggestion=suggestion,
        doubtful=doubtful,
        refused=refused,
    )


async def _state_page(request: Request, found: Scanned, view: RequestView) -> Response:
    store = await get_store(found.store_id)
    return render(request, "invoicing/request.html", store=store, **_state(found, view))


def _state(found: Scanned, view: RequestView) -> dict[str, Any]:
    waited_s = (clock.now() - view.created_at).total_seconds()
    pause_s = 2 if waited_s < 60 else 5 if waited_s < 300 else 30
    return {"code": found.code, "order": found.sale, "view": view, "pause_s": pause_s}


def _status(view: RequestView) -> StatusOut:
    invoice = view.invoice
    return StatusOut.of(
        view,
        number=invoice.number if invoice else None,
        issued_at=invoice.issued_at if invoice else None,
        total_fen=invoice.incl_fen if invoice else view.incl_fen,
        has_file=invoice.has_file if invoice else False,
    )
