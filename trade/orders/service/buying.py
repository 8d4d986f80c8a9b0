"""What one member may buy of a product (限购), counted over their orders when one is written.

Orders that ended unpaid, or were given back whole, do not count; what was agreed elsewhere, as at
a till or with a guide, counts but is never refused: the goods are gone, or somebody promised them.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from core.database import sql
from core.errors import DomainError
from trade.catalog.queries import SkuView, skus_of_products
from trade.orders.errors import TooManyBought
from trade.orders.queries import OrderView
from trade.orders.service.asking import PlaceOrder

# Whoever places an order for a member, a guide or they themselves, waits for the other here.
LOCK = """
SELECT pg_advisory_xact_lock(727004, hashtext(pair)) FROM (
    SELECT DISTINCT pair FROM unnest($1::text[]) AS pair ORDER BY 1
) AS one_by_one
"""
BOUGHT = """
SELECT mine.order_no, mine.sku_code, mine.most, mine.days, sum(line.quantity)::bigint AS pieces
FROM jsonb_to_recordset($1::jsonb) AS mine (
    id bigint, order_no text, member_id bigint, sku_code text, most int, days int, skus bigint[]
)
CROSS JOIN LATERAL (
    SELECT id FROM orders_order
    WHERE member_id = mine.member_id AND state <> 'closed' AND id <= mine.id
        AND (mine.days = 0 OR placed_at > now() - mine.days * interval '1 day')
) AS kept
JOIN orders_line AS line ON line.order_id = kept.id AND NOT line.is_gift
    AND line.sku_id = ANY(mine.skus)
GROUP BY mine.order_no, mine.sku_code, mine.most, mine.days
HAVING sum(line.quantity) > mine.most
"""


@dataclass(frozen=True, slots=True)
class Limit:
    """A wish has a product of which each may buy `most`; `sku_code` is the first one it names."""

    product_id: int
    sku_code: str
    most: int
    days: int


def limits_of(request: PlaceOrder, skus: Sequence[SkuView]) -> tuple[Limit, ...]:
    """One for each product that has a limit, where somebody known asks for it."""
    if request.member_id is None or request.agreed is not None:
        return ()
    found = {
        sku.product_id: Limit(sku.product_id, sku.code, sku.limit_each, sku.limit_days)
        for sku in reversed(skus)
        if sku.limit_each is not None
    }
    return tuple(found.values())


async def bought_too_many(
    wishes: Sequence[tuple[OrderView, Sequence[Limit]]],
) -> Mapping[str, DomainError]:
    """Which of these written orders, with all before them, is more than its member may buy."""
    asked = [(order, limit) for order, limits in wishes for limit in limits]
    if not asked:
        return {}
    await sql(LOCK, [f"{order.member_id}:{limit.product_id}" for order, limit in asked])
    skus = await skus_of_products(limit.product_id for _, limit in asked)
    rows = [
        {
            "id": order.id,
            "order_no": order.order_no,
            "member_id": order.member_id,
            "sku_code": limit.sku_code,
            "most": limit.most,
            "days": limit.days,
            "skus": skus[limit.product_id],
        }
        for order, limit in asked
    ]
    return {
        row["order_no"]: TooManyBought(
            sku_code=row["sku_code"], most=row["most"], days=row["days"], pieces=row["pieces"]
        )
        for row in await sql(BOUGHT, json.dumps(rows))
    }
