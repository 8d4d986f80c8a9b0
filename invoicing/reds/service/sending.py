"""What of a red letter is to be sent or asked now, and the letter as a backend gets it."""

from dataclasses import dataclass
from decimal import Decimal
from itertools import groupby
from typing import Any

from core import clock
from core.database import use_case
from core.settings import current
from invoicing.backends.port import RedLine, RedOrder, Seller
from invoicing.backends.queries import account_of
from invoicing.queries.blues import BlueView, buyer_of_blue, find_blue
from invoicing.reds.errors import BlueUnknown
from invoicing.reds.models import RedLetter
from invoicing.reds.rules.states import ASKABLE, RedState, move
from invoicing.rules.states import HELD_AGAIN_S

S = RedState


@dataclass(frozen=True, slots=True)
class Send:
    """This red letter is to be sent now; the row says so already."""

    order: RedOrder


@dataclass(frozen=True, slots=True)
class Ask:
    """Something of this number may have been sent: it is to be asked about."""

    red_no: str
    form_no: str
    seller: Seller
    account_id: int


@dataclass(frozen=True, slots=True)
class Wait:
    """The account takes nothing now."""

    delay_s: float


Step = Send | Ask | Wait | None


async def locked(letter_id: int) -> RedLetter:
    return await RedLetter.filter(id=letter_id).select_for_update().get()


async def blue_of(letter: RedLetter) -> BlueView:
    blue = await find_blue(letter.invoice_id)
    if blue is None:
        raise BlueUnknown(invoice_id=letter.invoice_id)
    return blue


@use_case
async def next_step(letter_id: int) -> Step:
    """What has to be done with a red letter now. None: nothing, it has ended or a person decides.

    One that is found half sent was left by a worker that died: it becomes unknown.
    """
    row = await locked(letter_id)
    if row.state is S.HELD:
        row.state = move(row.state, "resume")
    if row.state is S.QUEUED:
        return await _send(row)
    if row.state is S.SENDING:
        row.state, row.why = move(row.state, "lose_sight"), "interrupted"
        await row.save(update_fields=["state", "why"])
    return await _question(row)


async def _send(row: RedLetter) -> Step:
    account = await account_of(row.account_id)
    if account is not None and not account.is_usable:
        row.state, row.why = move(row.state, "hold"), str(account.state)[:40]
        await row.save(update_fields=["state", "why"])
        return Wait(HELD_AGAIN_S)
    row.state, row.sent_at, row.asked = move(row.state, "send"), clock.now(), 0
    await row.save(update_fields=["state", "sent_at", "asked"])
    return Send(await _order(row))


async def step_to_ask(letter_id: int) -> Ask | None:
    """The question about a red letter, if it is one to be asked about; nothing moves."""
    return await _question(await RedLetter.get(id=letter_id))


async def _question(row: RedLetter) -> Ask | None:
    if row.state not in ASKABLE:
        return None
    seller = (await blue_of(row)).seller
    return Ask(row.red_no, row.form_no, seller, row.account_id)


async def _order(row: RedLetter) -> RedOrder:
    blue, buyer = await blue_of(row), await buyer_of_blue(row.invoice_id)
    return RedOrder(
        red_no=row.red_no,
        form_no=row.form_no,
        seller=blue.seller,
        number=blue.number,
        code=blue.code,
        issued_at=blue.issued_at,
        buyer_title=buyer.title,
        buyer_tax_no=buyer.tax_no,
        lines=red_lines(row.lines),
        is_full=row.is_full,
        reason=row.reason,
        callback_url=f"{current().public_url}/callbacks/tax/{row.callback_token}",
        account_id=row.account_id,
        kind=row.kind,
        asked_at=row.sent_at,
        blue_request_no=blue.request_no,
        blue_serial=blue.serial,
    )


def red_lines(kept: list[dict[str, Any]]) -> tuple[RedLine, ...]:
    """One line for each line of the blue invoice, whichever sales it was of."""
    groups = groupby(kept, key=lambda line: int(line["line_no"]))
    return tuple(_red_line(line_no, list(own)) for line_no, own in groups)


def _red_line(line_no: int, own: list[dict[str, Any]]) -> RedLine:
    pieces = sum((Decimal(line["quantity"]) for line in own), Decimal(0))
    first = own[0]
    return RedLine(
        line_no=line_no,
        name=first["name"],
        spec=first["spec"],
        unit=first["unit"],
        quantity=f"{pieces.normalize():f}" if pieces else "",
        tax_code=first["tax_code"],
        tax_bp=first["tax_bp"],
        incl_fen=sum(line["incl_fen"] for line in own),
        ex_fen=sum(line["ex_fen"] for line in own),
        tax_fen=sum(line["tax_fen"] for line in own),
    )
