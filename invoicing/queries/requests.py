"""What can be asked about requests and invoices. Views leave, models never do."""

from dataclasses import dataclass
from datetime import datetime

from core.database import sql
from invoicing.backends.port import Kind
from invoicing.models import Covered, Delivery, Document, Invoice, InvoiceRequest
from invoicing.queries.codes import Awaited, Scanned
from invoicing.rules.delivery import Channel, DeliveryState
from invoicing.rules.sales import HoldReason
from invoicing.rules.states import DEAD, INVOICED, SETTLED, RequestState
from invoicing.rules.tax import TaxLine, read_line


@dataclass(frozen=True, slots=True)
class InvoiceView:
    """`red_incl_fen` is what red letters took back of it."""

    id: int
    public_id: str
    code: str
    number: str
    issued_at: datetime
    ex_fen: int
    tax_fen: int
    incl_fen: int
    red_incl_fen: int
    has_file: bool


@dataclass(frozen=True, slots=True)
class SentView:
    """How the last message of one channel stands."""

    channel: Channel
    state: DeliveryState

    @property
    def is_under_way(self) -> bool:
        return self.state in {DeliveryState.QUEUED, DeliveryState.SENDING}


@dataclass(frozen=True, slots=True)
class RequestView:
    """How a request stands, or one part of a wish that was split. Nothing personal.

    `said` is the provider's reason of a refusal; `hold` why it waits; `sent` has each channel that
    was wanted once.
    """

    request_no: str
    group_no: str
    part: int
    parts: int
    kind: Kind
    sale_id: int | None
    store_id: int
    tax_entity_id: int
    seller_name: str
    state: RequestState
    hold: HoldReason
    said: str
    alarm: str
    incl_fen: int
    created_at: datetime
    invoice: InvoiceView | None
    sent: tuple[SentView, ...]

    @property
    def mail(self) -> DeliveryState | None:
        """How the mail stands, if one was wanted."""
        return next((one.state for one in self.sent if one.channel is Channel.MAIL), None)

    @property
    def is_dead(self) -> bool:
        """Nothing will come of it; the guest may ask anew."""
        return self.state in DEAD

    @property
    def is_open(self) -> bool:
        """Something will still happen by itself."""
        is_waiting = any(one.is_under_way for one in self.sent)
        has_file = self.invoice is not None and self.invoice.has_file
        is_done = self.state in SETTLED and has_file and not is_waiting
        return not is_done and not self.is_dead


async def requests_of(found: Scanned | Awaited) -> tuple[RequestView, ...]:
    """All parts of the wish that a code's sale is in: the live one, else the one ended last.

    Of a code whose sale has not come: the draft that waits for it. Empty: nobody asked yet.
    """
    if isinstance(found, Awaited):
        rows = InvoiceRequest.filter(receipt_code=found.code)
        last = await rows.order_by("-id").first()
        return (await view_of(last),) if last else ()
    return await wish_of(found.sale.id) if found.is_asked else ()


async def wish_of(sale_id: int) -> tuple[RequestView, ...]:
    """As `requests_of`, by the id of the sale."""
    last = await _row_of_sale(sale_id)
    if last is None:
        return ()
    rows = await InvoiceRequest.filter(group_no=last.group_no).order_by("part", "-id")
    newest = {row.part: row for row in reversed(rows)}
    return tuple([await view_of(newest[part]) for part in sorted(newest)])


async def latest_request(sale_id: int) -> RequestView | None:
    """The live request of a sale, else the one refused last; of a split wish its first part."""
    row = await _row_of_sale(sale_id)
    return await view_of(row) if row else None


async def _row_of_sale(sale_id: int) -> InvoiceRequest | None:
    covered = Covered.filter(sale_id=sale_id).select_related("request")
    one = await covered.filter(is_live=True).order_by("part").first()
    one = one or await covered.order_by("-request_id").first()
    return one.request if one else None


LIVE = """
SELECT request_id AS id FROM invoicing_covered WHERE sale_id = ANY($1::bigint[]) AND is_live
"""


async def live_rows(sale_ids: list[int]) -> list[InvoiceRequest]:
    """For this room's own use cases: live requests that cover any of these, by part."""
    ids = [row["id"] for row in await sql(LIVE, sale_ids)]
    return await InvoiceRequest.filter(id__in=ids).order_by("part") if ids else []


def lines_of(row: InvoiceRequest) -> tuple[TaxLine, ...]:
    """The frozen lines of a request. For this room's own files."""
    return tuple(read_line(line) for line in row.lines)


async def view_of(row: InvoiceRequest) -> RequestView:
    """For this room's own files."""
    has_one = row.state in INVOICED
    invoice = await Invoice.get_or_none(request_id=row.id) if has_one else None
    return RequestView(
        request_no=row.request_no,
        group_no=row.group_no,
        part=row.part,
        parts=row.parts,
        kind=row.kind,
        sale_id=row.sale_id,
        store_id=row.store_id,
        tax_entity_id=row.tax_entity_id,
        seller_name=row.seller.get("name", ""),
        state=row.state,
        hold=row.hold,
        said=row.said,
        alarm=row.alarm,
        incl_fen=row.incl_fen,
        created_at=row.created_at,
        invoice=await _invoice_view(invoice) if invoice else None,
        sent=await _sent(invoice.id) if invoice else (),
    )


async def _sent(invoice_id: int) -> tuple[SentView, ...]:
    rows = await Delivery.filter(invoice_id=invoice_id).order_by("id")
    last = {row.channel: row.state for row in rows}
    return tuple(SentView(channel, last[channel]) for channel in Channel if channel in last)


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
        red_incl_fen=row.red_incl_fen,
        has_file=await Document.filter(invoice_id=row.id).exists(),
    )
