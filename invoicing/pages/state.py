"""How a wish for an invoice stands, live, and what its buyer may do with what came of it."""

import time
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from core import clock
from core.clock import shop_day
from core.web.api import Router, Schema
from core.web.pages import render
from core.web.policy import PUBLIC
from invoicing.errors import FileNotReady
from invoicing.pages.contact import has_contact
from invoicing.pages.limits import opened
from invoicing.pages.mine import is_mine
from invoicing.pages.pacing import LOOKS
from invoicing.pages.receipts import shown
from invoicing.queries import (
    Awaited,
    Channel,
    DeliveryState,
    RequestState,
    RequestView,
    Scanned,
    files_of,
    requests_of,
    terms_of,
)
from invoicing.reds.queries import reds_of_sale
from invoicing.reds.service import title_change_of

router = Router(tag="scan")


class PartOut(Schema):
    """One invoice of a wish. `number` and `issued_at` are there once it is issued."""

    request_no: str
    part: int
    state: RequestState
    number: str | None
    issued_at: datetime | None
    total_fen: int
    has_file: bool


class SentOut(Schema):
    """How the last message of a channel stands."""

    channel: Channel
    state: DeliveryState


class StatusOut(Schema):
    """How a wish stands: its first part, and all of them in `parts`.

    `mail` is that of `sent`, which has each channel that was wanted.
    """

    state: RequestState
    is_open: bool
    number: str | None
    issued_at: datetime | None
    total_fen: int
    has_file: bool
    mail: DeliveryState | None
    sent: list[SentOut]
    parts: list[PartOut]


async def state_page(
    request: Request, found: Scanned | Awaited, parts: Sequence[RequestView]
) -> Response:
    """The whole page; its state part brings itself up to date."""
    receipt = shown(found)
    facts = await state_facts(request, found, parts)
    return render(request, "invoicing/request.html", receipts=[receipt], **facts)


@router.raw("GET", "/i/{code}/status", who=PUBLIC, summary="State of the request (开票进度)")
async def status(request: Request, code: str) -> Response:
    """JSON; with the header `x-part` the part of the page that shows it."""
    found = await opened(request, code, is_look=True)
    parts = await requests_of(found)
    if not parts:
        raise FileNotReady
    if request.headers.get("x-part"):
        facts = await state_facts(request, found, parts)
        return render(request, "invoicing/state.html", **facts)
    return JSONResponse(status_of_wish(parts).model_dump(mode="json"))


async def state_facts(
    request: Request, found: Scanned | Awaited, parts: Sequence[RequestView]
) -> dict[str, Any]:
    """What `state.html` shows; more of it to the buyer than to whoever holds the receipt."""
    mine = is_mine(request, found.code)
    facts: dict[str, Any] = {
        "code": found.code,
        "parts": parts,
        "first": parts[0],
        "is_open": any(part.is_open for part in parts),
        "pause_s": _pause_s(parts) if any(part.is_open for part in parts) else 0,
        "mine": mine,
        "contact": has_contact(),
        "formats": {},
        "reds": [],
        "change": None,
        "waits_until": await _waits_until(parts[0]),
    }
    if mine and isinstance(found, Scanned) and any(part.invoice for part in parts):
        facts |= await _of_buyer(found, parts)
    return facts


async def _waits_until(view: RequestView) -> date | None:
    """Until when a wish waits for its order; then it ends, and the shop is told."""
    if view.state is not RequestState.DRAFT:
        return None
    terms = await terms_of(view.tax_entity_id)
    return shop_day(view.created_at + timedelta(days=terms.wait_days))


async def _of_buyer(found: Scanned, parts: Sequence[RequestView]) -> dict[str, Any]:
    issued = [(part.part, part.invoice) for part in parts if part.invoice]
    return {
        "formats": {no: [file.format for file in await files_of(one.id)] for no, one in issued},
        "reds": [red for red in await reds_of_sale(found.sale.id) if red.number],
        "change": await title_change_of(found.sale.id),
    }


def _pause_s(parts: Sequence[RequestView]) -> int:
    """Often while something is about to happen, unless very many wait for it.

    A wish that waits for days asks twice a minute.
    """
    waited_s = (clock.now() - parts[0].created_at).total_seconds()
    soonest_s = 2 if waited_s < 60 else 5 if waited_s < 300 else 30
    return LOOKS.pause_s(time.monotonic(), soonest_s)


def status_of_wish(parts: Sequence[RequestView]) -> StatusOut:
    """As programs read it."""
    shown_parts = [_part(part) for part in parts]
    first = shown_parts[0]
    return StatusOut(
        state=parts[0].state,
        is_open=any(part.is_open for part in parts),
        number=first.number,
        issued_at=first.issued_at,
        total_fen=sum(part.total_fen for part in shown_parts),
        has_file=all(part.has_file for part in shown_parts),
        mail=parts[0].mail,
        sent=[SentOut(channel=one.channel, state=one.state) for one in parts[0].sent],
        parts=shown_parts,
    )


def _part(view: RequestView) -> PartOut:
    invoice = view.invoice
    return PartOut(
        request_no=view.request_no,
        part=view.part,
        state=view.state,
        number=invoice.number if invoice else None,
        issued_at=invoice.issued_at if invoice else None,
        total_fen=invoice.incl_fen if invoice else view.incl_fen,
        has_file=invoice.has_file if invoice else False,
    )
