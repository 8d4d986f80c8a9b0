"""Nobody keeps goods from others by ordering and not paying.

Asked after the orders are written and while their members are locked, so that two orders at once,
also in two processes, cannot both be the last one allowed.
"""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from core.database import sql
from core.errors import DomainError
from core.settings import current
from trade.orders.errors import TooManyHeldUnits, TooManyOpenOrders
from trade.orders.queries import OrderView

# Open orders are among a member's newest: what is not paid ends within minutes.
LIMITS = """
SELECT mine.id, count(*) AS orders,
    (SELECT json_build_object('sku_code', min(sku_code), 'units', sum(quantity))
     FROM orders_line WHERE order_id = ANY(array_agg(open.id)) AND sku_id IN
        (SELECT sku_id FROM orders_line WHERE order_id = mine.id)
     GROUP BY sku_id ORDER BY sum(quantity) DESC LIMIT 1) AS most
FROM unnest($1::bigint[], $2::bigint[]) AS mine (id, member_id)
CROSS JOIN LATERAL (
    SELECT id FROM (
        SELECT id, state FROM orders_order AS newest
        WHERE newest.member_id = mine.member_id AND newest.id <= mine.id
        ORDER BY newest.id DESC LIMIT 100
    ) AS newest WHERE state = 'placed'
) AS open
GROUP BY mine.id
"""


async def too_much(placed: Sequence[OrderView]) -> dict[str, DomainError]:
    """Which of these orders, counted with the open ones before it, is more than its member may."""
    asked = {order.id: order for order in placed if order.member_id is not None}
    if not asked:
        return {}
    members = [order.member_id for order in asked.values()]
    rows = await sql(LIMITS, list(asked), members)
    refused = {asked[row["id"]].order_no: _refusal(row) for row in rows}
    return {order_no: error for order_no, error in refused.items() if error is not None}


def _refusal(row: Mapping[str, Any]) -> DomainError | None:
    knobs, most = current(), json.loads(row["most"])
    if row["orders"] > knobs.max_open_orders:
        return TooManyOpenOrders(most=knobs.max_open_orders)
    if most["units"] > knobs.max_held_units:
        return TooManyHeldUnits(sku_code=most["sku_code"], most=knobs.max_held_units)
    return None
