"""The auditor's view of bills: they are there, they add up, and what differs is being looked at."""

from core.audit import Finding, check
from core.database import sql

MISSING = """
SELECT mch_id, day, state, said FROM bills_bill
WHERE state IN ('wanted', 'refused')
    AND (day + 3) AT TIME ZONE 'Asia/Shanghai' < now()
ORDER BY day
"""

SUMS = """
SELECT b.mch_id, b.day, b.rows, count(l.id) AS lines FROM bills_bill AS b
LEFT JOIN bills_line AS l ON l.bill_id = b.id
GROUP BY b.id
HAVING (b.rows, b.paid_fen, b.refunded_fen, b.fee_mfen) IS DISTINCT FROM (
    count(l.id),
    coalesce(sum(l.amount_fen) FILTER (WHERE l.state = 'SUCCESS' AND l.refund_no IS NULL), 0),
    coalesce(sum(l.amount_fen) FILTER (
        WHERE l.state <> 'SUCCESS' OR l.refund_no IS NOT NULL), 0),
    coalesce(sum(l.fee_mfen), 0))
ORDER BY b.day
"""

LEFT_OPEN = """
SELECT id, day, kind, aspect, subject FROM bills_difference
WHERE state = 'open' AND found_at < now() - interval '3 days' ORDER BY day, id
"""


@check("bills.missing")
async def every_bill_is_there_on_the_third_day() -> list[Finding]:
    return [
        Finding(
            "bills.missing",
            f"bill:{row['mch_id']}:{row['day']}",
            f"is {row['state']} ({row['said']}): see why, or fetch it by hand",
        )
        for row in await sql(MISSING)
    ]


@check("bills.sums")
async def a_bill_is_the_sum_of_its_lines() -> list[Finding]:
    return [
        Finding(
            "bills.sums",
            f"bill:{row['mch_id']}:{row['day']}",
            f"should have {row['rows']} lines, has {row['lines']}; or amounts differ",
        )
        for row in await sql(SUMS)
    ]


@check("bills.left_open")
async def no_difference_is_left_open_for_three_days() -> list[Finding]:
    return [
        Finding(
            "bills.left_open",
            f"difference:{row['id']}",
            f"{row['kind']}/{row['aspect']} of {row['day']}, {row['subject']}: settle it",
        )
        for row in await sql(LEFT_OPEN)
    ]
