"""Issued invoices as those see them who take them back or tell the ERP of them."""

from dataclasses import dataclass
from datetime import datetime

from invoicing.backends.port import Kind, Seller
from invoicing.models import Covered, Invoice, InvoiceableOrder, InvoiceRequest, SaleReturn
from invoicing.rules.buyers import Buyer
from invoicing.rules.states import INVOICED
from invoicing.rules.tax import TaxLine, read_line
from invoicing.sealing import open_buyer


@dataclass(frozen=True, slots=True)
class CoverView:
    """How much of which sale an invoice is of, and what of that red letters took back."""

    sale_id: int
    fen: int
    red_fen: int


@dataclass(frozen=True, slots=True)
class BlueView:
    """A blue invoice, without its buyer. `red_incl_fen` was taken back by red letters."""

    id: int
    public_id: str
    request_no: str
    serial: str
    account_id: int
    tax_entity_id: int
    store_id: int
    sale_id: int
    order_no: str
    kind: Kind
    seller: Seller
    code: str
    number: str
    issued_at: datetime
    ex_fen: int
    tax_fen: int
    incl_fen: int
    red_incl_fen: int
    lines: tuple[TaxLine, ...]
    covers: tuple[CoverView, ...]


async def find_blue(invoice_id: int) -> BlueView | None:
    row = await Invoice.get_or_none(id=invoice_id).select_related("request")
    return await _view(row) if row else None


async def find_blue_named(public_id: str) -> BlueView | None:
    row = await Invoice.get_or_none(public_id=public_id).select_related("request")
    return await _view(row) if row else None


async def blues_of_sale(sale_id: int) -> tuple[BlueView, ...]:
    """The invoices a sale has a part in, those taken back too, the first one first."""
    of_sale = Covered.filter(sale_id=sale_id, request__state__in=sorted(INVOICED))
    requests = await of_sale.values_list("request_id", flat=True)
    rows = Invoice.filter(request_id__in=list(requests)).order_by("id").select_related("request")
    return tuple([await _view(row) for row in await rows])


async def _view(row: Invoice) -> BlueView:
    request: InvoiceRequest = row.request
    covers = await Covered.filter(request_id=request.id).order_by("id")
    return BlueView(
        id=row.id,
        public_id=row.public_id,
        request_no=request.request_no,
        serial=request.serial,
        account_id=request.account_id or 0,
        tax_entity_id=row.tax_entity_id,
        store_id=row.store_id,
        sale_id=row.sale_id,
        order_no=request.order_no,
        kind=row.kind,
        seller=Seller(**request.seller),
        code=row.code,
        number=row.number,
        issued_at=row.issued_at,
        ex_fen=row.ex_fen,
        tax_fen=row.tax_fen,
        incl_fen=row.incl_fen,
        red_incl_fen=row.red_incl_fen,
        lines=tuple(read_line(line) for line in request.lines),
        covers=tuple(CoverView(one.sale_id, one.fen, one.red_fen) for one in covers),
    )


async def buyer_of_blue(invoice_id: int) -> Buyer:
    """Whom an invoice is made out to, with where it was sent: personal."""
    row = await Invoice.get(id=invoice_id).select_related("request")
    return open_buyer(row.request.buyer, request_id=row.request_id)


async def box_returns(sale_id: int) -> list[tuple[str, int]]:
    """Refunds that a box read of a sale, as (key, fen), the newest first."""
    rows = await SaleReturn.filter(sale_id=sale_id).order_by("-id")
    return [(f"box:{row.paper_id}", row.fen) for row in rows]


async def find_sale_id(order_id: int) -> int | None:
    """The sale that an order of ours is; None before it was paid."""
    row = await InvoiceableOrder.get_or_none(order_id=order_id)
    return row.id if row else None
