"""Orders that have not ended: who bought still waits for something, or owes it."""

from collections.abc import Iterable

from core.database import sql

UNENDED = """
SELECT 1 FROM orders_order WHERE member_id = ANY($1::bigint[])
    AND state IN ('placed', 'deposited', 'paid', 'shipped') LIMIT 1
"""


async def has_unended_orders(member_ids: Iterable[int]) -> bool:
    """Whether one of these members has an order that is neither done nor closed."""
    return bool(await sql(UNENDED, sorted(set(member_ids))))
