"""A red letter is written down: claimed of its invoice, numbered, and owed to the worker."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any

from core import clock
from core.clock import SHOP_ZONE
from core.jobs import owe
from invoicing.backends.port import RedReason
from invoicing.backends.queries import backend_of
from invoicing.queries.blues import BlueView
from invoicing.reds.models import RedLetter, RedStep
from invoicing.reds.rules.amounts import BlueLine, Take, allocated
from invoicing.reds.rules.states import RedState
from invoicing.reds.sealing import seal_next_buyer
from invoicing.reds.service.claiming import claim
from invoicing.rules.buyers import Buyer

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


@dataclass(frozen=True, slots=True)
class Wish:
    """Why something is taken back, for which sale, and on whose word.

    `next_buyer` is whom the sale is invoiced to instead.
    """

    cause: str
    reason: RedReason
    sale_id: int
    by: str
    note: str = ""
    next_buyer: Buyer | None = None


def new_red_no(at: datetime) -> str:
    """16 characters that sort by time and carry no count, as the numbers of requests are."""
    tail = "".join(secrets.choice(ALPHABET) for _ in range(5))
    return f"R{at.astimezone(SHOP_ZONE):%y%m%d%H%M}{tail}"


async def write_letters(
    wish: Wish, takes: Sequence[Take], blues: Sequence[BlueView], lines: Sequence[BlueLine]
) -> list[int]:
    """One letter for each invoice. Answers their ids. Inside a transaction that locked `lines`.

    A backend that knows no partial red takes the whole back, and what is left is invoiced anew.
    """
    known, letters = {blue.id: blue for blue in blues}, []
    in_order = sorted(takes, key=lambda take: take.line.place)
    for invoice_id, group in groupby(in_order, key=lambda take: take.line.invoice_id):
        own, blue = list(group), known[invoice_id]
        is_part = sum(take.incl_fen for take in own) < blue.incl_fen
        if is_part and not (await backend_of(blue.account_id)).capabilities().has_partial_red:
            rest = [line for line in lines if line.invoice_id == invoice_id]
            own = allocated(rest, sum(line.left_fen for line in rest))
        else:
            is_part = False
        letters.append(await _write(wish, own, blue, is_reissued=is_part))
    return letters


async def _write(wish: Wish, takes: list[Take], blue: BlueView, *, is_reissued: bool) -> int:
    incl, tax = sum(take.incl_fen for take in takes), sum(take.tax_fen for take in takes)
    await claim(takes)
    letter = await RedLetter.create(
        invoice_id=blue.id,
        sale_id=wish.sale_id,
        store_id=blue.store_id,
        tax_entity_id=blue.tax_entity_id,
        account_id=blue.account_id,
        cause=wish.cause,
        reason=wish.reason,
        kind=blue.kind,
        is_full=incl == blue.incl_fen,
        lines=[_kept(take) for take in takes],
        incl_fen=incl,
        tax_fen=tax,
        ex_fen=incl - tax,
        state=RedState.QUEUED,
        red_no=new_red_no(clock.now()),
        by=wish.by,
        note=wish.note[:200],
        is_reissued=is_reissued or wish.next_buyer is not None,
    )
    if wish.next_buyer is not None:
        letter.next_buyer = seal_next_buyer(wish.next_buyer, letter_id=letter.id)
        await letter.save(update_fields=["next_buyer"])
    await note_step(letter, "want", by=wish.by, note=wish.note)
    await owe("reds.issue", key=f"red:{letter.id}", letter_id=letter.id)
    return letter.id


def _kept(take: Take) -> dict[str, Any]:
    """A take as it is kept in the row of the letter."""
    line = take.line
    return {
        "line_no": line.line_no,
        "sale_id": line.sale_id,
        "name": line.name,
        "spec": line.spec,
        "unit": line.unit,
        "quantity": f"{take.quantity.normalize():f}" if take.quantity else "0",
        "tax_code": line.tax_code,
        "tax_bp": line.tax_bp,
        "incl_fen": take.incl_fen,
        "ex_fen": take.ex_fen,
        "tax_fen": take.tax_fen,
    }


async def note_step(letter: RedLetter, action: str, *, by: str = "", note: str = "") -> None:
    """One more step of its story, with how its form stands."""
    await RedStep(
        letter_id=letter.id,
        action=action,
        form_no=letter.form_no,
        form_state=letter.form_state,
        note=note[:200],
        by=by,
    ).save()
