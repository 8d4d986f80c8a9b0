"""Laying goods aside (购物车): one row a member and store, so two phones cannot mix a cart up."""

import json
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from core.database import sql, use_case
from trade.catalog.errors import SkuNotFound
from trade.catalog.queries import skus
from trade.orders.errors import BadLines
from trade.orders.queries import OrderView
from trade.orders.rules import MAX_LINES, MAX_QUANTITY
from trade.stores.queries import get_store

KEEP = """
INSERT INTO orders_cart (member_id, store_id, lines) VALUES ($1, $2, $3::jsonb)
ON CONFLICT (member_id, store_id) DO UPDATE SET lines = excluded.lines, changed_at = now()
"""

# Only rows that hold something of what was ordered are touched.
TAKE_OUT = """
WITH gone AS (
    SELECT member_id, store_id, sku_id, sum(quantity) AS units
    FROM unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::bigint[])
        AS gone (member_id, store_id, sku_id, quantity) GROUP BY 1, 2, 3
), touched AS (
    SELECT DISTINCT cart.id FROM orders_cart AS cart JOIN gone USING (member_id, store_id)
    WHERE cart.lines @> jsonb_build_array(jsonb_build_object('sku_id', gone.sku_id))
), kept AS (
    SELECT cart.id, coalesce(jsonb_agg(line || jsonb_build_object('quantity', units_left)
        ORDER BY place) FILTER (WHERE units_left > 0), '[]') AS lines
    FROM orders_cart AS cart JOIN touched USING (id)
    CROSS JOIN LATERAL jsonb_array_elements(cart.lines) WITH ORDINALITY AS one (line, place)
    LEFT JOIN gone ON (gone.member_id, gone.store_id) = (cart.member_id, cart.store_id)
        AND gone.sku_id = (line ->> 'sku_id')::bigint
    CROSS JOIN LATERAL (
        SELECT (line ->> 'quantity')::bigint - coalesce(gone.units, 0) AS units_left
    ) AS after
    GROUP BY 1
)
UPDATE orders_cart AS cart SET lines = kept.lines, changed_at = now()
FROM kept WHERE cart.id = kept.id
"""


@dataclass(frozen=True, slots=True)
class CartLine:
    sku_id: int
    quantity: int


@use_case
async def keep_cart(*, member_id: int, store_id: int, lines: Iterable[CartLine]) -> None:
    """Keep these lines and no others as a member's cart in a store; the last one said counts.

    Two lines of one SKU become one. What went off the shelf may stay: whoever looks is told.
    Raises StoreNotFound, SkuNotFound, and BadLines above 50 kinds or outside 1 to 999 pieces.
    """
    await get_store(store_id)
    pieces: Counter[int] = Counter()
    for line in lines:
        pieces[line.sku_id] += line.quantity
        if not 1 <= line.quantity <= pieces[line.sku_id] <= MAX_QUANTITY:
            raise BadLines(sku_id=line.sku_id, quantity=line.quantity, most=MAX_QUANTITY)
    if len(pieces) > MAX_LINES:
        raise BadLines(lines=len(pieces), most=MAX_LINES)
    unknown = sorted(pieces.keys() - (await skus(pieces)).keys())
    if unknown:
        raise SkuNotFound(sku_id=unknown[0])
    kept = [{"sku_id": sku_id, "quantity": count} for sku_id, count in pieces.items()]
    await sql(KEEP, member_id, store_id, json.dumps(kept))


async def take_out_of_carts(orders: Sequence[OrderView]) -> None:
    """What was ordered no longer lies in the cart of that store; what was not stays there."""
    rows = [
        (order.member_id, order.store_id, line.sku_id, line.quantity)
        for order in orders
        if order.member_id is not None
        for line in order.lines
        if not line.is_gift
    ]
    if rows:
        await sql(TAKE_OUT, *(list(column) for column in zip(*rows, strict=True)))
