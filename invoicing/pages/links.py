"""Where the link in a mail, an SMS or a card leads: the files, for 90 days; later after a proof."""

from starlette.requests import Request
from starlette.responses import Response

from core.errors import DomainError
from core.web.api import Router
from core.web.limits import check_rate
from core.web.pages import redirect, render
from core.web.policy import PUBLIC
from invoicing.errors import FileNotReady
from invoicing.pages.forms import sorry
from invoicing.pages.limits import address_of
from invoicing.queries import Format, LinkView, find_file, link_of

router = Router(tag="scan")
TRIES = 30  # a minute, of one address
MEDIA = {
    Format.PDF: "application/pdf",
    Format.OFD: "application/ofd",
    Format.XML: "application/xml",
}


@router.page("GET", "/f/{token}", who=PUBLIC, summary="Files behind a link (发票链接)")
async def show(request: Request, token: str) -> Response:
    """The files of one invoice. An old link leads to the receipt's page, which asks for a proof."""
    try:
        link = await _link(request, token)
    except DomainError as refusal:
        return sorry(request, refusal)
    if not link.is_open:
        return redirect(f"/i/{link.receipt_code}")
    return render(request, "invoicing/link.html", link=link, token=token)


@router.page("GET", "/f/{token}/invoice.pdf", who=PUBLIC, summary="PDF behind a link (发票文件)")
async def pdf(request: Request, token: str) -> Response:
    """Byte for byte as it was kept. Raises LinkUnknown, FileNotReady."""
    return await _file(request, token, Format.PDF)


@router.page("GET", "/f/{token}/invoice.ofd", who=PUBLIC, summary="OFD behind a link (版式文件)")
async def ofd(request: Request, token: str) -> Response:
    return await _file(request, token, Format.OFD)


@router.page("GET", "/f/{token}/invoice.xml", who=PUBLIC, summary="XML behind a link (数电票原件)")
async def xml(request: Request, token: str) -> Response:
    return await _file(request, token, Format.XML)


async def _file(request: Request, token: str, wanted: Format) -> Response:
    link = await _link(request, token)
    if not link.is_open:
        return redirect(f"/i/{link.receipt_code}")
    content = await find_file(link.invoice_id, wanted)
    if content is None:
        raise FileNotReady
    shown = "inline" if wanted is Format.PDF else "attachment"
    headers = {
        "content-disposition": f'{shown}; filename="{link.number}.{wanted}"',
        "cache-control": "private, no-store",
        "x-robots-tag": "noindex",
    }
    return Response(content, media_type=MEDIA[wanted], headers=headers)


async def _link(request: Request, token: str) -> LinkView:
    """Raises TooManyTries, LinkUnknown."""
    await check_rate("invoice.link", address_of(request), per_minute=TRIES)
    return await link_of(token)
