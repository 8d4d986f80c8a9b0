"""The auditor's view: whose goods left, WeChat knows; it reads the tables as they stand."""

from core.audit import Finding, check
from core.database import sql

FORGOTTEN = """
SELECT p.payment_no, o.order_no, o.state, u.state AS told
FROM payments_payment AS p JOIN orders_order AS o ON o.id = p.order_id
LEFT JOIN shipping_info_upload AS u ON u.payment_no = p.payment_no
WHERE p.method = 'wechat_jsapi' AND p.state = 'paid' AND p.has_paid_order
    AND o.state IN ('shipped', 'done') AND o.paid_at < now() - interval '3 hours'
    AND (u.id IS NULL OR u.state = 'waiting')
ORDER BY 1
"""

LATE = """
SELECT payment_no, order_no, state, limit_at, errcode, said FROM shipping_info_upload
WHERE state IN ('owed', 'parked', 'partial') AND limit_at < now()
ORDER BY 1
"""


@check("shipping_info.forgotten")
async def what_left_is_told_to_wechat() -> list[Finding]:
    return [
        Finding(
            "shipping_info.forgotten",
            f"payment:{row['payment_no']}",
            f"order {row['order_no']} is {row['state']}, WeChat was told nothing ({row['told']})",
        )
        for row in await sql(FORGOTTEN)
    ]


@check("shipping_info.late")
async def nothing_is_told_later_than_wechat_waits() -> list[Finding]:
    return [
        Finding(
            "shipping_info.late",
            f"payment:{row['payment_no']}",
            f"is {row['state']} since {row['limit_at']:%Y-%m-%d %H:%M} UTC"
            f" ({row['errcode'] or row['said']}): see the list of shipping information",
        )
        for row in await sql(LATE)
    ]
