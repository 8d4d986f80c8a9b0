"""What the auditor recomputes about papers and tills (safety checks 10, 12 and 14)."""

import json

from core.audit import Finding, check
from core.database import sql
from devices.rules import digest_of

UNENDED = """
SELECT id, state FROM devices_print_job
WHERE state IN ('queued', 'sending') AND waiting_since < now() - interval '10 minutes'
    OR state IN ('handed', 'stale') AND waiting_since < now() - interval '25 hours' ORDER BY id
"""
WITHOUT_END = """
SELECT id, state FROM devices_print_job
WHERE (state IN ('queued', 'sending', 'handed', 'stale')) <> (ended_at IS NULL) ORDER BY id
"""
OTHER_CODE = """
SELECT again.id FROM devices_print_job AS again
JOIN devices_print_job AS first USING (store_id, document)
WHERE first.copy = 0 AND again.copy > 0 AND again.code <> first.code ORDER BY again.id
"""


@check("devices.papers_end")
async def papers_end() -> list[Finding]:
    """Within ten minutes every paper has an end, is in a cloud, or a person is asked about it."""
    late = [
        Finding("devices.papers_end", f"print_job:{row['id']}", f"still {row['state']}")
        for row in await sql(UNENDED)
    ]
    odd = [
        Finding("devices.papers_end", f"print_job:{row['id']}", "its end does not fit its state")
        for row in await sql(WITHOUT_END)
    ]
    return late + odd


@check("devices.reprints_keep_the_code")
async def reprints_keep_the_code() -> list[Finding]:
    """A reprint carries the receipt code of the first paper."""
    return [
        Finding("devices.reprints_keep_the_code", f"print_job:{row['id']}", "another code")
        for row in await sql(OTHER_CODE)
    ]


CONTRACTS = """
SELECT id, words, digest FROM devices_contract WHERE state = 'signed' ORDER BY id DESC LIMIT 2000
"""


@check("devices.contracts_stand")
async def contracts_stand() -> list[Finding]:
    """What was signed is what stands there: the words of a signed contract have their digest."""
    return [
        Finding("devices.contracts_stand", f"contract:{row['id']}", "other words than were signed")
        for row in await sql(CONTRACTS)
        if digest_of(json.loads(row["words"])) != row["digest"]
    ]


SALES = """
SELECT r.id FROM devices_till_receipt AS r
LEFT JOIN orders_order AS o ON o.id = r.order_id
WHERE r.state = 'booked' AND r.kind = 'sale' AND (
    o.id IS NULL OR o.payable_fen <> r.total_fen OR o.paid_fen <> r.total_fen
    OR o.store_id <> r.store_id OR o.outside_no <> r.till || '/' || r.receipt_no)
ORDER BY r.id LIMIT 200
"""
TWICE = """
SELECT order_id FROM devices_till_receipt WHERE kind = 'sale' AND order_id IS NOT NULL
GROUP BY order_id HAVING count(*) > 1 ORDER BY order_id
"""
UNNAMED = """
SELECT o.id FROM orders_order AS o WHERE o.entrance = 'till' AND NOT EXISTS (
    SELECT FROM devices_till_receipt AS r WHERE r.order_id = o.id AND r.kind = 'sale')
ORDER BY o.id LIMIT 200
"""
BACK = """
SELECT order_id, sum(total_fen) AS back FROM devices_till_receipt
WHERE kind = 'return' AND state = 'booked' GROUP BY order_id
HAVING sum(total_fen) > coalesce((SELECT refunded_fen FROM orders_order AS o
    WHERE o.id = order_id), 0) ORDER BY order_id LIMIT 200
"""
OVERDUE = """
SELECT id, state FROM devices_till_receipt
WHERE state = 'waiting' AND received_at < now() - interval '1 day' ORDER BY id LIMIT 200
"""


@check("devices.till_sales")
async def till_sales() -> list[Finding]:
    """Each receipt that is booked is one order of its store and amount, and no order has two."""
    name = "devices.till_sales"
    differ = [Finding(name, f"receipt:{row['id']}", "not its order") for row in await sql(SALES)]
    twice = [Finding(name, f"order:{row['order_id']}", "two") for row in await sql(TWICE)]
    unnamed = [Finding(name, f"order:{row['id']}", "no receipt") for row in await sql(UNNAMED)]
    return differ + twice + unnamed


@check("devices.till_returns")
async def till_returns() -> list[Finding]:
    """What tills gave back is refunded in the orders."""
    return [
        Finding("devices.till_returns", f"order:{row['order_id']}", f"{row['back']} fen went back")
        for row in await sql(BACK)
    ]


@check("devices.till_receipts_end")
async def till_receipts_end() -> list[Finding]:
    """No receipt waits for its booking longer than a day; what is parked says why."""
    return [
        Finding("devices.till_receipts_end", f"receipt:{row['id']}", "waits")
        for row in await sql(OVERDUE)
    ]
