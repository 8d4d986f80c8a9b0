"""The other way in: eight characters and the total of a receipt whose QR cannot be scanned."""

import re

from starlette.requests import Request
from starlette.responses import Response

from core.errors import DomainError
from core.web.api import Router, status_of
from core.web.limits import check_rate
from core.web.pages import redirect, render
from core.web.policy import PUBLIC
from invoicing.errors import ShortCodeUnknown
from invoicing.pages.forms import message_of
from invoicing.pages.limits import address_of
from invoicing.pages.typed import code_in
from invoicing.queries.short_codes import code_for

router = Router(tag="scan")
TRIES = 6  # a minute, of one address
YUAN = re.compile(r"[¥￥]?\s*([0-9]{1,7})(?:\.([0-9]{1,2}))?")


@router.page("GET", "/i", who=PUBLIC, summary="Enter a short code (输入开票码)")
async def show(request: Request) -> Response:
    """The form. It names no order."""
    return render(request, "invoicing/entry.html", short="", total="", message="")


@router.page("POST", "/i", who=PUBLIC, summary="Find the receipt (查找小票)")
async def find(request: Request) -> Response:
    """On to the page of the receipt; a pasted link leads there, too."""
    fields = await request.form(max_files=0, max_fields=5)
    short, total = str(fields.get("short") or "")[:500], str(fields.get("total") or "")[:20]
    try:
        await check_rate("invoice.short", address_of(request), per_minute=TRIES)
        code = code_in(short) or await code_for(short, total_fen=_fen(total))
    except DomainError as no:
        facts = {"short": short[:60], "total": total, "message": message_of(request, no)}
        return render(request, "invoicing/entry.html", status_of(no), **facts)
    return redirect(f"/i/{code}")


def _fen(text: str) -> int:
    """Raises ShortCodeUnknown for what is no amount: a wrong amount is no other case."""
    found = YUAN.fullmatch(text.strip().replace(",", ""))
    if found is None:
        raise ShortCodeUnknown
    return int(found[1]) * 100 + int((found[2] or "0").ljust(2, "0"))
