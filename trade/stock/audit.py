"""The auditor's view of the shelves: what is cached against what happened."""

from core.audit import Finding, check
from core.database import sql

ON_HAND = """
SELECT sku_id, store_id, coalesce(on_hand, 0) AS cached, coalesce(moved, 0) AS summed
FROM stock_level FULL JOIN (
    SELECT sku_id, store_id, sum(quantity) AS moved FROM stock_movement GROUP BY 1, 2
) AS movements USING (sku_id, store_id)
WHERE coalesce(on_hand, 0) <> coalesce(moved, 0) ORDER BY 1, 2
"""

RESERVED = """
SELECT sku_id, store_id, coalesce(reserved, 0) AS cached, coalesce(held, 0) AS summed
FROM stock_level FULL JOIN (
    SELECT sku_id, store_id, sum(quantity) AS held FROM stock_reservation
    WHERE state = 'held' GROUP BY 1, 2
) AS reservations USING (sku_id, store_id)
WHERE coalesce(reserved, 0) <> coalesce(held, 0) ORDER BY 1, 2
"""

NEGATIVE = """
SELECT sku_id, store_id, on_hand, reserved, safety FROM stock_level
WHERE least(on_hand, reserved, safety, on_hand - reserved) < 0 ORDER BY 1, 2
"""


@check("stock.on_hand")
async def on_hand_is_the_sum_of_movements() -> list[Finding]:
    return [
        Finding(
            "stock.on_hand",
            f"sku:{row['sku_id']} store:{row['store_id']}",
            f"on hand {row['cached']}, movements sum to {row['summed']}",
        )
        for row in await sql(ON_HAND)
    ]


@check("stock.reserved")
async def reserved_is_the_sum_of_live_reservations() -> list[Finding]:
    return [
        Finding(
            "stock.reserved",
            f"sku:{row['sku_id']} store:{row['store_id']}",
            f"reserved {row['cached']}, live reservations sum to {row['summed']}",
        )
        for row in await sql(RESERVED)
    ]


@check("stock.not_negative")
async def nothing_is_negative() -> list[Finding]:
    return [
        Finding(
            "stock.not_negative",
            f"sku:{row['sku_id']} store:{row['store_id']}",
            f"on hand {row['on_hand']}, reserved {row['reserved']}, safety {row['safety']}",
        )
        for row in await sql(NEGATIVE)
    ]
