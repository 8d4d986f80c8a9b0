"""The auditor's view of the work of stores. News of the last ten minutes may be on its way."""

from core.audit import Finding, check
from core.database import sql

MISSING = """
SELECT o.order_no, o.state, task.state AS task FROM orders_order AS o
LEFT JOIN LATERAL (
    SELECT state FROM fulfilment_store_task WHERE order_id = o.id
    ORDER BY round DESC LIMIT 1
) AS task ON true
WHERE coalesce(o.closed_at, o.paid_at) < now() - interval '10 minutes'
    AND o.delivery <> 'taken'
    AND ((o.state = 'paid' AND task.state IS NULL)
        OR (o.state = 'paid' AND task.state = 'cancelled')
        OR (o.close_reason = 'refunded'
            AND task.state IN ('open', 'accepted', 'picked', 'ready')))
ORDER BY 1
"""


@check("fulfilment.tasks")
async def a_paid_order_is_a_task_and_a_refunded_one_is_not() -> list[Finding]:
    return [
        Finding(
            "fulfilment.tasks",
            f"order:{row['order_no']}",
            f"the order is {row['state']}, its task is {row['task']}",
        )
        for row in await sql(MISSING)
    ]
