"""Drafts end: by the sale they waited for, or by the patience of the seller."""

from datetime import timedelta

from core import clock
from core.database import sql, use_case
from core.errors import DomainError
from core.outbox import publish
from invoicing.errors import AmountDiffers
from invoicing.events import RequestExpired
from invoicing.models import InvoiceRequest
from invoicing.queries.codes import Awaited, Scanned, check_invoiceable, look_up
from invoicing.queries.requests import live_rows
from invoicing.queries.terms import terms_of
from invoicing.rules.states import RequestState, move
from invoicing.sealing import open_buyer
from invoicing.service.planning import Wanted
from invoicing.service.requesting import LOCK_SALES, note_amount_differs, write_down

DRAFTS = """
SELECT DISTINCT tax_entity_id FROM invoicing_request WHERE state = 'draft' ORDER BY 1
"""


async def adopt(request_id: int) -> None:
    """The sale of a draft has come: the draft is queued as if it had been asked for now.

    What cannot be invoiced ends as cancelled, with the reason for the guest. Again changes nothing.
    """
    try:
        await _adopt(request_id)
    except DomainError as refusal:
        if refusal.retryable:
            raise
        await _cancel(request_id, refusal)


@use_case
async def _adopt(request_id: int) -> None:
    row = await InvoiceRequest.filter(id=request_id).select_for_update().get()
    if row.state is not RequestState.DRAFT:
        return
    found = await look_up(row.receipt_code)
    if isinstance(found, Awaited):
        return
    await sql(LOCK_SALES, [found.sale.id])
    if await live_rows([found.sale.id]):  # the same sale under another code
        row.state, row.ended_at = move(row.state, "cancel"), clock.now()
        await row.save(update_fields=["state", "ended_at"])
        return
    await _queue(row, found)


async def _queue(row: InvoiceRequest, found: Scanned) -> None:
    wanted = Wanted(found.sale, check_invoiceable(found.uncovered()))
    buyer = open_buyer(row.buyer, request_id=row.id)
    move(row.state, "queue")
    await write_down([wanted], buyer, row.kind, code=row.receipt_code, draft=row)


async def _cancel(request_id: int, refusal: DomainError) -> None:
    row = await InvoiceRequest.get(id=request_id)
    if isinstance(refusal, AmountDiffers):
        await note_amount_differs([row.receipt_code])
    if row.state is RequestState.DRAFT:
        await InvoiceRequest.filter(id=request_id, state=RequestState.DRAFT).update(
            state=move(row.state, "cancel"),
            said=refusal.zh[:500],
            reason=refusal.code[-40:],
            ended_at=clock.now(),
        )


@use_case
async def expire_drafts() -> int:
    """End the drafts whose sale did not come in time, and tell the shop. Answers how many."""
    ended = 0
    for entity in [row["tax_entity_id"] for row in await sql(DRAFTS)]:
        terms = await terms_of(entity)
        since = clock.now() - timedelta(days=terms.wait_days)
        rows = InvoiceRequest.filter(
            tax_entity_id=entity, state=RequestState.DRAFT, created_at__lt=since
        )
        for row in await rows.select_for_update(skip_locked=True):
            await _expire(row)
            ended += 1
    return ended


async def _expire(row: InvoiceRequest) -> None:
    row.state, row.ended_at = move(row.state, "expire"), clock.now()
    row.said = "订单一直没有上传，请凭小票联系门店"
    row.alarm = "a guest waited in vain: the order was never uploaded"
    await row.save(update_fields=["state", "ended_at", "said", "alarm"])
    await publish(RequestExpired(request_no=row.request_no, store_id=row.store_id, at=clock.now()))


@use_case
async def cancel_draft(request_no: str) -> None:
    """The guest takes back a wish that still waits. Raises RequestCannotMove, RequestUnknown."""
    row = await InvoiceRequest.filter(request_no=request_no).select_for_update().get()
    row.state, row.ended_at = move(row.state, "cancel"), clock.now()
    await row.save(update_fields=["state", "ended_at"])
