"""What is not known is asked, by a timetable, until it is known (rule C10)."""

import logging

from core.database import sql, use_case
from core.jobs import owe_each
from trade.orders.queries import order_of
from trade.payments import gateway
from trade.payments.due import due_fen
from trade.payments.models import Payment
from trade.payments.protocol.answers import Transaction
from trade.payments.rules import ASK_AFTER_S, CODE_ASK_AFTER_S, LIVE, REVERSE_AFTER_S, Method
from trade.payments.service.closing import ENDED, close_payment, fact_of
from trade.payments.service.settling import PAID_STATES, settle

log = logging.getLogger(__name__)

CLAIM_PAYMENTS = """
WITH due AS (
    SELECT id FROM payments_payment
    WHERE ask_at <= now() AND state IN ('created', 'prepaid', 'unknown', 'parked')
    ORDER BY ask_at LIMIT $3 FOR UPDATE SKIP LOCKED
)
UPDATE payments_payment AS row
SET asks = row.asks + 1,
    ask_at = row.created_at + interval '1 second'
        * (CASE WHEN method = 'wechat_code' THEN $2::bigint[] ELSE $1::bigint[] END)[row.asks + 2]
FROM due WHERE row.id = due.id
RETURNING row.id
"""

AGE = """
SELECT extract(epoch FROM now() - created_at)::bigint AS age_s, expires_at <= now() AS is_expired
FROM payments_payment WHERE id = $1
"""

CLAIM_REFUNDS = """
WITH due AS (
    SELECT id FROM payments_refund
    WHERE ask_at <= now() AND state IN ('created', 'processing', 'unknown')
    ORDER BY ask_at LIMIT $1 FOR UPDATE SKIP LOCKED
)
UPDATE payments_refund AS row
SET asks = row.asks + 1,
    ask_at = now() + least(row.asks + 1, 60) * interval '1 minute'
FROM due WHERE row.id = due.id
RETURNING row.id
"""


async def owe_questions(*, batch: int = 1000) -> None:
    """Owe a job for each payment and refund whose turn to be asked has come, until none is left.

    Payments after 15 s, 30 s, 1 min … 24 h; refunds after one minute, then ever more rarely. Each
    `batch` is claimed by one statement and owed by one, in a transaction of its own.
    """
    while await _owe_about_payments(batch) == batch:
        continue
    while await _owe_about_refunds(batch) == batch:
        continue


@use_case
async def _owe_about_payments(batch: int) -> int:
    rows = await sql(CLAIM_PAYMENTS, list(ASK_AFTER_S), list(CODE_ASK_AFTER_S), batch)
    await owe_each(
        "payments.ask_payment", {str(row["id"]): {"payment_id": row["id"]} for row in rows}
    )
    return len(rows)


@use_case
async def _owe_about_refunds(batch: int) -> int:
    rows = await sql(CLAIM_REFUNDS, batch)
    await owe_each(
        "payments.ask_refund", {str(row["id"]): {"refund_id": row["id"]} for row in rows}
    )
    return len(rows)


async def ask_payment(*, payment_id: int) -> None:
    """Ask WeChat Pay about a payment and believe the answer; no answer changes nothing.

    One that nobody needs any more is closed: its order is not open or is due less by now, a scanned
    code was not confirmed in time, a top-up was not paid in time. Raises PaymentUnclear when that
    is not certain: then it is asked again.
    """
    payment = await Payment.get(id=payment_id)
    if payment.state not in LIVE:
        return
    if await _is_over(payment):
        await close_payment(payment)
        return
    said = await gateway.query(payment.payment_no, mch_id=payment.mch_id)
    if isinstance(said, Transaction) and said.trade_state in PAID_STATES:
        await settle(fact_of(said))
    elif isinstance(said, Transaction) and said.trade_state in ENDED:
        await close_payment(payment)


async def _is_over(payment: Payment) -> bool:
    [row] = await sql(AGE, payment.id)
    if payment.method is Method.WECHAT_CODE:
        is_late: bool = row["age_s"] >= REVERSE_AFTER_S
        return is_late
    if payment.order_id is None:
        return bool(row["is_expired"])
    return due_fen(await order_of(payment.order_id)) != payment.amount_fen
