"""The way of an invoice to its guest: by mail, SMS or a card in the mini-program; each once."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from core import clock
from core.clock import SHOP_ZONE
from core.database import use_case
from core.jobs import owe
from core.settings import current
from invoicing.errors import FileNotReady, InvoiceUnknown, SentTooOften, TargetWrong
from invoicing.models import Delivery, Document, Invoice, InvoiceRequest
from invoicing.queries.files import FileView, files_of
from invoicing.rules.buyers import tidy_mail, tidy_phone
from invoicing.rules.delivery import (
    LINK_DAYS,
    MOST_A_DAY,
    MOST_ATTEMPTS,
    OPEN,
    Channel,
    DeliveryState,
    move,
)
from invoicing.rules.files import Origin
from invoicing.rules.states import RequestState
from invoicing.rules.states import move as move_request
from invoicing.sealing import index_of, open_buyer, open_target, seal_target

JOBS = {
    Channel.MAIL: "invoicing.mail",
    Channel.SMS: "invoicing.sms",
    Channel.WECHAT: "invoicing.wechat",
}


@dataclass(frozen=True, slots=True)
class Letter:
    """A message to be sent now. `attempt` is the fence of its outcome."""

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
    link: str
    files: tuple[FileView, ...]


async def owe_deliveries(invoice_id: int, *, at: datetime, is_late: bool) -> None:
    """Owe what the guest wanted, in the transaction of the moment; again changes nothing.

    Who was sent our preview gets the backend's own file when that has come (`is_late`).
    """
    invoice = await Invoice.get(id=invoice_id).select_related("request")
    row: InvoiceRequest = invoice.request
    buyer = open_buyer(row.buyer, request_id=row.id)
    for channel, target in ((Channel.MAIL, buyer.mail), (Channel.SMS, buyer.phone)):
        if target:
            _ = await _owe(invoice_id, channel, target, at=at, copy_no=0)
    if is_late:
        await _send_the_real_one(invoice_id, at)


async def _send_the_real_one(invoice_id: int, at: datetime) -> None:
    """By mail alone: links show it anyway."""
    real = await Document.get(invoice_id=invoice_id, format="pdf", origin=Origin.BACKEND)
    early = await Delivery.filter(
        invoice_id=invoice_id,
        channel=Channel.MAIL,
        copy_no=0,
        ended_at__lt=real.created_at,
        state=DeliveryState.SENT,
    )
    for row in early:
        _ = await _owe(
            invoice_id, row.channel, open_target(row.target, delivery_id=row.id), at=at, copy_no=1
        )


async def _owe(
    invoice_id: int,
    channel: Channel,
    target: str,
    *,
    at: datetime,
    copy_no: int,
    is_asked: bool = False,
) -> Delivery:
    row, is_new = await Delivery.get_or_create(
        {"target": "", "is_asked": is_asked, "expires_at": at + timedelta(days=LINK_DAYS)},
        invoice_id=invoice_id,
        channel=channel,
        target_index=index_of(target),
        copy_no=copy_no,
    )
    if is_new:
        row.target = seal_target(target, delivery_id=row.id)
        await row.save(update_fields=["target"])
        await owe(JOBS[channel], key=f"{channel}:{row.id}", delivery_id=row.id)
    return row


@use_case
async def send_invoice(*, invoice_id: int, channel: Channel, target: str) -> str:
    """Send an issued invoice to an address, again or anew; answers the delivery's public id.

    `target`: mail address, mobile number, or a person's id in the mini-program. Each call is one
    message, at most five a day for an invoice.
    Raises InvoiceUnknown, FileNotReady, TargetWrong, MailWrong, PhoneWrong, SentTooOften.
    """
    target = _tidy(channel, target)
    if not await Invoice.filter(id=invoice_id).select_for_update().first():
        raise InvoiceUnknown
    if not await Document.exists(invoice_id=invoice_id, format="pdf"):
        raise FileNotReady
    at = clock.now()
    asked = Delivery.filter(invoice_id=invoice_id, is_asked=True)
    if await asked.filter(created_at__gt=at - timedelta(days=1)).count() >= MOST_A_DAY:
        raise SentTooOften(most=MOST_A_DAY)
    same = Delivery.filter(invoice_id=invoice_id, channel=channel, target_index=index_of(target))
    last = await same.order_by("-copy_no").first()
    copy_no = last.copy_no + 1 if last else 0
    row = await _owe(invoice_id, channel, target, at=at, copy_no=copy_no, is_asked=True)
    return row.public_id


def _tidy(channel: Channel, target: str) -> str:
    if channel is Channel.MAIL:
        target = tidy_mail(target)
    elif channel is Channel.SMS:
        target = tidy_phone(target)
    if not target.strip() or len(target) > 254:
        raise TargetWrong
    return target


@use_case
async def next_letter(delivery_id: int, *, is_once: bool = True) -> Letter | None:
    """The message to be sent now, marked as being sent; None when nothing is left to do.

    One that is found half sent was left by a worker that died: it may have gone out, and is not
    sent again; but where the other side knows our number (not `is_once`) it is.
    """
    row = await Delivery.filter(id=delivery_id).select_for_update().get()
    if row.state is DeliveryState.SENDING:
        action = "lose_sight" if is_once else "put_back"
        row.state, row.reason = move(row.state, action), "interrupted"
        row.ended_at = clock.now() if is_once else None
        await row.save()
    if row.state not in OPEN or not row.target:
        return None
    row.state, row.attempts = move(row.state, "send"), row.attempts + 1
    await row.save(update_fields=["state", "attempts"])
    return await _letter(row)


async def _letter(row: Delivery) -> Letter:
    invoice = await Invoice.get(id=row.invoice_id).select_related("request")
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
        link=f"{current().public_url}/f/{row.public_id}",
        files=await files_of(invoice.id),
    )


@use_case
async def end_letter(letter: Letter, *, action: str, reason: str) -> DeliveryState | None:
    """Book what became of it: `confirm`, `lose_sight`, `refuse` or `put_back`. Answers its state.

    After the last of its attempts a message that was put back has failed. None: too late to count.
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


@use_case
async def note_bounce(message_key: str, *, reason: str) -> bool:
    """A mail that had gone out came back; the page goes on offering the file. Again: nothing.

    False for a message that is none of ours.
    """
    row = await Delivery.filter(public_id=message_key).select_for_update().first()
    if row is None:
        return False
    if row.state in {DeliveryState.SENT, DeliveryState.MAYBE_SENT}:
        row.state, row.reason = move(row.state, "bounce"), reason[:40]
        row.ended_at = clock.now()
        await row.save(update_fields=["state", "reason", "ended_at"])
    return True
