"""What a person decides about a red letter: try again, withdraw it, agree to the buyer's form."""

from core import clock
from core.audit_log import record
from core.database import use_case
from core.jobs import owe
from core.security.scope import Scope
from invoicing.backends.port import Confirmed, FormAnswer, FormState, Refused
from invoicing.reds.errors import ReasonNeeded, RedCannotMove, RedUnknown
from invoicing.reds.models import RedLetter
from invoicing.reds.rules.states import ASKABLE, RedState, move
from invoicing.reds.service.claiming import give_back
from invoicing.reds.service.forms import is_waiting, renumber
from invoicing.reds.service.sending import Ask, locked, step_to_ask
from invoicing.reds.service.wanting import note_step

S = RedState


async def _mine(scope: Scope, public_id: str) -> RedLetter:
    """Raises RedUnknown, for what is not there and for another store's alike."""
    rows = RedLetter.filter(scope.stores_q(), public_id=public_id).select_for_update()
    row = await rows.first()
    if row is None:
        raise RedUnknown(red=public_id[:40])
    return row


def said_why(note: str) -> str:
    """Raises ReasonNeeded."""
    kept = " ".join(note.split())
    if not 2 <= len(kept) <= 200:
        raise ReasonNeeded
    return kept


@use_case
async def try_again(scope: Scope, *, red_id: str, note: str) -> None:
    """A refused red letter goes once more, under a new number. Raises RedUnknown, RedCannotMove."""
    row, why = await _mine(scope, red_id), said_why(note)
    row.state = move(row.state, "retry")
    renumber(row, clock.now())
    await row.save()
    await note_step(row, "retry", by=scope.actor, note=why)
    await owe("reds.issue", key=f"red:{row.id}", letter_id=row.id)
    await record(scope, "reds.retry", f"red:{row.id}")


@use_case
async def withdraw(scope: Scope, *, red_id: str, note: str) -> None:
    """A red letter nobody wants: at once while it is with us, else its form is withdrawn there.

    What it claimed is free again once it has ended. Raises RedUnknown, RedCannotMove, ReasonNeeded.
    """
    row, why = await _mine(scope, red_id), said_why(note)
    if row.state is S.CONFIRMING and row.form_no:
        await owe("reds.form", key=f"red:{row.id}:cancel", letter_id=row.id, act="cancel")
    else:
        row.state, row.ended_at, row.alarm = move(row.state, "withdraw"), clock.now(), ""
        await row.save()
        await give_back(row.invoice_id, row.lines)
    await note_step(row, "withdraw", by=scope.actor, note=why)
    await record(scope, "reds.withdraw", f"red:{row.id}")


@use_case
async def confirm_form(scope: Scope, *, red_id: str) -> None:
    """The seller agrees to a form that the buyer opened. Raises RedUnknown, RedCannotMove."""
    row = await _mine(scope, red_id)
    if not is_waiting(row) or row.form_state != FormState.WAITS_FOR_SELLER:
        raise RedCannotMove(state=row.state, action="confirm")
    await owe("reds.form", key=f"red:{row.id}:confirm", letter_id=row.id, act="confirm")
    await note_step(row, "confirm", by=scope.actor)
    await record(scope, "reds.confirm", f"red:{row.id}")


@use_case
async def let_go_on(account_id: int) -> int:
    """An account is back: what it held goes on, in order. Answers how many letters."""
    rows = RedLetter.filter(account_id=account_id, state=S.HELD).order_by("id")
    held = await rows.values_list("id", flat=True)
    for letter_id in held:
        await owe("reds.issue", key=f"red:{letter_id}:back", letter_id=letter_id)
    return len(held)


async def form_step(letter_id: int) -> Ask | None:
    """The form that the backend is to be told about; None when it has moved on."""
    row = await RedLetter.get(id=letter_id)
    return await step_to_ask(letter_id) if row.state in ASKABLE and row.form_no else None


@use_case
async def book_form(letter_id: int, answer: FormAnswer) -> None:
    """The backend heard what we said of a form; how it stands now is asked about."""
    row = await locked(letter_id)
    if isinstance(answer, Refused):
        row.alarm = f"form: {answer.code} {answer.text}"[:500]
        await row.save(update_fields=["alarm"])
        await note_step(row, "form_refused", note=answer.text)
    if isinstance(answer, Confirmed | Refused) and row.state in ASKABLE:
        await owe("reds.ask", key=f"red:{row.id}", letter_id=row.id)
