"""The comparison of one day: what the bill says against what our books say, in eight kinds.

docs/why/reconciliation.md defines each kind with worked numbers; the statements are `comparison`'s.
"""

from dataclasses import dataclass
from datetime import date

from core import clock
from core.database import sql, use_case
from core.jobs import owe
from trade.payments.bills.comparison import FOUND, GONE, OPEN, SUMS
from trade.payments.bills.fetching import bounds
from trade.payments.bills.models import Bill
from trade.payments.bills.rules import ASKED, MOST_ASKS, BillState


@dataclass(frozen=True, slots=True)
class Compared:
    """How a day came out: `is_judged` is False while its bill is not there."""

    mch_id: str
    day: date
    is_judged: bool
    rows: int
    ours_paid_fen: int
    theirs_paid_fen: int
    open: int


@use_case
async def reconcile_day(mch_id: str, day: date) -> Compared:
    """Compare the bill of a day with our books, and keep what differs. Again: the same rows.

    A difference that is no longer found has gone; one that a person settled stays settled until
    either side says something else. Those that a question may end are asked about by a job.
    """
    bill = await Bill.filter(mch_id=mch_id, day=day).select_for_update().first()
    if bill is None or bill.state not in {BillState.LOADED, BillState.EMPTY}:
        return Compared(
            mch_id, day, is_judged=False, rows=0, ours_paid_fen=0, theirs_paid_fen=0, open=0
        )
    begin, end = bounds(day)
    run = bill.runs + 1
    await sql(FOUND, mch_id, day, bill.id, begin, end, run)
    await sql(GONE, mch_id, day, run)
    [sums] = await sql(SUMS, mch_id, begin, end)
    await Bill.filter(id=bill.id).update(
        runs=run,
        compared_at=clock.now(),
        ours_paid_fen=sums["paid"],
        ours_refunded_fen=sums["refunded"],
    )
    still_open = await sql(OPEN, mch_id, day)
    for row in still_open:
        await _owe_question(row)
    return Compared(
        mch_id,
        day,
        is_judged=True,
        rows=bill.rows,
        ours_paid_fen=sums["paid"],
        theirs_paid_fen=bill.paid_fen,
        open=len(still_open),
    )


async def _owe_question(row: dict[str, object]) -> None:
    """At once, then after 1, 4, 16 and 64 minutes."""
    asks = int(str(row["asks"]))
    if (row["kind"], row["aspect"]) in ASKED and asks < MOST_ASKS:
        delay_s = 60 * 4 ** (asks - 1) if asks else 0
        key = str(row["id"])
        await owe("bills.ask_about", key=key, delay_s=delay_s, difference_id=row["id"])
