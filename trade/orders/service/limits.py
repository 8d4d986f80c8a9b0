"""Nobody keeps goods from others by ordering and not paying.

Asked after the orders are written and while their members are locked, so that two orders at once,
also in two processes, cannot both be the last one allowed.
"""

from collections.abc import Mapping, Sequence

from core.database import sql
from core.errors import DomainError
from core.settings import current
from trade.orders.errors import TooManyHeldUnits, TooManyOpenOrders
from trade.orders.queries import OrderView

# How many open orders each of these is one of, counted with those before it. Nearly everybody has
# this one only, and nothing more is asked about them.
OPEN = """
SELECT mine.id, open.orders FROM unnest($1::bigint[], $2::bigint[]) AS mine (id, member_id)
CROSS JOIN LATERAL (
    SELECT count(*) AS orders FROM orders_order
    WHERE member_id = mine.member_id AND state = 'placed' AND id <= mine.id
) AS open
"""
# What the open orders of such a member keep of each SKU that the new one wants too. OFFSET 0 keeps
# the walk from a member to the lines as it is written: a plan made while the tables were small once
# walked all lines of a SKU instead.
UNITS = """
SELECT mine.id, line.sku_code, sum(line.quantity)::bigint AS units
FROM unnest($1::bigint[], $2::bigint[]) AS mine (id, member_id)
CROSS JOIN LATERAL (
    SELECT id FROM orders_order
    WHERE member_id = mine.member_id AND state = 'placed' AND id <= mine.id OFFSET 0
) AS open
CROSS JOIN LATERAL (
    SELECT sku_id, sku_code, quantity FROM orders_line WHERE order_id = open.id OFFSET 0
) AS line
WHERE EXISTS (
    SELECT FROM orders_line AS wanted
    WHERE wanted.order_id = mine.id AND wanted.sku_id = line.sku_id AND NOT wanted.is_gift OFFSET 0
)
GROUP BY mine.id, line.sku_code
"""


async def too_much(placed: Sequence[OrderView]) -> dict[str, DomainError]:
    """Which of these orders, counted with the open ones before it, is more than its member may."""
    asked = {order.id: order for order in placed if order.member_id is not None}
    if not asked:
        return {}
    rows = await sql(OPEN, list(asked), [order.member_id for order in asked.values()])
    orders = {row["id"]: row["orders"] for row in rows}
    held = await _held([asked[id_] for id_, count in orders.items() if count > 1])
    refused = {
        order.order_no: _refusal(orders.get(id_, 0), held.get(id_) or _of(order))
        for id_, order in asked.items()
    }
    return {order_no: error for order_no, error in refused.items() if error is not None}


async def _held(orders: Sequence[OrderView]) -> dict[int, dict[str, int]]:
    if not orders:
        return {}
    ids, members = [order.id for order in orders], [order.member_id for order in orders]
    held: dict[int, dict[str, int]] = {}
    for row in await sql(UNITS, ids, members):
        held.setdefault(row["id"], {})[row["sku_code"]] = row["units"]
    return held


def _of(order: OrderView) -> dict[str, int]:
    return {line.sku_code: line.quantity for line in order.lines if not line.is_gift}


def _refusal(orders: int, held: Mapping[str, int]) -> DomainError | None:
    knobs = current()
    if orders > knobs.max_open_orders:
        return TooManyOpenOrders(most=knobs.max_open_orders)
    for sku_code, units in held.items():
        if units > knobs.max_held_units:
            return TooManyHeldUnits(sku_code=sku_code, most=knobs.max_held_units)
    return None
