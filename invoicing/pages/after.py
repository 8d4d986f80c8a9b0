"""What its buyer may do with an invoice: have it sent again, and change the title once."""

from starlette.requests import Request
from starlette.responses import Response

from core.errors import DomainError
from core.web.api import Router, status_of
from core.web.pages import redirect, render
from core.web.policy import PUBLIC
from invoicing.errors import FileNotReady
from invoicing.pages.forms import message_of
from invoicing.pages.limits import opened
from invoicing.pages.mine import is_mine
from invoicing.pages.typed import Typed, read_typed, typed_of
from invoicing.queries import Awaited, Channel, Scanned, requests_of
from invoicing.reds.errors import ChangeNotOffered
from invoicing.reds.service import change_title, title_change_of
from invoicing.service import send_invoice

router = Router(tag="scan")


@router.page("POST", "/i/{code}/send", who=PUBLIC, summary="Send it again (重新发送)")
async def send(request: Request, code: str) -> Response:
    """All invoices of the wish, to a mail address or a phone; five times a day.

    Whoever has not proved to be the buyer is asked to. Raises FileNotReady.
    """
    fields = await request.form(max_files=0, max_fields=5)
    found = await opened(request, code)
    invoices = [part.invoice for part in await requests_of(found) if part.invoice]
    if not invoices:
        raise FileNotReady
    if not is_mine(request, code):
        return redirect(f"/i/{code}/proof")
    to = str(fields.get("to") or "").strip()[:254]
    channel = Channel.MAIL if "@" in to else Channel.SMS
    try:
        for invoice in invoices:
            await send_invoice(invoice_id=invoice.id, channel=channel, target=to)
    except DomainError as no:
        return _again(request, code, no)
    return redirect(f"/i/{code}")


def _again(request: Request, code: str, no: DomainError) -> Response:
    facts = {"code": code, "message": message_of(request, no)}
    return render(request, "invoicing/send.html", status_of(no), **facts)


@router.page("GET", "/i/{code}/change", who=PUBLIC, summary="Change the title (换开)")
async def show_change(request: Request, code: str) -> Response:
    """The form, where a change is offered. Raises ChangeNotOffered."""
    found = await _changeable(request, code)
    if found is None:
        return redirect(f"/i/{code}/proof")
    return _change_page(request, code, Typed())


@router.page("POST", "/i/{code}/change", who=PUBLIC, summary="Take it back and invoice anew")
async def change(request: Request, code: str) -> Response:
    """The whole invoice is taken back by a red letter, then made out to the new title."""
    fields = await request.form(max_files=0, max_fields=20)
    found = await _changeable(request, code)
    if found is None:
        return redirect(f"/i/{code}/proof")
    typed = read_typed(fields, code=code)
    try:
        buyer = typed.buyer()
        if buyer.doubts and fields.get("sure") != buyer.tax_no:
            return _change_page(request, code, typed_of(buyer, typed), sure=buyer.tax_no)
        await change_title(sale_id=found.sale.id, buyer=buyer)
    except DomainError as no:
        return _change_page(request, code, typed, refusal=no)
    return redirect(f"/i/{code}")


async def _changeable(request: Request, code: str) -> Scanned | None:
    """None: the buyer is to be proved first. Raises ChangeNotOffered."""
    found = await opened(request, code)
    if isinstance(found, Awaited) or not await requests_of(found):
        raise ChangeNotOffered(reason="not_final")
    if not is_mine(request, code):
        return None
    offer = await title_change_of(found.sale.id)
    if not offer.is_offered:
        raise ChangeNotOffered(reason=offer.why)
    return found


def _change_page(
    request: Request,
    code: str,
    typed: Typed,
    *,
    sure: str = "",
    refusal: DomainError | None = None,
) -> Response:
    return render(
        request,
        "invoicing/change.html",
        status_of(refusal) if refusal else 200,
        code=code,
        typed=typed,
        sure=sure,
        message=message_of(request, refusal) if refusal else "",
    )
