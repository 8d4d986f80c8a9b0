"""开票. Any receipt that was scanned, or an order of one's own, becomes an invoice.

The page behind the QR does the same without a login; here the member's titles are remembered.
"""

from datetime import date, datetime

from pydantic import Field
from starlette.requests import Request
from starlette.responses import Response

from core.security.scope import Role, Scope
from core.settings import current
from core.web.api import Router, Schema
from core.web.policy import allow
from crm.people.queries import open_id_of
from devices.queries import receipt_code_of
from invoicing.errors import (
    AlreadyRequested,
    CannotMerge,
    CharacterRefused,
    CodeExpired,
    CodeUnknown,
    FileNotReady,
    InvoiceNotYours,
    MailWrong,
    NothingToInvoice,
    OrderNotPaid,
    OrderRefunded,
    PhoneWrong,
    SellersDiffer,
    SentTooOften,
    TargetWrong,
    TaxClassMissing,
    TaxNumberDoubtful,
    TaxNumberWrong,
    TitleWrong,
)
from invoicing.queries import (
    Awaited,
    Channel,
    RequestState,
    RequestView,
    Scanned,
    find_pdf,
    good_until,
    requests_of,
)
from invoicing.queries.proof import knows_buyer
from invoicing.service import BuyerKind, read_buyer, request_invoice, send_invoice
from invoicing.titles.queries import titles_of
from miniapp_api.invoice_titles import holder_of
from miniapp_api.receipts import count_look, seen
from trade.orders.errors import OrderNotFound
from trade.orders.queries import order_for, order_of
from trade.stores.queries import get_store

router = Router("/api/v1", "invoices")
MEMBER = allow(Role.MEMBER)


class ReceiptLineOut(Schema):
    name: str
    spec: str
    quantity: int
    payable_fen: int


class PartOut(Schema):
    """One invoice of a wish; `number` and `issuedAt` once it is issued."""

    request_no: str
    part: int
    state: RequestState
    seller_name: str
    incl_fen: int
    number: str | None
    issued_at: datetime | None
    has_file: bool


class InvoiceOut(Schema):
    """A receipt and how its invoice stands. `parts` is empty until somebody asked.

    Until the store has uploaded the sale `isHere` is false and there is neither number nor line.
    `isMine`: the file may be had here.
    """

    store_name: str
    order_no: str
    paid_at: datetime
    paid_fen: int
    net_fen: int
    is_here: bool
    is_mine: bool
    good_until: date | None
    lines: list[ReceiptLineOut]
    parts: list[PartOut]


class InvoiceIn(Schema):
    """`codes`: one receipt, or several of one seller for one invoice.

    A tax number of an old form is asked about first: send it again with `isSure`.
    """

    codes: list[str] = Field(min_length=1, max_length=20)
    kind: BuyerKind = BuyerKind.ENTERPRISE
    title: str = Field(max_length=200)
    tax_no: str = Field(default="", max_length=60)
    mail: str = Field(default="", max_length=254)
    phone: str = Field(default="", max_length=20)
    is_sure: bool = False


class SendIn(Schema):
    """`to` is a mail address or a mobile number; without it a card goes to oneself in WeChat."""

    to: str = Field(default="", max_length=254)


class CodeOut(Schema):
    code: str


@router.get(
    "/orders/{order_id}/invoice-code",
    who=MEMBER,
    summary="The code of my order's receipt (订单的开票码)",
    errors=(OrderNotFound, OrderNotPaid),
)
async def get_code(scope: Scope, order_id: str) -> CodeOut:
    order = await order_for(scope, order_id)
    if order.paid_at is None:
        raise OrderNotPaid
    return CodeOut(code=await receipt_code_of(order))


@router.get(
    "/invoices/{code}",
    who=MEMBER,
    summary="A receipt and its invoice (开票进度)",
    errors=(CodeUnknown,),
)
async def get_invoice(scope: Scope, code: str) -> InvoiceOut:
    found = await seen(scope, code)
    parts = await requests_of(found)
    store = await get_store(found.store_id)
    sale = found.sale if isinstance(found, Scanned) else None
    return InvoiceOut(
        store_name=store.name,
        order_no=sale.order_no if sale else "",
        paid_at=sale.paid_at if sale else _minute(found),
        paid_fen=found.amount_fen,
        net_fen=sale.net_fen if sale else found.amount_fen,
        is_here=sale is not None,
        is_mine=await _is_mine(scope, found, parts),
        good_until=await good_until(sale) if sale else None,
        lines=[ReceiptLineOut.of(line) for line in sale.lines] if sale else [],
        parts=[_part(part) for part in parts],
    )


def _minute(found: Scanned | Awaited) -> datetime:
    return found.at if isinstance(found, Awaited) else found.sale.paid_at


def _part(view: RequestView) -> PartOut:
    invoice = view.invoice
    return PartOut.of(
        view,
        incl_fen=invoice.incl_fen if invoice else view.incl_fen,
        number=invoice.number if invoice else None,
        issued_at=invoice.issued_at if invoice else None,
        has_file=invoice.has_file if invoice else False,
    )


@router.post(
    "/invoices",
    who=MEMBER,
    status=201,
    summary="Ask for an invoice (申请开票)",
    errors=(
        *(CodeUnknown, CodeExpired, OrderNotPaid, OrderRefunded, NothingToInvoice),
        *(TitleWrong, TaxNumberWrong, TaxNumberDoubtful, MailWrong, PhoneWrong),
        *(AlreadyRequested, CannotMerge, SellersDiffer, TaxClassMissing, CharacterRefused),
    ),
)
async def ask_invoice(scope: Scope, body: InvoiceIn) -> PartOut:
    """Answers the first part. The same buyer again gets the request that is there."""
    await count_look(scope)
    buyer = read_buyer(
        kind=body.kind,
        title=body.title,
        tax_no=body.tax_no,
        mail=body.mail,
        phone=body.phone,
    )
    if buyer.doubts and not body.is_sure:
        raise TaxNumberDoubtful(tax_no=buyer.tax_no)
    return _part(await request_invoice(codes=body.codes, buyer=buyer))


@router.post(
    "/invoices/{code}/send",
    who=MEMBER,
    summary="Send it to me or to an address (发送发票)",
    errors=(
        *(CodeUnknown, FileNotReady, InvoiceNotYours),
        *(TargetWrong, MailWrong, PhoneWrong, SentTooOften),
    ),
)
async def send(scope: Scope, code: str, body: SendIn) -> None:
    """All invoices of the wish; five times a day."""
    for part in await _owned(scope, code):
        assert part.invoice is not None
        channel, target = await _way(scope, body.to)
        await send_invoice(invoice_id=part.invoice.id, channel=channel, target=target)


async def _way(scope: Scope, to: str) -> tuple[Channel, str]:
    """Raises TargetWrong for a member whom the mini-program does not know."""
    if to:
        return (Channel.MAIL if "@" in to else Channel.SMS), to
    app = current().mini_program
    assert scope.member_id is not None
    open_id = await open_id_of(scope.member_id, app.app_id) if app else None
    if open_id is None:
        raise TargetWrong
    return Channel.WECHAT, open_id


@router.file(
    "GET",
    "/invoices/{code}/file",
    who=MEMBER,
    summary="The PDF of my invoice (发票文件)",
    errors=(CodeUnknown, FileNotReady, InvoiceNotYours),
)
async def get_file(request: Request, scope: Scope, code: str) -> Response:
    """`?part=2` of a wish that was split."""
    wanted = request.query_params.get("part", "1")
    for part in await _owned(scope, code):
        content = await find_pdf(part.invoice.id) if part.invoice else None
        if str(part.part) == wanted and content is not None:
            headers = {"cache-control": "private, no-store"}
            return Response(content, media_type="application/pdf", headers=headers)
    raise FileNotReady


async def _owned(scope: Scope, code: str) -> list[RequestView]:
    """The issued parts of a wish of this member's. Raises FileNotReady, InvoiceNotYours."""
    found = await seen(scope, code)
    parts = await requests_of(found)
    issued = [part for part in parts if part.invoice]
    if not issued:
        raise FileNotReady
    if not await _is_mine(scope, found, parts):
        raise InvoiceNotYours
    return issued


async def _is_mine(scope: Scope, found: Scanned | Awaited, parts: tuple[RequestView, ...]) -> bool:
    """An order of the member's own, or an invoice to one of the titles they had remembered."""
    if isinstance(found, Scanned) and found.sale.order_id is not None:
        order = await order_of(found.sale.order_id)
        if order.member_id is not None and order.member_id == scope.member_id:
            return True
    known = await titles_of(holder_of(scope)) if parts else []
    words = [one.title.tax_no or one.title.title for one in known]
    return any([await knows_buyer(parts[0].request_no, word) for word in words])
