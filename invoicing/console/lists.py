"""Which invoices are found by what somebody knows of them. Nothing personal leaves."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from tortoise.expressions import Q

from core.clock import SHOP_ZONE
from core.security.scope import Scope
from invoicing.models import Invoice, InvoiceRequest
from invoicing.queries import HoldReason, Kind, RequestState
from invoicing.sealing import title_index_of

PAGE = 50
MOST_EXPORTED = 20_000
MOST_NUMBER, MOST_REQUEST_NO = 20, 16  # characters; a longer one is none of ours


@dataclass(frozen=True, slots=True)
class Search:
    """Empty fields do not narrow. `title` is compared by its exact words."""

    number: str = ""
    order_no: str = ""
    title: str = ""
    store_id: int | None = None
    tax_entity_id: int | None = None
    since: date | None = None
    until: date | None = None
    state: RequestState | None = None
    has_alarm: bool = False


@dataclass(frozen=True, slots=True)
class RequestRow:
    """One request with its invoice, if there is one."""

    request_no: str
    order_no: str
    store_id: int
    tax_entity_id: int
    seller_name: str
    kind: Kind
    state: RequestState
    hold: HoldReason
    part: int
    parts: int
    incl_fen: int
    alarm: str
    created_at: datetime
    sent_at: datetime | None
    ended_at: datetime | None
    said: str
    remark: str
    request_id: int
    invoice_id: int | None
    public_id: str
    code: str
    number: str
    issued_at: datetime | None
    red_incl_fen: int


@dataclass(frozen=True, slots=True)
class RequestPage:
    items: tuple[RequestRow, ...]
    total: int
    page: int

    @property
    def pages(self) -> int:
        return max(1, -(-self.total // PAGE))


def _moment(day: date) -> datetime:
    return datetime.combine(day, time.min, SHOP_ZONE)


async def _q(scope: Scope, wanted: Search) -> Q:
    q = scope.stores_q()
    if wanted.number:
        number = wanted.number[:MOST_NUMBER]
        ids = [one.request_id for one in await Invoice.filter(number=number)]
        q &= Q(id__in=ids or [0]) | Q(request_no=number[:MOST_REQUEST_NO])
    if wanted.title:
        q &= Q(title_index=title_index_of(wanted.title))
    if wanted.since:
        q &= Q(created_at__gte=_moment(wanted.since))
    if wanted.until:
        q &= Q(created_at__lt=_moment(wanted.until + timedelta(days=1)))
    if wanted.has_alarm:
        q &= ~Q(alarm="")
    return q & _plain(wanted)


def _plain(wanted: Search) -> Q:
    q = Q()
    if wanted.order_no:
        q &= Q(order_no=wanted.order_no[:64])
    if wanted.store_id is not None:
        q &= Q(store_id=wanted.store_id)
    if wanted.tax_entity_id is not None:
        q &= Q(tax_entity_id=wanted.tax_entity_id)
    return q & Q(state=wanted.state) if wanted.state else q


async def requests_for(scope: Scope, wanted: Search, *, page: int = 1) -> RequestPage:
    """The newest first."""
    rows = InvoiceRequest.filter(await _q(scope, wanted))
    found = await rows.order_by("-id").offset((page - 1) * PAGE).limit(PAGE)
    return RequestPage(await _with_invoices(found), await rows.count(), page)


async def request_for(scope: Scope, request_no: str) -> RequestRow | None:
    """None for what is not there and for another store's alike."""
    if len(request_no) > MOST_REQUEST_NO:
        return None
    row = await InvoiceRequest.get_or_none(scope.stores_q(), request_no=request_no)
    return (await _with_invoices([row]))[0] if row else None


async def request_of_invoice(scope: Scope, invoice_id: int) -> RequestRow | None:
    invoice = await Invoice.get_or_none(id=invoice_id).select_related("request")
    return await request_for(scope, invoice.request.request_no) if invoice else None


async def all_for(scope: Scope, wanted: Search) -> AsyncIterator[RequestRow]:
    """Up to 20,000 of what a search finds, the newest first, a batch at a time."""
    q, last, left = await _q(scope, wanted), 10**18, MOST_EXPORTED
    while left > 0:
        batch = InvoiceRequest.filter(q, id__lt=last).order_by("-id").limit(min(500, left))
        rows = await batch
        if not rows:
            return
        for row in await _with_invoices(rows):
            yield row
        last, left = rows[-1].id, left - len(rows)


async def _with_invoices(rows: list[InvoiceRequest]) -> tuple[RequestRow, ...]:
    found = await Invoice.filter(request_id__in=[row.id for row in rows])
    by_request = {invoice.request_id: invoice for invoice in found}
    return tuple(_row(row, by_request.get(row.id)) for row in rows)


def _row(row: InvoiceRequest, invoice: Invoice | None) -> RequestRow:
    return RequestRow(
        request_no=row.request_no,
        order_no=row.order_no,
        store_id=row.store_id,
        tax_entity_id=row.tax_entity_id,
        seller_name=row.seller.get("name", ""),
        kind=row.kind,
        state=row.state,
        hold=row.hold,
        part=row.part,
        parts=row.parts,
        incl_fen=row.incl_fen,
        alarm=row.alarm,
        created_at=row.created_at,
        sent_at=row.sent_at,
        ended_at=row.ended_at,
        said=row.said,
        remark=row.remark,
        request_id=row.id,
        invoice_id=invoice.id if invoice else None,
        public_id=invoice.public_id if invoice else "",
        code=invoice.code if invoice else "",
        number=invoice.number if invoice else "",
        issued_at=invoice.issued_at if invoice else None,
        red_incl_fen=invoice.red_incl_fen if invoice else 0,
    )
