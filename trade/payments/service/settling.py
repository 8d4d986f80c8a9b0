"""Money arrives: by a notice or by our own question, in any order, once."""

import logging
from enum import StrEnum

from core.database import sql, use_case
from core.ledger import Cause
from trade.payments.models import Payment, Surplus
from trade.payments.protocol.notices import PaidFact
from trade.payments.rules import CURRENCY, PaymentState, Terms, misfit
from trade.payments.service.arriving import arrive
from trade.payments.service.booking import book, received
from trade.payments.service.giving_back import give_back, give_surplus_back, take_out_early_refunds
from trade.payments.service.odd import keep_odd

log = logging.getLogger(__name__)

PAID_STATES = {"SUCCESS", "REFUND"}  # REFUND: paid, and a refund exists


ELSEWHERE = """
SELECT FROM payments_payment WHERE transaction_id = $2 AND id <> $1
UNION ALL
SELECT FROM payments_surplus WHERE transaction_id = $2 AND payment_id <> $1
"""


class Settled(StrEnum):
    """What became of the telling of a payment."""

    PAID = "paid"  # the order took the money
    KNOWN = "known"  # told before: nothing changed
    SURPLUS = "surplus"  # no order wants it: it goes back
    PARKED = "parked"  # it does not fit our row: a person looks


@use_case
async def settle(fact: PaidFact) -> Settled:
    """Believe a verified telling that one of our payments was made. Again: nothing changes.

    Number, amount, currency, merchant, app and payer must be those of our row; what differs is
    kept for a person and never pays. Money for a closed order revives it while its stock is there,
    else it is refunded by itself; so is a second payment of one order.
    """
    rows = Payment.filter(payment_no=fact.payment_no)
    payment = await rows.select_for_update().first()
    reason = await _misfit(payment, fact)
    if payment is None or reason is not None:
        return await _park(payment, fact, reason or "payment_no")
    if payment.transaction_id == fact.transaction_id:
        return Settled.KNOWN
    if payment.state is PaymentState.PAID:
        return await _keep_surplus(payment, fact)
    return await _settle(payment, fact)


async def _misfit(payment: Payment | None, fact: PaidFact) -> str | None:
    if payment is None:
        return "payment_no"
    if fact.trade_state not in PAID_STATES:
        return "trade_state"
    ours = Terms(payment.amount_fen, CURRENCY, payment.mch_id, payment.app_id, payment.open_id)
    told = Terms(fact.total_fen, fact.currency, fact.mch_id, fact.app_id, fact.open_id)
    reason = misfit(ours, told)
    if reason is None and await _belongs_elsewhere(payment.id, fact.transaction_id):
        return "transaction_id"
    return reason


async def _belongs_elsewhere(payment_id: int, transaction_id: str) -> bool:
    return bool(await sql(ELSEWHERE, payment_id, transaction_id))


async def _park(payment: Payment | None, fact: PaidFact, reason: str) -> Settled:
    await keep_odd("paid", fact.payment_no, fact.transaction_id, reason=reason, fact=fact)
    log.warning("a payment notice does not fit", extra={"differs_in": reason})
    if payment is not None and payment.state not in {PaymentState.PAID, PaymentState.CLOSED}:
        await Payment.filter(id=payment.id).update(state=PaymentState.PARKED)
    return Settled.PARKED


async def _settle(payment: Payment, fact: PaidFact) -> Settled:
    payment.state, payment.transaction_id = PaymentState.PAID, fact.transaction_id
    payment.open_id = payment.open_id or fact.open_id
    payment.paid_at = fact.at
    await Payment.filter(id=payment.id).update(
        state=PaymentState.PAID,
        transaction_id=fact.transaction_id,
        payer_fen=fact.payer_fen,
        open_id=payment.open_id,
        paid_at=fact.at,
        ask_at=None,
    )
    await book(payment, received(payment), fact.at)
    took = await arrive(payment, fact.at)
    if not took:
        await give_back(payment, key=f"unwanted:{payment.payment_no}", reason="订单已关闭")
    if payment.refunding_fen:
        await take_out_early_refunds(payment.id)
    return Settled.PAID if took else Settled.SURPLUS


async def _keep_surplus(payment: Payment, fact: PaidFact) -> Settled:
    facts = {"payment_id": payment.id, "amount_fen": fact.total_fen, "at": fact.at}
    surplus, is_new = await Surplus.get_or_create(facts, transaction_id=fact.transaction_id)
    if not is_new:
        return Settled.KNOWN
    await book(payment, Cause("payment_received", fact.transaction_id), fact.at)
    await give_surplus_back(surplus)
    return Settled.SURPLUS
