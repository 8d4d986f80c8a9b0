"""The worker's side of invoices: thin, and safe to run again after a crash at any place."""

import asyncio

from core.jobs import Later, every, job
from core.mail import Attachment, Fate, Outcome, send
from core.money import yuan
from invoicing import archive
from invoicing.backends.queries import backend_of
from invoicing.document.renderer import pdf_of
from invoicing.rules.delivery import DeliveryState, retry_after_s
from invoicing.rules.states import HELD_AGAIN_S
from invoicing.service.adopting import adopt, expire_drafts
from invoicing.service.delivering import (
    Letter,
    book_file,
    end_letter,
    face_of,
    has_file,
    next_letter,
)
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


@job("invoicing.file", timeout_s=60)
async def make_file(invoice_id: int) -> None:
    """Paint the PDF and keep it. A missing file never takes the invoice back."""
    if await has_file(invoice_id):
        return
    pdf = await pdf_of(await face_of(invoice_id))
    sha256 = await asyncio.to_thread(archive.keep, pdf, "pdf")
    await book_file(invoice_id, sha256=sha256, size=len(pdf))


@job("invoicing.mail", timeout_s=120)
async def mail(delivery_id: int) -> None:
    """Mail an invoice. What may have gone out is not sent again."""
    letter = await next_letter(delivery_id)
    if letter is None:
        return
    outcome = await _post(letter)
    state = await end_letter(letter, action=ACTIONS[outcome.fate], reason=outcome.reason)
    if state is DeliveryState.QUEUED:
        raise Later(retry_after_s(letter.attempt))


async def _post(letter: Letter) -> Outcome:
    pdf = await asyncio.to_thread(archive.load, letter.sha256, "pdf")
    amount = yuan(letter.incl_fen)
    return await send(
        to=letter.to,
        subject=f"{letter.seller_name} 电子发票 尾号 {letter.number[-4:]} ￥{amount}",
        text=TEXT.format(letter=letter, amount=amount),
        message_key=letter.message_key,
        attachment=Attachment(f"{letter.number}.pdf", pdf),
    )


TEXT = """您好，您的电子发票已开具。

销售方：{letter.seller_name}
发票号码：{letter.number}
开票日期：{letter.issued_on}
价税合计：￥{amount}
订单号：{letter.order_no}

附件为发票文件（PDF）。也可打开下面的链接查看或下载：
{letter.page_url}

Your e-invoice is attached. It can be seen again at the link above.
"""
