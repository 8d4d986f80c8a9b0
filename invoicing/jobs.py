"""The worker's side of invoices: thin, and safe to run again after a crash at any place."""

import asyncio

from core.jobs import Later, every, job
from core.mail import Fate, Outcome
from invoicing import archive, sending
from invoicing.backends.port import Backend, Files, Format, Issued
from invoicing.backends.queries import backend_of
from invoicing.document.renderer import pdf_of
from invoicing.listing import listing_of
from invoicing.rules.delivery import DeliveryState, retry_after_s
from invoicing.rules.files import Origin
from invoicing.rules.states import HELD_AGAIN_S
from invoicing.service.adopting import adopt, expire_drafts
from invoicing.service.comparing import book_listing, note_missing, owe_comparisons
from invoicing.service.delivering import Letter, end_letter, next_letter
from invoicing.service.filing import Filing, KeptFile, book_files, face_of, filing_of
from invoicing.service.holding import is_held, take_first, watch
from invoicing.service.issuing import Ask, Send, book_query, book_submit, next_step, step_to_ask

ACTIONS = {
    Fate.SENT: "confirm",
    Fate.NOT_SENT: "put_back",
    Fate.REFUSED: "refuse",
    Fate.MAYBE: "lose_sight",
}


@job("invoicing.issue", timeout_s=60)
async def issue(request_id: int) -> None:
    """Send a request, or ask what became of it, until there is a final answer."""
    step = await next_step(request_id)
    delay_s: float | None = None
    if isinstance(step, Send):
        backend = await backend_of(step.order.account_id)
        delay_s = await book_submit(request_id, await backend.submit(step.order))
    elif isinstance(step, Ask):
        delay_s = await _ask(request_id, step)
    if delay_s is not None:
        raise Later(delay_s)


@job("invoicing.drain", timeout_s=120)
async def drain(tax_entity_id: int, account_id: int) -> None:
    """Let a waiting line go on, one after another in their order, until it stops again."""
    until = asyncio.get_running_loop().time() + 60
    while request_id := await take_first(tax_entity_id, account_id):
        step = await next_step(request_id)
        if isinstance(step, Send):
            backend = await backend_of(step.order.account_id)
            await book_submit(request_id, await backend.submit(step.order))
        if await is_held(request_id):
            raise Later(HELD_AGAIN_S)
        await watch(request_id)
        if asyncio.get_running_loop().time() > until:
            raise Later(0)


@job("invoicing.adopt", timeout_s=60)
async def take_draft(request_id: int) -> None:
    """A sale has come that somebody waits for."""
    await adopt(request_id)


@every("invoicing.expire", seconds=600)
async def expire() -> None:
    """Wishes that waited in vain."""
    await expire_drafts()


@job("invoicing.ask", timeout_s=60)
async def ask(request_id: int) -> None:
    """One question out of turn, because the provider said that something happened."""
    if step := await step_to_ask(request_id):
        await _ask(request_id, step)


async def _ask(request_id: int, step: Ask) -> float | None:
    backend = await backend_of(step.account_id)
    answer = await backend.query(step.request_no, step.serial, step.seller)
    return await book_query(request_id, answer)


@job("invoicing.file", timeout_s=120)
async def file(invoice_id: int) -> None:
    """Fetch the backend's files and keep them; paint ours where there is no PDF yet.

    A missing file never takes the invoice back.
    """
    filing = await filing_of(invoice_id)
    backend = await backend_of(filing.account_id)
    offered = backend.capabilities().formats
    files, said = await _fetched(backend, filing, offered - filing.has)
    kept = [await _keep(data, format_, Origin.BACKEND) for format_, data in files.items()]
    if Format.PDF not in files and not filing.has_pdf:
        pdf = await pdf_of(await face_of(invoice_id))
        kept.append(await _keep(pdf, Format.PDF, Origin.OWN))
    delay_s = await book_files(invoice_id, kept, offered=offered, said=said)
    if delay_s is not None:
        raise Later(delay_s)


async def _fetched(
    backend: Backend, filing: Filing, wanted: frozenset[Format]
) -> tuple[Files, Issued | None]:
    """Files that are there now; without any, the invoice is asked about: links grow old."""
    if not wanted:
        return {}, None
    answer = await backend.files(filing.issued, wanted)
    if isinstance(answer, dict):
        return answer, None
    said = await backend.query(filing.request_no, filing.issued.serial, filing.seller)
    if not isinstance(said, Issued) or said.number != filing.issued.number:
        return {}, None
    answer = await backend.files(said, wanted)
    return answer if isinstance(answer, dict) else {}, said


async def _keep(data: bytes, format_: Format, origin: Origin) -> KeptFile:
    sha256 = await asyncio.to_thread(archive.keep, data, format_.value)
    return KeptFile(format_, origin, sha256, len(data))


@job("invoicing.mail", timeout_s=120)
async def mail(delivery_id: int) -> None:
    """Mail an invoice. What may have gone out is not sent again."""
    if letter := await next_letter(delivery_id):
        await _end(letter, await sending.post(letter))


@job("invoicing.sms", timeout_s=60)
async def sms(delivery_id: int) -> None:
    """Send the link of an invoice by SMS, once."""
    if letter := await next_letter(delivery_id, is_once=False):
        await _end(letter, await sending.text(letter))


@job("invoicing.wechat", timeout_s=60)
async def wechat(delivery_id: int) -> None:
    """Send a card in the mini-program. What may have gone out is not sent again."""
    if letter := await next_letter(delivery_id):
        await _end(letter, await sending.card(letter))


async def _end(letter: Letter, outcome: Outcome) -> None:
    state = await end_letter(letter, action=ACTIONS[outcome.fate], reason=outcome.reason)
    if state is DeliveryState.QUEUED:
        raise Later(retry_after_s(letter.attempt))


@every("invoicing.compare", seconds=86_400)
async def compare_all() -> None:
    """Once a night, whatever each backend lists."""
    await owe_comparisons()


@job("invoicing.compare", timeout_s=300)
async def compare(account_id: int) -> None:
    """A backend's list of the last days against ours. Without an answer: again later."""
    found = await listing_of(account_id)
    if found is None:
        return
    facts = (account_id, found.tax_entity_id, found.rows)
    for missing in await book_listing(*facts, since=found.since):
        answer = await found.backend.query(missing.request_no, missing.serial, found.seller)
        await note_missing(missing, answer)
