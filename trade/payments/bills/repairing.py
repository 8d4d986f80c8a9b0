"""Differences that a question to WeChat Pay ends: asked by the bill's own numbers, and believed."""

from tortoise.expressions import F

from core import clock
from core.database import use_case
from trade.payments import gateway as pay_gateway
from trade.payments.bills import gateway
from trade.payments.bills.errors import BillUnclear
from trade.payments.bills.fetching import owe_comparing
from trade.payments.bills.models import Difference
from trade.payments.bills.rules import ASKED, MOST_ASKS, DifferenceState, Kind
from trade.payments.models import Payment, Refund
from trade.payments.protocol.answers import Refunded, Transaction, Unknown
from trade.payments.protocol.notices import RefundFact
from trade.payments.service.closing import fact_of
from trade.payments.service.refunding import book_refund
from trade.payments.service.settling import PAID_STATES, settle


async def ask_about(*, difference_id: int) -> None:
    """Ask WeChat Pay what is true, let the books believe it, and compare the day once more.

    Nothing is asked about a number that is not ours. Raises BillUnclear when there is no answer.
    """
    found = await Difference.get(id=difference_id)
    if found.state is not DifferenceState.OPEN or (found.kind, found.aspect) not in ASKED:
        return
    if found.kind is Kind.REFUND_DIFFERS:
        is_ours = await _ask_refund(found)
    else:
        is_ours = await _ask_payment(found)
    await _note(found, is_ours=is_ours)


async def _ask_payment(found: Difference) -> bool:
    if not await Payment.exists(payment_no=found.payment_no):
        return False
    said = await gateway.query_transaction(found.mch_id, found.subject)
    if isinstance(said, Unknown):
        raise BillUnclear(day=str(found.day), why=said.why)
    if isinstance(said, Transaction) and said.trade_state in PAID_STATES:
        await settle(fact_of(said))
    return True


async def _ask_refund(found: Difference) -> bool:
    row = await Refund.get(refund_no=found.subject).select_related("payment")
    said = await pay_gateway.query_refund(row.refund_no, mch_id=found.mch_id)
    if isinstance(said, Unknown):
        raise BillUnclear(day=str(found.day), why=said.why)
    if isinstance(said, Refunded):
        await book_refund(_fact(row, said))
    return True


def _fact(row: Refund, said: Refunded) -> RefundFact:
    return RefundFact(
        refund_no=said.refund_no,
        refund_id=said.refund_id,
        payment_no=said.payment_no,
        transaction_id=said.transaction_id,
        status=said.status,
        refund_fen=said.refund_fen,
        total_fen=row.payment.amount_fen,
        mch_id=row.payment.mch_id,
        at=said.at or clock.now(),
    )


@use_case
async def _note(found: Difference, *, is_ours: bool) -> None:
    asks = F("asks") + 1 if is_ours else MOST_ASKS
    await Difference.filter(id=found.id).update(asks=asks)
    if is_ours:
        await owe_comparing(found.mch_id, found.day)
