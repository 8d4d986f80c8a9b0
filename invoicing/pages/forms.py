"""The form of the invoice page: everything it shows, in one place."""

from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response

from core.errors import DomainError
from core.settings import current
from core.web.api import status_of
from core.web.i18n import language_of
from core.web.pages import render
from invoicing.errors import TaxNumberWrong
from invoicing.pages.device import own_titles
from invoicing.pages.receipts import others, receipt_of
from invoicing.pages.typed import Typed
from invoicing.pages.wechat import let_in, sdk_url
from invoicing.queries import Awaited, RequestView, Scanned
from invoicing.service import Buyer
from invoicing.titles.queries import CompanyView


@dataclass(frozen=True, slots=True)
class Asked:
    """A form as it stands: what was typed, and what there is to say about it.

    `doubtful` is a buyer to be confirmed, `refused` the wish that came to nothing before.
    """

    found: Scanned | Awaited
    typed: Typed
    refusal: DomainError | None = None
    doubtful: Buyer | None = None
    refused: RequestView | None = None
    companies: list[CompanyView] | None = None
    is_looked: bool = False


def message_of(request: Request, refusal: DomainError) -> str:
    return refusal.en if language_of(request) == "en" else refusal.zh


def sorry(request: Request, refusal: DomainError) -> Response:
    """The refusal as a page: what cannot be, and what to do instead."""
    message = message_of(request, refusal)
    template = "invoicing/sorry.html"
    return render(request, template, status_of(refusal), message=message, code=refusal.code)


async def form_page(request: Request, asked: Asked) -> Response:
    """The form with everything in it. A receipt that may not be invoiced is a page of its own."""
    refusal = asked.refusal
    try:
        first = receipt_of(asked.found)
        more = await others(request, asked.typed.more)
    except DomainError as no:
        return sorry(request, refusal or no)
    facts = refusal.facts if isinstance(refusal, TaxNumberWrong) else {}
    response = render(
        request,
        "invoicing/form.html",
        status_of(refusal) if refusal else 200,
        code=asked.found.code,
        form_id="ask",
        receipts=[first, *more],
        total_fen=sum(receipt.net_fen for receipt in (first, *more)),
        until=min(receipt.until for receipt in (first, *more)),
        typed=asked.typed,
        wrong=refusal.code.removeprefix("invoicing.") if refusal else "",
        message=message_of(request, refusal) if refusal else "",
        reason=facts.get("reason", ""),
        suggestion=facts.get("suggestion"),
        doubtful=asked.doubtful,
        refused=asked.refused,
        companies=asked.companies or [],
        is_looked=asked.is_looked,
        own=await own_titles(request),
        may_be_special=asked.found.terms.is_special_allowed,
        has_sms=current().sms is not None,
        sdk=sdk_url(request),
    )
    return let_in(request, response)
