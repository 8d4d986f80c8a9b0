"""Who an invoice is made out to: for the directory of companies, and for nobody's page."""

from dataclasses import dataclass

from invoicing.models import Invoice
from invoicing.rules.buyers import BuyerKind
from invoicing.sealing import open_buyer


@dataclass(frozen=True, slots=True)
class BuyerView:
    kind: BuyerKind
    title: str
    tax_no: str


async def buyer_of_invoice(invoice_id: int) -> BuyerView | None:
    """None for an invoice that is not there."""
    invoice = await Invoice.get_or_none(id=invoice_id).select_related("request")
    if invoice is None:
        return None
    buyer = open_buyer(invoice.request.buyer, request_id=invoice.request_id)
    return BuyerView(buyer.kind, buyer.title, buyer.tax_no)
