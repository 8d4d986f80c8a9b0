"""A wish for a sale that has not come yet: the title is kept, so that nobody must come back."""

from core.database import sql
from invoicing.backends.port import Kind
from invoicing.models import InvoiceRequest
from invoicing.queries.codes import Awaited
from invoicing.rules.buyers import Buyer
from invoicing.rules.states import RequestState
from invoicing.sealing import seal_buyer, title_index_of
from trade.stores.queries import seller_of

LOCK = "SELECT pg_advisory_xact_lock(hashtextextended($1, 727011))"


async def write_draft(
    found: Awaited, buyer: Buyer, kind: Kind, *, request_no: str
) -> tuple[InvoiceRequest, bool]:
    """The draft of a code, and whether it is new: one code has one."""
    await sql(LOCK, found.code)
    row = await InvoiceRequest.get_or_none(receipt_code=found.code, state=RequestState.DRAFT)
    if row is not None:
        return row, False
    seller = await seller_of(found.store_id)
    row = await InvoiceRequest.create(
        request_no=request_no,
        group_no=request_no,
        sale_id=None,
        order_no="",
        store_id=found.store_id,
        tax_entity_id=seller.tax_entity_id,
        kind=kind,
        receipt_code=found.code,
        buyer="",
        seller={"name": seller.name, "tax_no": seller.tax_no},
        lines=[],
        ex_fen=0,
        tax_fen=0,
        incl_fen=0,
        state=RequestState.DRAFT,
    )
    row.buyer = seal_buyer(buyer, request_id=row.id)
    row.title_index = title_index_of(buyer.title)
    await row.save(update_fields=["buyer", "title_index"])
    return row, True
