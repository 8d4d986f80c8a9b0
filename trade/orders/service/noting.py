"""Remarks on orders (备注): the buyer's is on the order itself, these are added later."""

from core.database import sql, use_case
from trade.orders.errors import OrderNotFound

NOTE = """
INSERT INTO orders_note (order_id, text, is_inner, by)
SELECT id, $2, $3, $4 FROM orders_order WHERE id = $1 RETURNING id
"""


@use_case
async def add_note(*, order_id: int, text: str, by: str, is_inner: bool = True) -> None:
    """Keep a remark; inner ones are for staff only. Raises OrderNotFound."""
    if not await sql(NOTE, order_id, text[:500], is_inner, by):
        raise OrderNotFound(order_id=order_id)
