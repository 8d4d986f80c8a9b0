"""The backend's answers become our states. Each function is a step; `invoicing.reds.jobs` walks."""

from core import clock
from core.database import use_case
from core.jobs import owe
from core.outbox import publish
from invoicing.backends.port import (
    Accepted,
    FormOpen,
    Held,
    Issued,
    NotFound,
    NotSent,
    Pending,
    RedAnswer,
    Refused,
    SubmitAnswer,
)
from invoicing.backends.service import note_held
from invoicing.reds.errors import RedCallbackUnknown
from invoicing.reds.events import RedIssued
from invoicing.reds.models import RedLetter
from invoicing.reds.rules.states import ASKABLE, CONFIRMING_ASK_S, RedState, move
from invoicing.reds.service.forms import form_answered
from invoicing.reds.service.sending import locked
from invoicing.reds.service.wanting import note_step
from invoicing.rules.states import HELD_AGAIN_S, ask_after_s, is_not_there, needs_person
from invoicing.service import note_red

S = RedState


@use_case
async def book_submit(letter_id: int, answer: SubmitAnswer) -> float | None:
    """Book the answer to a send. Answers the seconds to wait before the next step; None: no more.

    An answer that comes when the letter has moved on changes nothing.
    """
    row = await locked(letter_id)
    if row.state is not S.SENDING:
        return ask_after_s(0)
    action, row.why, delay_s = await _submitted(row, answer)
    row.state = move(row.state, action)
    await row.save()
    if action in {"refuse", "hold"}:
        await note_step(row, action, note=row.said or row.alarm)
    return delay_s


async def _submitted(row: RedLetter, answer: SubmitAnswer) -> tuple[str, str, float | None]:
    if isinstance(answer, Accepted):
        row.serial, row.alarm = answer.serial[:64], ""
        row.form_no = answer.form_no[:64] or row.form_no
        return "accept", "", ask_after_s(0)
    if isinstance(answer, Refused):
        refuse(row, answer)
        return "refuse", answer.code[:40], None
    if isinstance(answer, Held):
        row.alarm = f"held: {answer.code} {answer.text}"[:500]
        if row.account_id:
            await note_held(row.account_id, answer)
        return "hold", answer.code[:40], HELD_AGAIN_S
    if isinstance(answer, NotSent):
        late = needs_person(row.created_at, clock.now())
        row.alarm = f"not sent for a day: {answer.reason}"[:500] if late else row.alarm
        return "put_back", answer.reason[:40], 15
    return "lose_sight", answer.reason[:40], ask_after_s(0)


def refuse(row: RedLetter, answer: Refused) -> None:
    """A red letter that is refused waits for a person, visibly."""
    row.said, row.alarm = answer.text[:500], f"refused: {answer.code} {answer.text}"[:500]


@use_case
async def book_query(letter_id: int, answer: RedAnswer) -> float | None:
    """Book what the backend says of a red letter. Answers the seconds until the next question.

    None: it has ended, or a person decides. Asking twice is safe.
    """
    row = await locked(letter_id)
    if row.state not in ASKABLE:
        return None
    if isinstance(answer, Issued):
        await _issue(row, answer)
        return None
    if isinstance(answer, FormOpen):
        return await form_answered(row, answer, clock.now())
    if isinstance(answer, Refused):
        row.state, row.why = move(row.state, "refuse"), answer.code[:40]
        refuse(row, answer)
        await row.save()
        await note_step(row, "refuse", note=answer.text)
        return None
    return await _not_yet(row, answer)


async def _not_yet(row: RedLetter, answer: RedAnswer) -> float:
    at = clock.now()
    sent_at = row.sent_at or row.created_at
    if isinstance(answer, NotFound) and row.state is not S.CONFIRMING and is_not_there(sent_at, at):
        row.state = move(row.state, "put_back")  # it never arrived: the same number goes again
        await row.save(update_fields=["state"])
        return 0
    if isinstance(answer, Pending) and row.state is S.UNKNOWN:
        row.state, row.why = move(row.state, "accept"), ""
    row.asked += 1
    if needs_person(sent_at, at) and row.state is not S.CONFIRMING:
        row.alarm = "no final answer for a day: look at the provider's own pages"
    await row.save()
    return CONFIRMING_ASK_S if row.state is S.CONFIRMING else ask_after_s(row.asked)


async def _issue(row: RedLetter, said: Issued) -> None:
    """There is a red invoice. If it is not what we asked for that is an alarm, not a failure."""
    row.number, row.code, row.issued_at = said.number, said.code, said.issued_at
    row.state, row.why = move(row.state, "issue"), ""
    row.serial, row.form_no = said.serial[:64] or row.serial, said.form_no[:64] or row.form_no
    row.alarm, row.ended_at = _difference(row, said), clock.now()
    await row.save()
    await note_step(row, "issue", note=said.number)
    by_sale: dict[int, int] = {}
    for line in row.lines:
        by_sale[line["sale_id"]] = by_sale.get(line["sale_id"], 0) + line["incl_fen"]
    await note_red(invoice_id=row.invoice_id, by_sale=by_sale)
    await publish(
        RedIssued(
            red_id=row.id,
            invoice_id=row.invoice_id,
            sale_id=row.sale_id,
            store_id=row.store_id,
            number=row.number,
            code=row.code,
            incl_fen=row.incl_fen,
            is_full=row.is_full,
            at=said.issued_at,
        )
    )
    await owe("reds.file", key=f"red:{row.id}", letter_id=row.id)
    if row.is_reissued:
        await owe("reds.reissue", key=f"red:{row.id}", letter_id=row.id)


def _difference(row: RedLetter, said: Issued) -> str:
    ours = (-row.ex_fen, -row.tax_fen, -row.incl_fen)
    theirs = (said.ex_fen, said.tax_fen, said.incl_fen)
    return "" if ours == theirs else f"issued amounts {theirs} are not ours {ours}"


@use_case
async def hear_callback(token: str, *, red_no: str) -> None:
    """The backend says that something happened: ask it, and believe nothing of the message.

    Raises RedCallbackUnknown unless the token is that of the letter it names.
    """
    row = await RedLetter.get_or_none(callback_token=token, red_no=red_no)
    if row is None:
        raise RedCallbackUnknown
    if row.state in ASKABLE:
        await owe("reds.ask", key=f"red:{row.id}", letter_id=row.id)
