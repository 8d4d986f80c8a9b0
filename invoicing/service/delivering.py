"""The file of an invoice and its way to the guest: kept once, mailed once."""

from dataclasses import dataclass
from datetime import date

from core import clock
from core.clock import SHOP_ZONE
from core.database import use_case
from core.jobs import owe
from core.settings import current
from invoicing.document.face import PREVIEW, SANDBOX, Face, Party
from invoicing.models import Delivery, Document, Invoice, InvoiceRequest
from invoicing.queries.requests import lines_of
from invoicing.rules.buyers import Buyer
from invoicing.rules.delivery import MOST_ATTEMPTS, OPEN, Channel, DeliveryState, move
from invoicing.rules.states import RequestState
from invoicing.rules.states import move as move_request
from invoicing.sealing import index_of, open_buyer, open_target, seal_target


@dataclass(frozen=True, slots=True)
class Letter:
    """A mail to be sent now. `attempt` is the fence of its outcome."""

    delivery_id: int
    attempt: int
    message_key: str
    to: str
    number: str
    incl_fen: int
    seller_name: str
    order_no: str
    issued_on: date
    page_url: str
    sha256: str


async def face_of(invoice_id: int) -> Face:
    """What stands on the face of an invoice of ours."""
    invoice = await Invoice.get(id=invoice_id).select_related("request")
    row: InvoiceRequest = invoice.request
    buyer = open_buyer(row.buyer, request_id=row.id)
    return Face(
        number=invoice.number,
        issued_on=invoice.issued_at.astimezone(SHOP_ZONE).date(),
        buyer=Party(buyer.title, buyer.tax_no),
        seller=Party(row.seller["name"], row.seller["tax_no"]),
        lines=lines_of(row),
        remark=row.remark,
        drawer=row.seller["drawer"],
        mark=SANDBOX if current().is_playing else PREVIEW,
    )


async def has_file(invoice_id: int) -> bool:
    return await Document.filter(invoice_id=invoice_id, format="pdf").exists()


@use_case
async def book_file(invoice_id: int, *, sha256: str, size: int) -> None:
    """The PDF is on disk: note it, and owe the mail if one was wanted. Again changes nothing."""
    _, is_new = await Document.get_or_create(
        {"sha256": sha256, "size": size}, invoice_id=invoice_id, format="pdf"
    )
    invoice = await Invoice.get(id=invoice_id).select_related("request")
    buyer = open_buyer(invoice.request.buyer, request_id=invoice.request.id)
    if is_new and buyer.mail:
        await _owe_mail(invoice, buyer)


async def _owe_mail(invoice: Invoice, buyer: Buyer) -> None:
    row, is_new = await Delivery.get_or_create(
        {"target": ""},
        invoice_id=invoice.id,
        channel=Channel.MAIL,
        target_index=index_of(buyer.mail),
    )
    if is_new:
        row.target = seal_target(buyer.mail, delivery_id=row.id)
        await row.save(update_fields=["target"])
        await owe("invoicing.mail", key=f"mail:{row.id}", delivery_id=row.id)


@use_case
async def next_letter(delivery_id: int) -> Letter | None:
    """The mail to be sent now, marked as being sent; None when nothing is left to do.

    One that is found half sent was left by a worker that died: it may have gone out, and is not
    sent again.
    """
    row = await Delivery.filter(id=delivery_id).select_for_update().get()
    if row.state is DeliveryState.SENDING:
        row.state, row.reason = move(row.state, "lose_sight"), "interrupted"
        row.ended_at = clock.now()
        await row.save()
    if row.state not in OPEN:
        return None
    row.state, row.attempts = move(row.state, "send"), row.attempts + 1
    await row.save(update_fields=["state", "attempts"])
    return await _letter(row)


async def _letter(row: Delivery) -> Letter:
    invoice = await Invoice.get(id=row.invoice_id).select_related("request")
    document = await Document.get(invoice_id=invoice.id, format="pdf")
    request: InvoiceRequest = invoice.request
    return Letter(
        delivery_id=row.id,
        attempt=row.attempts,
        message_key=row.public_id,
        to=open_target(row.target, delivery_id=row.id),
        number=invoice.number,
        incl_fen=invoice.incl_fen,
        seller_name=request.seller["name"],
        order_no=request.order_no,
        issued_on=invoice.issued_at.astimezone(SHOP_ZONE).date(),
        page_url=f"{current().public_url}/i/{request.receipt_code}",
        sha256=document.sha256,
    )


@use_case
async def end_letter(letter: Letter, *, action: str, reason: str) -> DeliveryState | None:
    """Book what became of it: `confirm`, `lose_sight`, `refuse` or `put_back`. Answers its state.

    After the last of its attempts a mail that was put back has failed. None: too late to count.
    """
    sent = Delivery.filter(
        id=letter.delivery_id, attempts=letter.attempt, state=DeliveryState.SENDING
    )
    row = await sent.select_for_update().first()
    if row is None:
        return None
    row.state, row.reason = move(row.state, action), reason[:40]
    if row.state is DeliveryState.QUEUED and row.attempts >= MOST_ATTEMPTS:
        row.state = move(row.state, "give_up")
    if row.state not in OPEN:
        row.ended_at = clock.now()
    await row.save(update_fields=["state", "reason", "ended_at"])
    if row.state is DeliveryState.SENT:
        await _mark_delivered(row.invoice_id)
    return row.state


async def _mark_delivered(invoice_id: int) -> None:
    invoice = await Invoice.get(id=invoice_id)
    held = InvoiceRequest.filter(id=invoice.request_id).select_for_update()
    request = await held.get()
    if request.state is RequestState.ISSUED:
        request.state = move_request(request.state, "deliver")
        await request.save(update_fields=["state"])
