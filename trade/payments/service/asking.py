"""What is not known is asked, by a timetable, until it is known (rule C10)."""

import logging

from core.database import sql, use_case
from core.jobs import owe
from trade.orders.queries import OrderState, order_of
from trade.payments import gateway
from trade.payments.models import Payment
from trade.payments.protocol.answers import Transaction
from trade.payments.rules import ASK_AFTER_S, LIVE
from trade.payments.service.closing import close_payment, fact_of
from trade.payments.service.settling import PAID_STATES, settle

log = logging.getLogger(__name__)

CLAIM_PAYMENTS = """
WITH due AS (
    SELECT id FROM payments_payment
    WHERE ask_at <= now() AND state IN ('created', 'prepaid', 'unknown', 'parked')
    ORDER BY ask_at LIMIT 50 FOR UPDATE SKIP LOCKED
)
UPDATE payments_payment AS row
SET asks = row.asks + 1,
    ask_at = row.created_at + ($1::bigint[])[row.asks + 2] * interval '1 second'
FROM due WHERE row.id = due.id
RETURNING row.id
"""

CLAIM_REFUNDS = """
WITH due AS (
    SELECT id FROM payments_refund
    WHERE ask_at <= now() AND state IN ('processing', 'unknown')
    ORDER BY ask_at LIMIT 50 FOR UPDATE SKIP LOCKED
)
UPDATE payments_refund AS row
SET asks = row.asks + 1,
    ask_at = now() + least(row.asks + 1, 60) * interval '1 minute'
FROM due WHERE row.id = due.id
RETURNING row.id
"""


@use_case
async def owe_questions() -> None:
    """Owe a job for each payment and refund whose turn to be asked has come.

    Payments after 15 s, 30 s, 1 min … 24 h; refunds after one minute, then ever more rarely.
    """
    for row in await sql(CLAIM_PAYMENTS, list(ASK_AFTER_S)):
        await owe("payments.ask_payment", key=str(row["id"]), payment_id=row["id"])
    for row in await sql(CLAIM_REFUNDS):
        await owe("payments.ask_refund", key=str(row["id"]), refund_id=row["id"])


async def ask_payment(*, payment_id: int) -> None:
    """Ask WeChat Pay about a payment and believe the answer; no answer changes nothing.

    One that nobody needs any more, since its order is not open, is closed.
    """
    payment = await Payment.get(id=payment_id)
    if payment.state not in LIVE:
        return
    if (await order_of(payment.order_id)).state is not OrderState.PLACED:
        await close_payment(payment)
        return
    said = await gateway.query(payment.payment_no)
    if isinstance(said, Transaction) and said.trade_state in PAID_STATES:
        await settle(fact_of(said))
    elif isinstance(said, Transaction) and said.trade_state == "CLOSED":
        await close_payment(payment)
