"""The provider's answers become our states. Each function is one step; `invoicing.jobs` walks."""

from dataclasses import dataclass
from datetime import datetime

from core import clock
from core.database import use_case
from core.jobs import owe
from core.outbox import publish
from core.settings import current
from invoicing.backends.port import (
    Accepted,
    Held,
    Issued,
    NotFound,
    NotSent,
    Order,
    Pending,
    QueryAnswer,
    Refused,
    Seller,
    SubmitAnswer,
    Unknown,
)
from invoicing.backends.service import note_held
from invoicing.errors import CallbackUnknown
from invoicing.events import InvoiceIssued
from invoicing.models import Covered, Invoice, InvoiceRequest
from invoicing.queries.requests import lines_of
from invoicing.rules.buyers import BuyerKind
from invoicing.rules.files import paper_of
from invoicing.rules.sales import HoldReason
from invoicing.rules.states import (
    ASKABLE,
    FIRST_LOOK_S,
    RequestState,
    ask_after_s,
    is_not_there,
    move,
    needs_person,
)
from invoicing.sealing import open_buyer
from invoicing.service.holding import hold, place_for
from invoicing.service.requesting import ask_anew, set_free, was_refunded

S = RequestState


@dataclass(frozen=True, slots=True)
class Send:
    """This order is to be sent now; the row says so already."""

    order: Order


@dataclass(frozen=True, slots=True)
class Ask:
    """Something of this number may have been sent: it is to be asked about."""

    request_no: str
    serial: str
    seller: Seller
    account_id: int = 0


Step = Send | Ask | None


@use_case
async def next_step(request_id: int) -> Step:
    """What has to be done with a request now. None: nothing, it has ended or waits.

    A request that is found half sent was left by a worker that died: it becomes unknown.
    """
    row = await _locked(request_id)
    if row.state is S.QUEUED:
        return await _send_or_hold(row)
    if row.state is S.SENDING:
        row.state, row.reason = move(row.state, "lose_sight"), "interrupted"
        await row.save(update_fields=["state", "reason"])
    return _question(row)


async def _send_or_hold(row: InvoiceRequest) -> Send | None:
    if row.sent_at is None and await was_refunded(row):
        await ask_anew(row)  # nothing has left us: what is still to be invoiced gets new numbers
        return None
    place = await place_for(row)
    if isinstance(place, HoldReason):
        await hold(row, place)
        return None
    row.state, row.sent_at, row.asked = move(row.state, "send"), clock.now(), 0
    row.account_id = place
    await row.save(update_fields=["state", "sent_at", "asked", "account_id"])
    return Send(_order(row))


async def step_to_ask(request_id: int) -> Ask | None:
    """The question about a request, if it is one to be asked about; nothing moves."""
    return _question(await InvoiceRequest.get(id=request_id))


def _question(row: InvoiceRequest) -> Ask | None:
    is_askable = row.state in ASKABLE
    if not is_askable:
        return None
    return Ask(row.request_no, row.serial, Seller(**row.seller), row.account_id or 0)


@use_case
async def book_submit(request_id: int, answer: SubmitAnswer) -> float | None:
    """Book the answer to a send. Answers the seconds to wait before the next step; None: no more.

    An answer that comes when the request has moved on changes nothing.
    """
    row = await _locked(request_id)
    if row.state is not S.SENDING:
        return ask_after_s(0)
    if isinstance(answer, Refused):
        await _refuse(row, answer)
        return None
    if isinstance(answer, Held):
        await _hold(row, answer)
        return None
    if isinstance(answer, NotSent) and answer.reason == "not_configured":
        await hold(row, HoldReason.NO_ACCOUNT)
        return None
    action, reason, delay_s = _submitted(row, answer)
    row.state, row.reason = move(row.state, action), reason[:40]
    await row.save()
    return delay_s


def _submitted(
    row: InvoiceRequest, answer: Accepted | NotSent | Unknown
) -> tuple[str, str, float | None]:
    if isinstance(answer, Accepted):
        row.serial, row.alarm = answer.serial[:64], ""
        return "accept", "", FIRST_LOOK_S
    if isinstance(answer, NotSent):
        late = needs_person(row.created_at, clock.now())
        row.alarm = f"not sent for a day: {answer.reason}" if late else row.alarm
        return "put_back", answer.reason, 15
    return "lose_sight", answer.reason, ask_after_s(0)


async def _hold(row: InvoiceRequest, answer: Held) -> None:
    """The seller has to act, not the guest: the whole line of its account waits."""
    row.reason = answer.code[:40]
    if row.account_id:
        await note_held(row.account_id, answer)
    await hold(row, HoldReason.ACCOUNT, f"{answer.code} {answer.text}")


async def _refuse(row: InvoiceRequest, answer: Refused) -> None:
    """Final: the guest may ask anew, under another number."""
    row.state, row.reason = move(row.state, "refuse"), answer.code[:40]
    row.said, row.ended_at = answer.text[:500], clock.now()
    await row.save()
    await set_free(row)


@use_case
async def book_query(request_id: int, answer: QueryAnswer) -> float | None:
    """Book what the provider says of a request. Answers the seconds until the next question.

    None: it has ended, or has been unclear for a day and a person is told. Asking twice is safe.
    """
    row = await _locked(request_id)
    if row.state not in ASKABLE:
        return None
    if isinstance(answer, Issued):
        await _issue(row, answer)
        return None
    if isinstance(answer, Refused):
        await _refuse(row, answer)
        return None
    if isinstance(answer, Held):
        await _hold(row, answer)
        return None
    return await _not_yet(row, answer)


async def _not_yet(
    row: InvoiceRequest, answer: Pending | NotFound | NotSent | Unknown
) -> float | None:
    at = clock.now()
    sent_at = row.sent_at or row.created_at
    if isinstance(answer, NotFound) and is_not_there(sent_at, at):
        row.state = move(row.state, "put_back")  # it never arrived: the same number goes again
        await row.save(update_fields=["state"])
        return 0
    if isinstance(answer, Pending) and row.state is S.UNKNOWN:
        row.state, row.reason = move(row.state, "accept"), ""
    row.asked += 1
    is_late = needs_person(sent_at, at)
    if is_late:
        row.alarm = "no final answer for a day: look at the provider's own pages"
    await row.save()
    return None if is_late else ask_after_s(row.asked)


async def _issue(row: InvoiceRequest, said: Issued) -> None:
    """There is an invoice. If it is not what we asked for that is an alarm, not a failure."""
    if await Invoice.exists(code=said.code, number=said.number):
        row.alarm = f"the backend answers invoice {said.number}, which is another request's"
        await row.save(update_fields=["alarm"])
        return
    invoice = await Invoice.create(
        request=row,
        sale_id=row.sale_id,
        store_id=row.store_id,
        tax_entity_id=row.tax_entity_id,
        kind=row.kind,
        code=said.code,
        number=said.number,
        issued_at=said.issued_at,
        ex_fen=said.ex_fen,
        tax_fen=said.tax_fen,
        incl_fen=said.incl_fen,
        paper=paper_of(said),
    )
    row.state, row.serial, row.reason = move(row.state, "issue"), said.serial[:64], ""
    row.alarm, row.ended_at = _difference(row, said), clock.now()
    await row.save()
    await _tell(row, invoice)
    await owe("invoicing.file", key=f"file:{invoice.id}", invoice_id=invoice.id)


async def _tell(row: InvoiceRequest, invoice: Invoice) -> None:
    covered = Covered.filter(request_id=row.id).order_by("sale_id").select_related("sale")
    sales = [one.sale for one in await covered]
    await publish(
        InvoiceIssued(
            invoice_id=invoice.id,
            sale_ids=tuple(sale.id for sale in sales),
            order_no=row.order_no,
            order_nos=tuple(sale.order_no for sale in sales),
            store_id=row.store_id,
            tax_entity_id=row.tax_entity_id,
            kind=row.kind.value,
            code=invoice.code,
            number=invoice.number,
            ex_fen=invoice.ex_fen,
            tax_fen=invoice.tax_fen,
            incl_fen=invoice.incl_fen,
            at=invoice.issued_at,
        )
    )


def _difference(row: InvoiceRequest, said: Issued) -> str:
    """In words, what of an invoice is not what was asked for; what the backend left out is not."""
    buyer = open_buyer(row.buyer, request_id=row.id)
    ours = (row.ex_fen, row.tax_fen, row.incl_fen)
    theirs = (said.ex_fen, said.tax_fen, said.incl_fen)
    wrong = [] if ours == theirs else [f"issued amounts {theirs} are not ours {ours}"]
    if said.seller_tax_no not in {None, "", row.seller["tax_no"]}:
        wrong.append(f"issued by another seller: {said.seller_tax_no}")
    if said.buyer_tax_no is not None and said.buyer_tax_no != buyer.tax_no:
        wrong.append("issued to another buyer's number")
    if said.kind not in {None, row.kind}:
        wrong.append(f"issued as {said.kind}")
    return "; ".join(wrong)[:500]


async def _locked(request_id: int) -> InvoiceRequest:
    return await InvoiceRequest.filter(id=request_id).select_for_update().get()


def _order(row: InvoiceRequest) -> Order:
    buyer = open_buyer(row.buyer, request_id=row.id)
    sent_at: datetime = row.sent_at or row.created_at
    return Order(
        request_no=row.request_no,
        seller=Seller(**row.seller),
        buyer_title=buyer.title,
        buyer_tax_no=buyer.tax_no,
        buyer_is_person=buyer.kind is BuyerKind.INDIVIDUAL,
        lines=lines_of(row),
        remark=row.remark,
        asked_at=sent_at,
        callback_url=f"{current().public_url}/callbacks/tax/{row.callback_token}",
        kind=row.kind,
        account_id=row.account_id or 0,
    )


@use_case
async def hear_callback(token: str, *, request_no: str) -> None:
    """The provider says that something happened: ask it, and believe nothing of the message.

    Raises CallbackUnknown unless the token is that of the request it names.
    """
    row = await InvoiceRequest.get_or_none(callback_token=token, request_no=request_no)
    if row is None:
        raise CallbackUnknown
    if row.state in ASKABLE:
        await owe("invoicing.ask", key=f"ask:{row.request_no}", request_id=row.id)
