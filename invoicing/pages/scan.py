"""Scan to invoice (扫码开票): the page behind the QR of a receipt. No login, nothing personal.

GET shows the form, or how the wish stands. POST sends the form; its buttons look up a title, add
another receipt or take one out, and bring the form back with everything that was typed.
"""

from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import Response

from core.errors import DomainError
from core.web.api import Router
from core.web.pages import redirect
from core.web.policy import PUBLIC
from invoicing.pages.buttons import pressed
from invoicing.pages.device import own_titles, remember
from invoicing.pages.forms import Asked, form_page, sorry
from invoicing.pages.limits import opened
from invoicing.pages.mine import make_mine
from invoicing.pages.state import state_page
from invoicing.pages.typed import Typed, read_typed, typed_of
from invoicing.queries import Awaited, Kind, Scanned, requests_of
from invoicing.service import BuyerKind, request_invoice

router = Router(tag="scan")


@router.page("GET", "/i/{code}", who=PUBLIC, summary="Invoice page (开票页)")
async def show(request: Request, code: str) -> Response:
    """The form; once it was sent, how the request stands: the same one whenever it is opened."""
    try:
        found = await opened(request, code)
        parts = await requests_of(found)
        if parts and not all(part.is_dead for part in parts):
            return await state_page(request, found, parts)
    except DomainError as refusal:
        return sorry(request, refusal)
    own = await own_titles(request)
    typed = Typed().filled(own[0].title) if own else Typed()
    return await form_page(request, Asked(found, typed, refused=parts[-1] if parts else None))


@router.page("POST", "/i/{code}", who=PUBLIC, summary="Ask for the invoice (提交开票)")
async def ask(request: Request, code: str) -> Response:
    """Sent without a session: whoever holds the code may ask, and one order is invoiced once."""
    fields = await request.form(max_files=0, max_fields=60)
    typed = read_typed(fields, code=code)
    try:
        found = await opened(request, code)
    except DomainError as refusal:
        return sorry(request, refusal)
    try:
        changed = await pressed(request, fields, Asked(found, typed))
        if changed is not None:
            return await form_page(request, changed)
        return await _sent(request, fields, found, typed)
    except DomainError as refusal:
        return await form_page(request, Asked(found, typed, refusal=refusal))


async def _sent(
    request: Request, fields: FormData, found: Scanned | Awaited, typed: Typed
) -> Response:
    buyer = typed.buyer()
    if buyer.doubts and fields.get("sure") != buyer.tax_no:
        return await form_page(request, Asked(found, typed_of(buyer, typed), doubtful=buyer))
    is_special = typed.special and buyer.kind is BuyerKind.ENTERPRISE
    await request_invoice(
        codes=[found.code, *typed.more],
        buyer=buyer,
        kind=Kind.SPECIAL if is_special else Kind.GENERAL,
    )
    answer = redirect(f"/i/{found.code}")
    make_mine(answer, found.code)
    if typed.remember:
        await remember(request, answer, typed_of(buyer, typed))
    return answer
