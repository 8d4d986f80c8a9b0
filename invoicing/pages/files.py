"""The invoice itself: for the browser that asked for it, or after a proof."""

from starlette.requests import Request
from starlette.responses import Response

from core.errors import DomainError
from core.web.api import Router, status_of
from core.web.limits import check_rate
from core.web.pages import redirect, render
from core.web.policy import PUBLIC
from invoicing.errors import FileNotReady
from invoicing.pages.forms import message_of
from invoicing.pages.limits import NAMED, opened
from invoicing.pages.mine import ProofWrong, is_mine, make_mine
from invoicing.queries import Awaited, Format, RequestView, Scanned, find_file, requests_of
from invoicing.queries.proof import knows_buyer

router = Router(tag="scan")
MEDIA = {
    Format.PDF: "application/pdf",
    Format.OFD: "application/ofd",
    Format.XML: "application/xml",
}
PROOFS = 3  # a minute, of one receipt: four characters are few


@router.page("GET", "/i/{code}/invoice.pdf", who=PUBLIC, summary="The invoice's file (发票文件)")
async def pdf(request: Request, code: str) -> Response:
    """The bytes as they were kept; `?part=2` of a wish that was split.

    A browser that did not ask for it must prove to be the buyer's. Raises FileNotReady.
    """
    return await _file(request, code, Format.PDF)


@router.page("GET", "/i/{code}/invoice.ofd", who=PUBLIC, summary="The same as OFD (版式文件)")
async def ofd(request: Request, code: str) -> Response:
    return await _file(request, code, Format.OFD)


@router.page("GET", "/i/{code}/invoice.xml", who=PUBLIC, summary="The bureau's XML (数电票原件)")
async def xml(request: Request, code: str) -> Response:
    return await _file(request, code, Format.XML)


async def _file(request: Request, code: str, wanted: Format) -> Response:
    found = await opened(request, code, is_look=True)
    view = await _part(found, request.query_params.get("part", "1"))
    content = await find_file(view.invoice.id, wanted) if view.invoice else None
    if content is None or view.invoice is None:
        raise FileNotReady
    if not is_mine(request, code):
        return render(request, "invoicing/proof.html", 403, code=code, message="")
    shown = "inline" if wanted is Format.PDF else "attachment"
    headers = {
        "content-disposition": f'{shown}; filename="{view.invoice.number}.{wanted}"',
        "cache-control": "private, no-store",
    }
    return Response(content, media_type=MEDIA[wanted], headers=headers)


async def _part(found: Scanned | Awaited, wanted: str) -> RequestView:
    for part in await requests_of(found):
        if str(part.part) == wanted:
            return part
    raise FileNotReady


@router.page("GET", "/i/{code}/proof", who=PUBLIC, summary="Prove to be the buyer (抬头核验)")
async def ask_for_proof(request: Request, code: str) -> Response:
    """The form; raises FileNotReady where nothing was asked for yet."""
    if not await requests_of(await opened(request, code, is_look=True)):
        raise FileNotReady
    return render(request, "invoicing/proof.html", code=code, message="")


@router.page("POST", "/i/{code}/proof", who=PUBLIC, summary="Check the proof (核验)")
async def take_proof(request: Request, code: str) -> Response:
    """From now on this browser may see the file; three tries a minute."""
    parts = await requests_of(await opened(request, code, is_look=True))
    if not parts:
        raise FileNotReady
    fields = await request.form(max_files=0, max_fields=5)
    text = str(fields.get("proof") or "")[:200]
    try:
        await check_rate("invoice.proof", code[:NAMED], per_minute=PROOFS)
        if not text.strip() or not await knows_buyer(parts[0].request_no, text):
            raise ProofWrong
    except DomainError as no:
        message = message_of(request, no)
        return render(request, "invoicing/proof.html", status_of(no), code=code, message=message)
    answer = redirect(f"/i/{code}")
    make_mine(answer, code)
    return answer
