"""Transfers to people (商家转账): what became of them, told by notices."""

import logging
from enum import StrEnum

from core import clock
from core.database import use_case
from trade.payments.models import Transfer
from trade.payments.protocol.notices import TransferFact
from trade.payments.rules import TRANSFER_ENDS, TransferState
from trade.payments.service.odd import keep_odd

log = logging.getLogger(__name__)


class TransferBooked(StrEnum):
    BOOKED = "booked"
    KNOWN = "known"
    PARKED = "parked"


@use_case
async def book_transfer(fact: TransferFact) -> TransferBooked:
    """Believe a verified telling of how one of our transfers ended. Again: nothing changes.

    What differs in number or amount, or ends another way than before, is kept for a person.
    """
    row = await Transfer.filter(bill_no=fact.bill_no).select_for_update().first()
    reason = _misfit(row, fact)
    if row is None or reason is not None:
        await keep_odd(
            "transfer", fact.bill_no, fact.transfer_no, reason=reason or "bill_no", fact=fact
        )
        log.warning("a transfer notice does not fit", extra={"differs_in": reason})
        return TransferBooked.PARKED
    if row.state is not TransferState.WAITING:
        return TransferBooked.KNOWN
    await Transfer.filter(id=row.id).update(
        state=TRANSFER_ENDS[fact.state],
        transfer_no=fact.transfer_no[:64],
        fail_reason=fact.fail_reason[:64] or None,
        ended_at=clock.now(),
    )
    return TransferBooked.BOOKED


def _misfit(row: Transfer | None, fact: TransferFact) -> str | None:
    if row is None:
        return "bill_no"
    if fact.amount_fen != row.amount_fen:
        return "amount_fen"
    end = TRANSFER_ENDS.get(fact.state)
    return None if end is not None and row.state in {TransferState.WAITING, end} else "state"
