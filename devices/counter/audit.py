"""What the auditor recomputes about the counter: each sale is one order, paid and taken back so."""

from core.audit import Finding, check
from core.database import sql

SALES = """
SELECT s.id FROM counter_sale AS s LEFT JOIN orders_order AS o ON o.id = s.order_id
WHERE o.id IS NULL OR o.entrance <> 'counter' OR o.store_id <> s.store_id
    OR o.idempotency_key <> s.request_key OR o.payable_fen <> (s.content ->> 'expected_fen')::bigint
    OR (s.is_offline AND o.paid_at IS NULL)
ORDER BY s.id LIMIT 200
"""
UNNAMED = """
SELECT o.id FROM orders_order AS o WHERE o.entrance = 'counter'
    AND NOT EXISTS (SELECT FROM counter_sale AS s WHERE s.order_id = o.id)
ORDER BY o.id LIMIT 200
"""
BACK = """
SELECT s.id, sum(u.amount_fen) AS told, o.refunded_fen FROM counter_undone AS u
JOIN counter_sale AS s ON s.id = u.sale_id JOIN orders_order AS o ON o.id = s.order_id
GROUP BY s.id, o.refunded_fen HAVING sum(u.amount_fen) > o.refunded_fen ORDER BY s.id LIMIT 200
"""
VOID = """
SELECT s.id FROM counter_undone AS u JOIN counter_sale AS s ON s.id = u.sale_id
WHERE u.is_void AND s.invoiced_at IS NOT NULL AND s.invoiced_at < u.at ORDER BY s.id LIMIT 200
"""


@check("counter.sales_are_orders")
async def sales_are_orders() -> list[Finding]:
    """Each sale of the page is one order of its store for what the screen showed, and the other
    way."""
    name = "counter.sales_are_orders"
    odd = [Finding(name, f"sale:{row['id']}", "not its order") for row in await sql(SALES)]
    bare = [Finding(name, f"order:{row['id']}", "no sale") for row in await sql(UNNAMED)]
    return odd + bare


@check("counter.taken_back")
async def taken_back() -> list[Finding]:
    """What the counter says it gave back is refunded in the order; nothing invoiced was voided."""
    name = "counter.taken_back"
    more = [Finding(name, f"sale:{row['id']}", f"{row['told']} fen") for row in await sql(BACK)]
    late = [Finding(name, f"sale:{row['id']}", "void after invoice") for row in await sql(VOID)]
    return more + late
