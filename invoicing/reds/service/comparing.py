"""Nightly: the red letters that a backend lists against ours; neither side is believed.

One that is only there is noted among the strays; one that is only here is asked about, and named.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from core import clock
from core.database import use_case
from core.jobs import owe
from invoicing.backends.port import Issued, Listed, RedAnswer
from invoicing.backends.queries import all_accounts
from invoicing.reds.models import RedLetter
from invoicing.reds.rules.states import ASKABLE, RedState
from invoicing.reds.service.sending import Ask, blue_of, locked
from invoicing.service.comparing import MOST_QUESTIONS, SLACK, note_stray


@dataclass(frozen=True, slots=True)
class Missing:
    """A red letter of ours that a backend's list lacks, and the question about it."""

    letter_id: int
    ask: Ask


@use_case
async def owe_comparisons() -> None:
    """Each account that issues is owed one comparison."""
    for account in await all_accounts():
        if account.is_active:
            await owe("reds.compare", key=f"compare:{account.id}", account_id=account.id)


@use_case
async def book_listing(
    account_id: int, tax_entity_id: int, listed: Sequence[Listed], *, since: datetime
) -> list[Missing]:
    """Note what is only there; answer what is only here. Again changes nothing.

    A letter that was thought to be open is asked about, and so becomes issued by its own way.
    """
    reds = [one for one in listed if one.is_red]
    for one in reds:
        if not await _is_known(one):
            await note_stray(account_id, tax_entity_id, one)
    there = {(one.code, one.number) for one in reds}
    ours = RedLetter.filter(account_id=account_id, state=RedState.ISSUED, issued_at__gte=since)
    rows = await ours.filter(issued_at__lte=clock.now() - SLACK).order_by("id")
    lost = [row for row in rows if (row.code, row.number) not in there]
    return [await _missing(row) for row in lost[:MOST_QUESTIONS]]


async def _missing(row: RedLetter) -> Missing:
    seller = (await blue_of(row)).seller
    return Missing(row.id, Ask(row.red_no, row.form_no, seller, row.account_id))


async def _is_known(one: Listed) -> bool:
    """Known, or owed a question that will make it known."""
    row = await RedLetter.get_or_none(code=one.code, number=one.number)
    if row is not None:
        if -row.incl_fen != one.incl_fen:
            row.alarm = f"the backend lists {one.number} with {one.incl_fen} fen"
            await row.save(update_fields=["alarm"])
        return True
    asked = one.request_no and await RedLetter.get_or_none(red_no=one.request_no)
    if asked and asked.state in ASKABLE:
        await owe("reds.ask", key=f"red:{asked.id}", letter_id=asked.id)
        return True
    return False


@use_case
async def note_missing(missing: Missing, answer: RedAnswer) -> None:
    """What a backend says of a red letter that its list lacks: known after all, or a person looks.

    Again changes nothing.
    """
    row = await locked(missing.letter_id)
    if isinstance(answer, Issued) and answer.number == row.number:
        return
    row.alarm = f"red letter {row.number} is not on the backend's list"
    await row.save(update_fields=["alarm"])
