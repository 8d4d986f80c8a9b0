"""What red letters took back of an invoice."""

from core.database import use_case
from invoicing.models import Covered, Invoice, InvoiceRequest
from invoicing.rules.states import move
from invoicing.service.requesting import set_free


@use_case
async def note_red(*, invoice_id: int, by_sale: dict[int, int]) -> None:
    """A red letter took so many fen of each sale back, with tax: adds to what was taken before.

    Wholly taken back, an invoice covers nothing any more and its sales may be invoiced anew.
    """
    invoice = await Invoice.filter(id=invoice_id).select_for_update().get()
    invoice.red_incl_fen += sum(by_sale.values())
    await invoice.save(update_fields=["red_incl_fen"])
    row = await InvoiceRequest.filter(id=invoice.request_id).select_for_update().get()
    for one in await Covered.filter(request_id=row.id).order_by("sale_id").select_for_update():
        one.red_fen += by_sale.get(one.sale_id, 0)
        await one.save(update_fields=["red_fen"])
    if invoice.red_incl_fen >= invoice.incl_fen:
        row.state = move(row.state, "reverse")
        await row.save(update_fields=["state"])
        await set_free(row)
