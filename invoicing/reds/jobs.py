"""The worker's side of red letters: thin, and safe to run again after a crash at any place."""

import asyncio

from core.clock import SHOP_ZONE
from core.jobs import Later, every, job
from core.mail import Attachment, Fate, Outcome, send
from core.money import yuan
from invoicing import archive
from invoicing.backends.port import Files, Format, Issued, NotReady
from invoicing.backends.queries import backend_of
from invoicing.document.renderer import pdf_of
from invoicing.listing import listing_of
from invoicing.reds.service import changing, comparing, filing
from invoicing.reds.service.deciding import book_form, form_step
from invoicing.reds.service.issuing import book_query, book_submit
from invoicing.reds.service.sending import Ask, Send, Wait, next_step, step_to_ask
from invoicing.rules.delivery import DeliveryState, retry_after_s

FATES = {
    Fate.SENT: "confirm",
    Fate.NOT_SENT: "put_back",
    Fate.REFUSED: "refuse",
    Fate.MAYBE: "lose_sight",
}


@job("reds.issue", timeout_s=60)
async def issue(letter_id: int) -> None:
    """Send a red letter, or ask what became of it and of its form, until there is an end."""
    step = await next_step(letter_id)
    delay_s: float | None = None
    if isinstance(step, Send):
        backend = await backend_of(step.order.account_id)
        delay_s = await book_submit(letter_id, await backend.red_submit(step.order))
    elif isinstance(step, Ask):
        delay_s = await _ask(letter_id, step)
    elif isinstance(step, Wait):
        delay_s = step.delay_s
    if delay_s is not None:
        raise Later(delay_s)


@job("reds.ask", timeout_s=60)
async def ask(letter_id: int) -> None:
    """One question out of turn, because the backend said that something happened."""
    if step := await step_to_ask(letter_id):
        await _ask(letter_id, step)


async def _ask(letter_id: int, step: Ask) -> float | None:
    backend = await backend_of(step.account_id)
    return await book_query(
        letter_id, await backend.red_query(step.red_no, step.form_no, step.seller)
    )


@job("reds.form", timeout_s=60)
async def tell_form(letter_id: int, act: str) -> None:
    """Withdraw a form that is open, or agree to the buyer's."""
    step = await form_step(letter_id)
    if step is None:
        return
    backend = await backend_of(step.account_id)
    say = backend.form_confirm if act == "confirm" else backend.form_cancel
    await book_form(letter_id, await say(step.form_no, step.seller))


@job("reds.reissue")
async def reissue(letter_id: int) -> None:
    """The whole was taken back: what is left is invoiced anew."""
    await changing.reissue(letter_id)


@job("reds.file", timeout_s=60)
async def make_file(letter_id: int) -> None:
    """Keep the backend's files; where it has no PDF after a while, paint one.

    A missing file never takes the red letter back.
    """
    wanted = await filing.files_wanted(letter_id)
    if wanted is None:
        return
    found = await _fetched(wanted)
    files = found or {}
    if found is not None and Format.PDF not in files and wanted.may_wait:
        raise Later(filing.LOOK_AGAIN_S)
    if Format.PDF not in files:
        files = {**files, Format.PDF: await pdf_of(await filing.painted_face(letter_id))}
    kept = []
    for format_, data in files.items():
        sha256 = await asyncio.to_thread(archive.keep, data, format_.value)
        kept.append(filing.Kept(format_, sha256, len(data)))
    await filing.book_files(letter_id, kept)


async def _fetched(wanted: filing.Wanted) -> Files | None:
    """What the backend has of it now: its links are asked for anew, for they end.

    None: this backend gives no files at all.
    """
    backend = await backend_of(wanted.ask.account_id)
    formats = backend.capabilities().formats
    if not formats:
        return None
    ask = wanted.ask
    said = await backend.red_query(ask.red_no, ask.form_no, ask.seller)
    if not isinstance(said, Issued):
        return {}
    found = await backend.files(said, formats)
    return {} if isinstance(found, NotReady) else found


@every("reds.compare", seconds=86_400)
async def compare_all() -> None:
    """Once a night, whatever each backend lists."""
    await comparing.owe_comparisons()


@job("reds.compare", timeout_s=300)
async def compare(account_id: int) -> None:
    """A backend's red letters of the last days against ours. Without an answer: again later."""
    found = await listing_of(account_id)
    if found is None:
        return
    facts = (account_id, found.tax_entity_id, found.rows)
    for missing in await comparing.book_listing(*facts, since=found.since):
        ask = missing.ask
        answer = await found.backend.red_query(ask.red_no, ask.form_no, ask.seller)
        await comparing.note_missing(missing, answer)


@job("reds.mail", timeout_s=120)
async def mail(delivery_id: int) -> None:
    """Mail a red letter. What may have gone out is not sent again."""
    letter = await filing.next_mail(delivery_id)
    if letter is None:
        return
    outcome = await _post(letter)
    state = await filing.end_mail(letter, action=FATES[outcome.fate], reason=outcome.reason)
    if state is DeliveryState.QUEUED:
        raise Later(retry_after_s(letter.attempt))


async def _post(letter: filing.RedMail) -> Outcome:
    pdf = await asyncio.to_thread(archive.load, letter.sha256, "pdf")
    face = letter.face
    amount = yuan(sum(line.incl_fen for line in face.lines))
    return await send(
        to=letter.to,
        subject=f"{face.seller.name} 红字发票 尾号 {face.number[-4:]} ￥{amount}",
        text=TEXT.format(face=face, amount=amount),
        message_key=letter.message_key,
        attachment=Attachment(f"{face.number}.pdf", pdf),
    )


@job("reds.tell_buyer", timeout_s=120)
async def tell_buyer(letter_id: int, why: str) -> None:
    """Ask the buyer to confirm the form. What may have gone out is not sent again."""
    mail = await filing.form_mail(letter_id, why)
    if mail is None:
        return
    amount, until = yuan(mail.incl_fen), f"{mail.until.astimezone(SHOP_ZONE):%Y-%m-%d %H:%M}"
    outcome = await send(
        to=mail.to,
        subject=f"{mail.seller_name} 请确认红字发票 {mail.number[-4:]}",
        text=CONFIRM.format(mail=mail, amount=amount, until=until),
        message_key=mail.message_key,
    )
    if outcome.fate is Fate.NOT_SENT:
        raise Later(600)


CONFIRM = """您好，您已入账的发票需要冲红，请在电子税务局确认红字信息确认单。

销售方：{mail.seller_name}
原发票号码：{mail.number}
冲红金额：￥{amount}
确认单编号：{mail.form_no}
请于 {until} 前确认，逾期需重新申请。

Please confirm form {mail.form_no} at the e-tax bureau before {until}.
"""

TEXT = """您好，您的发票已开具红字发票（全部或部分冲销）。

销售方：{face.seller.name}
红字发票号码：{face.number}
原蓝字发票号码：{face.blue_number}
价税合计：￥{amount}

附件为红字发票文件（PDF）。

A red letter takes back all or part of your invoice {face.blue_number}; it is attached.
"""
