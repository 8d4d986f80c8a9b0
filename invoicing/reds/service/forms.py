"""The confirmation form (红字发票信息确认单): who has to do what, for three days."""

from datetime import datetime

from core.outbox import publish
from invoicing.backends.port import FormOpen, FormState
from invoicing.reds.events import RedWaits
from invoicing.reds.models import RedLetter
from invoicing.reds.rules.states import (
    CONFIRMING_ASK_S,
    FORM_ACTS,
    MOST_FORMS,
    WAITING,
    RedState,
    is_overdue,
    move,
    needs_reminder,
)
from invoicing.reds.service.claiming import give_back
from invoicing.reds.service.wanting import new_red_no, note_step
from invoicing.rules.states import ask_after_s

SIDES = {FormState.WAITS_FOR_BUYER: "buyer", FormState.WAITS_FOR_SELLER: "seller"}


async def form_answered(row: RedLetter, said: FormOpen, at: datetime) -> float | None:
    """Book how the form of a red letter stands; seconds until it is asked about again."""
    action = FORM_ACTS[said.state]
    is_new = row.form_state != said.state
    row.form_no, row.form_state = said.form_no[:64] or row.form_no, said.state
    if is_new:
        await note_step(row, "form")
    if action == "wait":
        return await _wait(row, said.state, at, is_new=is_new)
    if action == "lapse":
        return await _lapse(row, at)
    row.state, row.asked = move(row.state, action), row.asked + 1
    if row.state is RedState.SUBMITTED:
        await row.save()
        return ask_after_s(row.asked)
    await _end(row, said.state, at)
    return None


async def _wait(row: RedLetter, state: FormState, at: datetime, *, is_new: bool) -> float:
    row.state, row.form_at = move(row.state, "wait"), row.form_at or at
    if is_new:
        await _tell(row, SIDES[state], at)
    if row.reminded_at is None and needs_reminder(row.form_at, at):
        row.reminded_at = at
        await note_step(row, "remind")
        await _tell(row, "reminder", at)
    if is_overdue(row.form_at, at):
        row.alarm = "the form is open for more than 72 hours: look at the provider's own pages"
    await row.save()
    return CONFIRMING_ASK_S


async def _lapse(row: RedLetter, at: datetime) -> float | None:
    """Nobody confirmed within 72 hours: a further form under the same letter, but not for ever."""
    if row.forms >= MOST_FORMS:
        row.state = move(row.state, "refuse")
        row.alarm = f"the form has lapsed {row.forms} times: ask the buyer, then try again"
        await row.save()
        await _tell(row, "lapsed", at)
        return None
    row.state = move(row.state, "lapse")
    renumber(row, at)
    await row.save()
    return 0


def renumber(row: RedLetter, at: datetime) -> None:
    """The old number came to an end without an invoice: a new one, and a new form."""
    row.red_no, row.forms, row.serial = new_red_no(at), row.forms + 1, ""
    row.form_no, row.form_state, row.form_at, row.reminded_at = "", "", None, None
    row.alarm, row.said, row.why = "", "", ""


async def _end(row: RedLetter, state: FormState, at: datetime) -> None:
    """Refused by a side, void, or withdrawn: nothing goes on by itself."""
    row.why = f"form {state.value}"
    if row.state is RedState.WITHDRAWN:
        row.ended_at = at
        await row.save()
        await give_back(row.invoice_id, row.lines)
        await note_step(row, "withdraw")
        return
    row.alarm = f"the form is {state.name.lower()}: see why, then try again or withdraw"
    await row.save()
    await _tell(row, "refused", at)


async def _tell(row: RedLetter, why: str, at: datetime) -> None:
    await publish(
        RedWaits(
            red_id=row.id,
            invoice_id=row.invoice_id,
            store_id=row.store_id,
            tax_entity_id=row.tax_entity_id,
            why=why,
            at=at,
        )
    )


def is_waiting(row: RedLetter) -> bool:
    return row.state is RedState.CONFIRMING and row.form_state in set(WAITING)
