"""What becomes a version. Each bears being called twice."""

from core.events import on
from invoicing.events import InvoiceIssued
from invoicing.reds.events import RedIssued
from invoicing.write_back.service import tell_issued, tell_red


@on(InvoiceIssued)
async def tell_of_an_invoice(event: InvoiceIssued) -> None:
    await tell_issued(event.invoice_id)


@on(RedIssued)
async def tell_of_a_red_letter(event: RedIssued) -> None:
    await tell_red(event.red_id, event.invoice_id)
