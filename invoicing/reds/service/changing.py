"""A wrong title (抬头有误): the invoice is taken back as a whole and made out anew, by the guest.

Offered for some days, so many times, where the seller allows it: never to somebody who has not
shown to be the buyer, which the page sees to.
"""

from dataclasses import dataclass
from datetime import date, timedelta

from core import clock
from core.clock import shop_day
from core.database import use_case
from invoicing.backends.port import RedReason
from invoicing.errors import AlreadyRequested, NothingToInvoice
from invoicing.queries import terms_of
from invoicing.queries.blues import BlueView, blues_of_sale, buyer_of_blue
from invoicing.reds.errors import ChangeNotOffered
from invoicing.reds.models import RedLetter, RedStep
from invoicing.reds.rules.amounts import allocated
from invoicing.reds.rules.states import RedState
from invoicing.reds.sealing import open_next_buyer
from invoicing.reds.service.claiming import locked_lines
from invoicing.reds.service.wanting import Wish, note_step, write_letters
from invoicing.rules.buyers import Buyer
from invoicing.service import request_again

TITLE = "title:"


@dataclass(frozen=True, slots=True)
class TitleChange:
    """Whether the guest may change the title, until which day and how many more times.

    `why` is empty when it is offered, else the reason as `ChangeNotOffered` names it.
    """

    why: str
    until: date | None = None
    left: int = 0

    @property
    def is_offered(self) -> bool:
        return not self.why


async def title_change_of(sale_id: int) -> TitleChange:
    """What can be offered for the invoices of a sale now."""
    blues = [blue for blue in await blues_of_sale(sale_id) if blue.red_incl_fen < blue.incl_fen]
    if not blues:
        return TitleChange("not_final")
    letters = await RedLetter.filter(invoice_id__in=[blue.id for blue in blues])
    if any(blue.red_incl_fen for blue in blues) or any(
        letter.state is not RedState.WITHDRAWN for letter in letters
    ):
        return TitleChange("red")
    return await _by_terms(sale_id, blues)


async def _by_terms(sale_id: int, blues: list[BlueView]) -> TitleChange:
    terms = [await terms_of(blue.tax_entity_id) for blue in blues]
    most = min(one.title_changes for one in terms)
    if most <= 0:
        return TitleChange("off")
    days = min(one.title_change_days for one in terms)
    until = shop_day(min(blue.issued_at for blue in blues)) + timedelta(days=days)
    if shop_day(clock.now()) > until:
        return TitleChange("late", until)
    left = most - len(await _changes(sale_id))
    return TitleChange("" if left > 0 else "used_up", until, max(0, left))


async def _changes(sale_id: int) -> set[str]:
    """Which changes this sale has had: each may have been of several invoices."""
    letters = RedLetter.filter(sale_id=sale_id, cause__startswith=TITLE)
    alive = letters.exclude(state=RedState.WITHDRAWN)
    return {letter.cause for letter in await alive}


@use_case
async def change_title(*, sale_id: int, buyer: Buyer, by: str = "guest") -> list[int]:
    """Take the invoices of a sale back as a whole and make them out to `buyer` once that is done.

    Answers the ids of the red letters. Again with the same buyer while they are under way: the
    same ids. Raises ChangeNotOffered.
    """
    blues = [blue for blue in await blues_of_sale(sale_id) if blue.red_incl_fen < blue.incl_fen]
    lines = await locked_lines(blues)
    offer = await title_change_of(sale_id)
    if offer.why == "red" and (known := await _same_under_way(sale_id, buyer)):
        return known
    if not offer.is_offered:
        raise ChangeNotOffered(reason=offer.why)
    if any([_is_same(await buyer_of_blue(blue.id), buyer) for blue in blues]):
        raise ChangeNotOffered(reason="same")
    number = len(await RedLetter.filter(sale_id=sale_id, cause__startswith=TITLE)) + 1
    wish = Wish(
        cause=f"{TITLE}{sale_id}:{number}",
        reason=RedReason.WRONG,
        sale_id=sale_id,
        by=by,
        next_buyer=buyer,
    )
    takes = allocated(lines, sum(line.left_fen for line in lines))
    return await write_letters(wish, takes, blues, lines)


def _is_same(one: Buyer, other: Buyer) -> bool:
    return (one.kind, one.title, one.tax_no) == (other.kind, other.title, other.tax_no)


async def _same_under_way(sale_id: int, buyer: Buyer) -> list[int]:
    letters = RedLetter.filter(
        sale_id=sale_id, cause__startswith=TITLE, next_buyer__not_isnull=True
    )
    open_ones = await letters.exclude(state__in=[RedState.ISSUED, RedState.WITHDRAWN]).order_by(
        "id"
    )
    same = [
        row.id
        for row in open_ones
        if row.next_buyer and _is_same(open_next_buyer(row.next_buyer, letter_id=row.id), buyer)
    ]
    return same if len(same) == len(open_ones) else []


@use_case
async def reissue(letter_id: int) -> None:
    """The whole was taken back: invoice what is left of its sales anew. Again: nothing changes.

    What cannot be invoiced any more is an alarm on the letter, unless there is nothing left.
    """
    row = await RedLetter.filter(id=letter_id).select_for_update().get()
    is_done = await RedStep.exists(letter_id=row.id, action="reissue")
    if row.state is not RedState.ISSUED or not row.is_reissued or is_done:
        return
    await note_step(row, "reissue")
    buyer = open_next_buyer(row.next_buyer, letter_id=row.id) if row.next_buyer else None
    try:
        await request_again(invoice_id=row.invoice_id, buyer=buyer)
    except NothingToInvoice:
        return
    except AlreadyRequested:
        row.alarm = "taken back, and somebody else asked for the invoice meanwhile"
        await row.save(update_fields=["alarm"])
