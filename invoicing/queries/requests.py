"""What can be asked about requests and invoices. Views leave, models never do."""

from dataclasses import dataclass
from datetime import datetime

from invoicing.models import Delivery, Document, Invoice, InvoiceRequest
from invoicing.rules.delivery import DeliveryState
from invoicing.rules.states import DEAD, SETTLED, RequestState


@dataclass(frozen=True, slots=True)
class InvoiceView:
    id: int
    public_id: str
    code: str
    number: str
    issued_at: datetime
    ex_fen: int
    tax_fen: int
    incl_fen: int
    has_file: bool


@dataclass(frozen=True, slots=True)
class RequestView:
    """How a request stands. Nothing personal: who the buyer is stays inside.

    `said` is the provider's reason of a refusal; `mail` is how the mail stands, if one was wanted.
    """

    request_no: str
    order_id: int
    state: RequestState
    said: str
    alarm: str
    incl_fen: int
    created_at: datetime
    invoice: InvoiceView | None
    mail: DeliveryState | None

    @property
    def is_dead(self) -> bool:
        """Nothing will come of it; the guest may ask anew."""
        return self.state in DEAD

    @property
    def is_open(self) -> bool:
        """Something will still happen by itself."""
        is_waiting = self.mail in {DeliveryState.QUEUED, DeliveryState.SENDING}
        has_file = self.invoice is not None and self.invoice.has_file
        is_done = self.state in SETTLED and has_file and not is_waiting
        return not is_done and not self.is_dead


async def latest_request(order_id: int) -> RequestView | None:
    """The live request of an order, else the one refused last."""
    rows = InvoiceRequest.filter(order_id=order_id)
    row = await rows.filter(state__not_in=sorted(DEAD)).order_by("-id").first()
    row = row or await rows.order_by("-id").first()
    return await view_of(row) if row else None


async def live_row(order_id: int) -> InvoiceRequest | None:
    """For this room's own use cases."""
    rows = InvoiceRequest.filter(order_id=order_id, state__not_in=sorted(DEAD))
    return await rows.order_by("-id").first()


async def view_of(row: InvoiceRequest) -> RequestView:
    invoice = await Invoice.get_or_none(request_id=row.id)
    mail = await Delivery.filter(invoice_id=invoice.id).order_by("id").first() if invoice else None
    return RequestView(
        request_no=row.request_no,
        order_id=row.order_id,
        state=row.state,
        said=row.said,
        alarm=row.alarm,
        incl_fen=row.incl_fen,
        created_at=row.created_at,
        invoice=await _invoice_view(invoice) if invoice else None,
        mail=mail.state if mail else None,
    )


async def _invoice_view(row: Invoice) -> InvoiceView:
    return InvoiceView(
        id=row.id,
        public_id=row.public_id,
        code=row.code,
        number=row.number,
        issued_at=row.issued_at,
        ex_fen=row.ex_fen,
        tax_fen=row.tax_fen,
        incl_fen=row.incl_fen,
        has_file=await Document.filter(invoice_id=row.id).exists(),
    )
