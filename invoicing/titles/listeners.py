"""How titles learn of companies: from invoices that were issued to them."""

from core.events import on
from invoicing.events import InvoiceIssued
from invoicing.queries.buyers import buyer_of_invoice
from invoicing.rules.buyers import BuyerKind
from invoicing.titles.service import count_invoice


@on(InvoiceIssued)
async def list_the_company(event: InvoiceIssued) -> None:
    buyer = await buyer_of_invoice(event.invoice_id)
    if buyer is not None and buyer.kind is BuyerKind.ENTERPRISE:
        await count_invoice(invoice_id=event.invoice_id, title=buyer.title, tax_no=buyer.tax_no)
