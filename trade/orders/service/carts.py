"""Laying goods aside (购物车): one row a member and store, so two phones cannot mix a cart up."""

import json
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from core.database import sql, use_case
from trade.catalog.errors import SkuNotFound
from trade.catalog.queries import skus
from trade.orders.errors import BadLines
from trade.orders.rules import MAX_LINES, MAX_QUANTITY
from trade.stores.queries import get_store

KEEP = """
INSERT INTO orders_cart (member_id, store_id, lines) VALUES ($1, $2, $3::jsonb)
ON CONFLICT (member_id, store_id) DO UPDATE SET lines = excluded.lines, changed_at = now()
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
