"""Red follows money that really went back: what is invoiced of a sale comes down to what is kept.

It is looked at whenever money of the sale went back and whenever an invoice of it was issued; so a
refund that settles while the invoice is still on its way is not forgotten.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from core.database import use_case
from invoicing.backends.port import RedReason
from invoicing.queries import SaleView, sale_of
from invoicing.queries.blues import BlueView, blues_of_sale, box_returns
from invoicing.reds.models import RedLetter
from invoicing.reds.rules.amounts import BlueLine, allocated
from invoicing.reds.rules.states import RedState
from invoicing.reds.service.claiming import locked_lines
from invoicing.reds.service.wanting import Wish, write_letters
from trade.fulfilment.queries import pieces_behind
from trade.payments.queries import RefundState, RefundView, refunds_of

BY_ITSELF, BY_HAND = "system", "hand:"
OVER = frozenset({RefundState.SETTLED, RefundState.CLOSED})


@dataclass(frozen=True, slots=True)
class Back:
    """Money of a sale that went back as one wish, with the pieces it was for, if for any."""

    cause: str
    fen: int
    came: dict[tuple[int, str], Decimal]


@use_case
async def settle_sale(*, sale_id: int) -> list[int]:
    """Want the red letters this sale needs now; answers their ids. Again: nothing changes.

    Each refund is answered once; the newest first, for the older ones may have been left out of
    the invoice already.
    """
    made: list[int] = []
    blues = await blues_of_sale(sale_id)
    if not blues:
        return made
    for back in await _backs(await sale_of(sale_id)):
        lines = await locked_lines(blues)
        fen = min(back.fen, await owed_fen(sale_id, blues, lines))
        if fen <= 0:
            break
        if not await RedLetter.exists(cause=back.cause, sale_id=sale_id):
            made += await _take_back(sale_id, back, fen, blues, lines)
    return made


async def _take_back(
    sale_id: int, back: Back, fen: int, blues: Sequence[BlueView], lines: Sequence[BlueLine]
) -> list[int]:
    own = [line for line in lines if line.sale_id == sale_id]
    is_all = fen == sum(line.left_fen for line in own)
    reason = RedReason.RETURNED if back.came or is_all else RedReason.REDUCED
    wish = Wish(cause=back.cause, reason=reason, sale_id=sale_id, by=BY_ITSELF)
    return await write_letters(wish, allocated(own, fen, back.came), blues, lines)


async def owed_fen(sale_id: int, blues: Sequence[BlueView], lines: Sequence[BlueLine]) -> int:
    """What is invoiced of a sale, and claimed by no red letter, beyond what is kept of its money.

    What a person withdrew stays a person's until they take it back by hand.
    """
    invoiced = sum(one.fen for blue in blues for one in blue.covers if one.sale_id == sale_id)
    claimed = sum(line.red_incl_fen for line in lines if line.sale_id == sale_id)
    letters = await RedLetter.filter(sale_id=sale_id)
    dropped = sum(one.incl_fen for one in letters if one.state is RedState.WITHDRAWN)
    by_hand = sum(one.incl_fen for one in letters if _is_live_by_hand(one))
    kept = (await sale_of(sale_id)).kept_fen
    return invoiced - claimed - kept - max(0, dropped - by_hand)


def _is_live_by_hand(letter: RedLetter) -> bool:
    return letter.cause.startswith(BY_HAND) and letter.state is not RedState.WITHDRAWN


async def _backs(sale: SaleView) -> list[Back]:
    """What went back, the newest first. A wish of which a part is still under way waits for it."""
    if sale.order_id is None:
        return [Back(cause, fen, {}) for cause, fen in await box_returns(sale.id)]
    wishes: dict[str, list[RefundView]] = {}
    for refund in await refunds_of(sale.order_id):
        if refund.is_of_sale:
            wishes.setdefault(refund.batch, []).append(refund)
    behind = await pieces_behind(sale.order_id)
    backs = [
        _back(sale.id, batch, parts, behind)
        for batch, parts in wishes.items()
        if all(part.state in OVER for part in parts)
    ]
    return [back for back in reversed(backs) if back.fen]


def _back(
    sale_id: int, batch: str, parts: Sequence[RefundView], behind: dict[str, dict[int, int]]
) -> Back:
    pieces = next((behind[part.refund_no] for part in parts if part.refund_no in behind), {})
    return Back(
        f"refund:{batch}",
        sum(part.amount_fen for part in parts if part.state is RefundState.SETTLED),
        {(sale_id, str(line_id)): Decimal(count) for line_id, count in pieces.items()},
    )
