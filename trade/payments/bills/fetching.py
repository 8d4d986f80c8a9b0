"""Bills are wanted, asked for by a timetable until they are there, checked, and kept once."""

import json
import logging
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from itertools import islice
from tempfile import TemporaryFile
from typing import IO

from core import clock
from core.database import sql, use_case
from core.jobs import owe
from trade.payments.bills import gateway
from trade.payments.bills.errors import BillMisread, BillTooLarge, BillUnclear, DayNotOver
from trade.payments.bills.models import Bill, BillLine
from trade.payments.bills.protocol import Entry, Misread, TradeBill
from trade.payments.bills.rules import ASK_AGAIN_MIN, KEPT_DAYS, BillState, is_over, ready_at
from trade.payments.protocol.answers import Refused, Unknown

log = logging.getLogger(__name__)

NOT_THERE = "NO_STATEMENT_EXIST"
BATCH = 1000

FIRST_DAY = """
SELECT (created_at AT TIME ZONE 'Asia/Shanghai')::date AS day FROM payments_payment
WHERE mch_id = $1 ORDER BY id LIMIT 1
"""
WANT = """
INSERT INTO bills_bill (mch_id, day, state, ask_at)
SELECT $1, day::date, 'wanted', now()
FROM generate_series($2::date, $3::date, interval '1 day') AS day
ON CONFLICT (mch_id, day) DO NOTHING
"""
CLAIM = """
UPDATE bills_bill SET asks = asks + 1,
    ask_at = now() + ($1::int[])[least(asks + 1, array_length($1::int[], 1))] * interval '1 minute'
WHERE state = 'wanted' AND ask_at <= now() AND mch_id = $2 RETURNING id
"""
HAS_MONEY = """
SELECT FROM payments_payment WHERE mch_id = $1 AND state = 'paid'
    AND transaction_id IS NOT NULL AND paid_at >= $2 AND paid_at < $3
LIMIT 1
"""
ADD_LINES = """
INSERT INTO bills_line (bill_id, line_no, at, transaction_id, payment_no, refund_id, refund_no,
    state, amount_fen, settled_fen, fee_mfen, rate_bp)
SELECT $1, line_no, at, transaction_id, payment_no, refund_id, refund_no, state, amount_fen,
    settled_fen, fee_mfen, rate_bp
FROM jsonb_populate_recordset(NULL::bills_line, $2::jsonb)
"""


def bounds(day: date) -> tuple[datetime, datetime]:
    """Where a China day begins and ends."""
    begin = datetime.combine(day, datetime.min.time(), clock.SHOP_ZONE)
    return begin, begin + timedelta(days=1)


@use_case
async def want_bills(at: datetime | None = None) -> int:
    """Want the bill of every day since the first payment, and owe a job for each that is due.

    Answers how many were owed. Nothing happens where the shop has no merchant number.
    """
    return sum([await _want(pay.mch_id, at or clock.now()) for pay in gateway.merchants()])


async def _want(mch_id: str, now: datetime) -> int:
    last = clock.shop_day(now) - timedelta(days=1)
    if now < ready_at(last):
        last -= timedelta(days=1)
    first = await sql(FIRST_DAY, mch_id)
    if first:
        begin = max(first[0]["day"], last - timedelta(days=KEPT_DAYS - 1))
        await sql(WANT, mch_id, begin, last)
    due = await sql(CLAIM, list(ASK_AGAIN_MIN), mch_id)
    for row in due:
        await owe("bills.fetch_bill", key=str(row["id"]), bill_id=row["id"])
    return len(due)


async def want_bill(mch_id: str, day: date, *, at: datetime | None = None) -> int:
    """Want one day's bill now, also when it was refused or empty; answers its id.

    Raises DayNotOver before it can be there.
    """
    if (at or clock.now()) < ready_at(day):
        raise DayNotOver(day=str(day))
    bill, _ = await Bill.get_or_create(
        {"state": BillState.WANTED, "ask_at": clock.now()}, mch_id=mch_id, day=day
    )
    return bill.id


@use_case
async def owe_bill(day: date, *, at: datetime | None = None) -> None:
    """Let a job have the bills of a day anew and compare them. Raises DayNotOver."""
    for pay in gateway.merchants():
        bill_id = await want_bill(pay.mch_id, day, at=at)
        await owe("bills.fetch_bill", key=f"{bill_id}:again", bill_id=bill_id, again=True)
        await owe_comparing(pay.mch_id, day)


async def fetch_bill(*, bill_id: int, at: datetime | None = None, again: bool = False) -> None:
    """Ask for a bill, check it and keep its lines; a bill that is kept is asked for no more.

    `again` asks nevertheless: the same bytes change nothing, others replace its lines. What went
    wrong is written to the bill. Raises BillUnclear, BillMisread and BillTooLarge.
    """
    bill = await Bill.get(id=bill_id)
    if bill.state is not BillState.WANTED and not again:
        return
    link = await gateway.trade_bill(bill.mch_id, bill.day)
    if isinstance(link, Refused) and link.code == NOT_THERE:
        await _note_absent(bill, at or clock.now())
        return
    if isinstance(link, Refused | Unknown):
        raise await _noted(bill, link.code if isinstance(link, Refused) else link.why)
    with TemporaryFile() as packed:
        lost = await gateway.download(bill.mch_id, link, packed)
        if lost is not None:
            raise await _noted(bill, lost.why)
        if gateway.sha1_of(packed) != link.sha1:
            raise await _noted(bill, "hash")
        await _keep(bill, packed, link.sha1)


async def _noted(bill: Bill, why: str) -> BillUnclear:
    log.warning("a bill could not be had", extra={"bill": bill.id, "why": why})
    await Bill.filter(id=bill.id).update(said=why[:200])
    return BillUnclear(day=str(bill.day), why=why[:200])


@use_case
async def _note_absent(bill: Bill, at: datetime) -> None:
    has_money = bool(await sql(HAS_MONEY, bill.mch_id, *bounds(bill.day)))
    rows = Bill.filter(id=bill.id, state=BillState.WANTED)
    if is_over(bill.day, at, has_money=has_money):
        await rows.update(state=BillState.EMPTY, said=NOT_THERE, ask_at=None)
        await owe_comparing(bill.mch_id, bill.day)
    else:
        await rows.update(said=NOT_THERE)


async def _keep(bill: Bill, packed: IO[bytes], sha1: str) -> None:
    try:
        await keep_lines(bill.id, packed, sha1)
    except Misread as odd:
        log.error("a bill cannot be read", extra={"bill": bill.id, "line": odd.line})
        if bill.state is not BillState.LOADED:
            why = f"line {odd.line}: {odd.why}"
            await Bill.filter(id=bill.id).update(state=BillState.REFUSED, said=why, ask_at=None)
        raise BillMisread(day=str(bill.day), line=odd.line, why=odd.why) from None
    except BillTooLarge as odd:
        await Bill.filter(id=bill.id).update(said=odd.code)
        raise


@use_case
async def keep_lines(bill_id: int, packed: IO[bytes], sha1: str) -> bool:
    """Keep the lines of a bill whose hash was checked. False: these very bytes are kept already.

    All of it or nothing; memory holds a thousand lines at a time. Raises Misread.
    """
    bill = await Bill.filter(id=bill_id).select_for_update().get()
    if bill.hash_value == sha1:
        return False
    await BillLine.filter(bill_id=bill_id).delete()
    read = TradeBill(bill.mch_id, bill.day)
    entries = read.entries(gateway.lines_of(packed))
    while batch := list(islice(entries, BATCH)):
        await sql(ADD_LINES, bill_id, json.dumps(list(_columns(batch))))
    sums = read.sums
    await Bill.filter(id=bill_id).update(
        state=BillState.LOADED,
        hash_value=sha1,
        said=None,
        ask_at=None,
        rows=sums.rows,
        paid_fen=sums.paid_fen,
        refunded_fen=sums.refunded_fen,
        fee_mfen=sums.fee_mfen,
        loaded_at=clock.now(),
    )
    await owe_comparing(bill.mch_id, bill.day)
    return True


def _columns(entries: list[Entry]) -> Iterator[dict[str, object]]:
    for entry in entries:
        yield {
            "line_no": entry.line_no,
            "at": entry.at.isoformat(),
            "transaction_id": entry.transaction_id,
            "payment_no": entry.payment_no,
            "refund_id": entry.refund_id or None,
            "refund_no": entry.refund_no or None,
            "state": entry.refund_state or entry.state,
            "amount_fen": entry.amount_fen,
            "settled_fen": entry.settled_fen,
            "fee_mfen": entry.fee_mfen,
            "rate_bp": entry.rate_bp,
        }


async def owe_comparing(mch_id: str, day: date) -> None:
    """Compare this day and its neighbours, whose differences this bill may explain."""
    for near in (day - timedelta(days=1), day, day + timedelta(days=1)):
        if await Bill.exists(
            mch_id=mch_id, day=near, state__in=(BillState.LOADED, BillState.EMPTY)
        ):
            key = f"{mch_id}:{near}"
            await owe("bills.reconcile", key=key, mch_id=mch_id, day=near.isoformat())
