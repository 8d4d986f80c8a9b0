"""Refunds at WeChat Pay: sent under one number until it is clear what became of them."""

import logging
from enum import StrEnum

from tortoise.expressions import F

from core import clock
from core.database import use_case
from core.jobs import Later
from core.settings import current
from trade.payments import gateway
from trade.payments.errors import RefundUnclear
from trade.payments.models import Payment, Refund
from trade.payments.protocol.answers import Refunded, Refused, Unknown
from trade.payments.protocol.notices import RefundFact
from trade.payments.protocol.requests import RefundOrder
from trade.payments.rules import REFUND_MOVES, TOP_UP, RefundState
from trade.payments.service.giving_back import take_out
from trade.payments.service.odd import keep_odd

log = logging.getLogger(__name__)

OPEN = (RefundState.CREATED, RefundState.PROCESSING, RefundState.UNKNOWN)
BUSY_S = 30


class Booked(StrEnum):
    """What became of the telling of a refund."""

    BOOKED = "booked"
    KNOWN = "known"  # told before, or nothing new in it
    PARKED = "parked"  # it does not fit our row: a person looks


async def send_refund(*, refund_id: int) -> None:
    """Ask WeChat Pay for a refund; again under the same number until the answer is clear.

    Raises RefundUnclear, and Later when they are too busy.
    """
    row = await Refund.get(id=refund_id).select_related("payment", "surplus")
    if row.state not in {RefundState.CREATED, RefundState.UNKNOWN}:
        return
    order = RefundOrder(
        refund_no=row.refund_no,
        payment_no=row.payment.payment_no,
        transaction_id=row.surplus.transaction_id if row.surplus else "",
        refund_fen=row.amount_fen,
        total_fen=row.surplus.amount_fen if row.surplus else row.payment.amount_fen,
        reason=row.reason,
        notify_url=f"{current().public_url}/callbacks/refund",
    )
    await _hear(row, await gateway.refund(order, mch_id=row.payment.mch_id))


async def ask_refund(*, refund_id: int) -> None:
    """Ask what became of a refund. Raises RefundUnclear, and Later when they are too busy."""
    row = await Refund.get(id=refund_id).select_related("payment")
    if row.state not in OPEN:
        return
    said = await gateway.query_refund(row.refund_no, mch_id=row.payment.mch_id)
    if isinstance(said, Refused) and said.code == "RESOURCE_NOT_EXISTS":
        await send_refund(refund_id=refund_id)  # it never reached them
    else:
        await _hear(row, said)


async def _hear(row: Refund, said: Refunded | Refused | Unknown) -> None:
    if isinstance(said, Refunded):
        await book_refund(_fact(row, said))
        return
    if isinstance(said, Unknown):
        await _note(row.id, RefundState.UNKNOWN, said.why)
        raise RefundUnclear(refund_no=row.refund_no)
    if said.is_passing:
        raise Later(BUSY_S)
    log.error("a refund was refused", extra={"refund": row.id, "said": said.code})
    if said.code in TOP_UP:
        await _note(row.id, row.state, said.code)  # asked for again by the timetable
        return
    await _note(row.id, RefundState.ABNORMAL, said.code)


@use_case
async def _note(refund_id: int, state: RefundState, said: str) -> None:
    await Refund.filter(id=refund_id, state__in=OPEN).update(state=state, said=said[:64])


def _fact(row: Refund, said: Refunded) -> RefundFact:
    pay = row.payment
    return RefundFact(
        refund_no=said.refund_no,
        refund_id=said.refund_id,
        payment_no=said.payment_no,
        transaction_id=said.transaction_id,
        status=said.status,
        refund_fen=said.refund_fen,
        total_fen=pay.amount_fen,
        mch_id=pay.mch_id,
        at=said.at,
    )


@use_case
async def book_refund(fact: RefundFact) -> Booked:
    """Believe a verified telling of what became of one of our refunds. Again: nothing changes.

    Number, payment, amounts and merchant must be those of our rows; what differs is kept for a
    person. Settled money is taken out of the books it came into; a closed refund frees its claim.
    """
    row = await Refund.get_or_none(refund_no=fact.refund_no)
    if row is None:
        return await _park(fact, "refund_no")
    payment = await Payment.filter(id=row.payment_id).select_for_update().get()
    row = await Refund.get(id=row.id)
    reason = _misfit(payment, row, fact)
    after = REFUND_MOVES.get((row.state, fact.status))
    if reason is not None:
        return await _park(fact, reason)
    if after is None and (row.state, fact.status) not in ENDED_SO:
        return await _park(fact, "status")
    if after is None or (after, fact.refund_id) == (row.state, row.refund_id):
        return Booked.KNOWN
    await _move(payment, row, after, fact)
    return Booked.BOOKED


ENDED_SO = {
    (RefundState.SETTLED, "SUCCESS"),
    (RefundState.SETTLED, "PROCESSING"),
    (RefundState.CLOSED, "CLOSED"),
}


def _misfit(payment: Payment, row: Refund, fact: RefundFact) -> str | None:
    facts = {
        "mch_id": (payment.mch_id, fact.mch_id),
        "payment_no": (payment.payment_no, fact.payment_no),
        "total_fen": (payment.amount_fen, fact.total_fen),
        "refund_fen": (row.amount_fen, fact.refund_fen),
    }
    return next((name for name, (ours, told) in facts.items() if ours != told), None)


async def _move(payment: Payment, row: Refund, after: RefundState, fact: RefundFact) -> None:
    row.state, row.refund_id, row.said = after, fact.refund_id, fact.status
    if after is RefundState.SETTLED:
        row.settled_at = fact.at or clock.now()
    if after not in OPEN:
        row.ask_at = None
    await row.save(update_fields=["state", "refund_id", "said", "settled_at", "ask_at"])
    if after is RefundState.SETTLED:
        await take_out(payment, row)
    if after is RefundState.CLOSED and row.surplus_id is None:
        freed = F("refunding_fen") - row.amount_fen
        await Payment.filter(id=payment.id).update(refunding_fen=freed)
    if after in {RefundState.CLOSED, RefundState.ABNORMAL}:
        log.error("a refund failed", extra={"refund": row.id, "status": fact.status})


async def _park(fact: RefundFact, reason: str) -> Booked:
    await keep_odd("refund", fact.refund_no, fact.refund_id, reason=reason, fact=fact)
    log.warning("a refund notice does not fit", extra={"differs_in": reason})
    return Booked.PARKED
