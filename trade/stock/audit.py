"""The auditor's view of the shelves: what is cached against what happened."""

from core.audit import Finding, check
from core.database import sql

PLACES = """
SELECT sku_id, store_id, level.id IS NULL AS is_missing,
    coalesce(on_hand, 0) AS on_hand, coalesce(shelf, 0)::bigint AS shelf,
    coalesce(in_transit, 0) AS in_transit, coalesce(transit, 0)::bigint AS transit,
    coalesce(in_returns, 0) AS in_returns, coalesce(came_back, 0)::bigint AS came_back,
    coalesce(damaged, 0) AS damaged, coalesce(broken, 0)::bigint AS broken
FROM stock_level AS level FULL JOIN (
    SELECT sku_id, store_id,
        sum(quantity) FILTER (WHERE place = 'shelf') AS shelf,
        sum(quantity) FILTER (WHERE place = 'transit') AS transit,
        sum(quantity) FILTER (WHERE place = 'returns') AS came_back,
        sum(quantity) FILTER (WHERE place = 'damaged') AS broken
    FROM stock_movement GROUP BY 1, 2
) AS movements USING (sku_id, store_id)
WHERE (coalesce(on_hand, 0), coalesce(in_transit, 0), coalesce(in_returns, 0), coalesce(damaged, 0))
    <> (coalesce(shelf, 0), coalesce(transit, 0), coalesce(came_back, 0), coalesce(broken, 0))
    OR level.id IS NULL
ORDER BY 1, 2
"""

RESERVED = """
SELECT sku_id, store_id, coalesce(reserved, 0) AS cached, coalesce(held, 0) AS summed
FROM stock_level FULL JOIN (
    SELECT sku_id, store_id, sum(quantity) AS held FROM stock_reservation
    WHERE state = 'held' GROUP BY 1, 2
) AS reservations USING (sku_id, store_id)
WHERE coalesce(reserved, 0) <> coalesce(held, 0) ORDER BY 1, 2
"""

# Fewer on hand than reserved, or than none, is a fact to be counted (`short_shelves`), and the row
# must own up to it in `shortfall`.
NEGATIVE = """
SELECT sku_id, store_id, on_hand, reserved, safety FROM stock_level
WHERE least(reserved, safety, in_transit, in_returns, damaged, shortfall) < 0
    OR on_hand + shortfall < reserved ORDER BY 1, 2
"""

SALES = """
SELECT order_no, held.sku_id, held.store_id, held.quantity, coalesce(-moved.quantity, 0) AS left_by
FROM stock_reservation AS held
LEFT JOIN stock_movement AS moved ON moved.cause = 'sold:' || held.order_no || ':' || held.sku_id
WHERE (held.state = 'captured') <> (moved.id IS NOT NULL)
    OR moved.id IS NOT NULL AND (moved.quantity <> -held.quantity
        OR moved.store_id <> held.store_id OR moved.sku_id <> held.sku_id)
ORDER BY 1, 2
"""

# What left one store for another and has not arrived is in transit; a closed document has none.
TRANSIT = """
SELECT number, sku_id, state, sent, coalesce(shipped, 0)::bigint AS shipped,
    coalesce(gone, 0)::bigint AS gone, coalesce(waiting, 0)::bigint AS waiting
FROM (
    SELECT number, kind, state, from_store_id, store_id, sku_id, sent
    FROM stock_inbound JOIN stock_inbound_line AS line ON line.inbound_id = stock_inbound.id
) AS document FULL JOIN (
    SELECT document_no AS number, sku_id,
        sum(quantity) FILTER (WHERE place = 'transit' AND quantity > 0) AS shipped,
        -sum(quantity) FILTER (WHERE place <> 'transit' AND kind = 'transferred_out') AS gone,
        sum(quantity) FILTER (WHERE place = 'transit') AS waiting,
        bool_or(place = 'transit') AS is_transfer
    FROM stock_movement GROUP BY 1, 2
) AS moved USING (number, sku_id)
WHERE CASE
    WHEN document.kind = 'transfer' THEN
        (shipped, gone) IS DISTINCT FROM (sent::numeric, sent::numeric)
        OR waiting < 0 OR state = 'closed' AND waiting <> 0
    ELSE coalesce(is_transfer, false) END
ORDER BY 1, 2
"""

COUNTS = """
SELECT number, line.sku_id, sheet.state FROM stock_count AS sheet
JOIN stock_count_line AS line ON line.count_id = sheet.id
JOIN stock_movement AS moved ON moved.cause = 'count:' || sheet.number || ':' || line.sku_id
WHERE sheet.state <> 'posted' OR moved.store_id <> sheet.store_id
    OR moved.at <> line.counted_at OR sheet.closed_by = line.counted_by
ORDER BY 1, 2
"""

NAMES = (
    ("stock.on_hand", "on hand", "on_hand", "shelf"),
    ("stock.in_transit", "in transit", "in_transit", "transit"),
    ("stock.in_returns", "in returns", "in_returns", "came_back"),
    ("stock.damaged", "damaged", "damaged", "broken"),
)


async def _places(wanted: str) -> list[Finding]:
    [(name, words, cached, summed)] = [each for each in NAMES if each[0] == wanted]
    return [
        Finding(
            name,
            f"sku:{row['sku_id']} store:{row['store_id']}",
            f"{words} {row[cached]}, movements sum to {row[summed]}",
        )
        for row in await sql(PLACES)
        if row[cached] != row[summed] or (row["is_missing"] and name == "stock.on_hand")
    ]


@check("stock.on_hand")
async def on_hand_is_the_sum_of_movements() -> list[Finding]:
    return await _places("stock.on_hand")


@check("stock.in_transit")
async def in_transit_is_the_sum_of_movements() -> list[Finding]:
    return await _places("stock.in_transit")


@check("stock.in_returns")
async def in_returns_is_the_sum_of_movements() -> list[Finding]:
    return await _places("stock.in_returns")


@check("stock.damaged")
async def damaged_is_the_sum_of_movements() -> list[Finding]:
    return await _places("stock.damaged")


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


@check("stock.sales")
async def a_captured_reservation_left_the_shelf_once() -> list[Finding]:
    return [
        Finding(
            "stock.sales",
            f"order:{row['order_no']} sku:{row['sku_id']}",
            f"{row['quantity']} were kept for it, {row['left_by']} left the shelf",
        )
        for row in await sql(SALES)
    ]


@check("stock.transfers")
async def what_left_and_has_not_arrived_is_in_transit() -> list[Finding]:
    return [
        Finding(
            "stock.transfers",
            f"document:{row['number']} sku:{row['sku_id']}",
            f"{row['sent']} sent, {row['gone']} left, {row['shipped']} went on their way,"
            f" {row['waiting']} still are; the document is {row['state']}",
        )
        for row in await sql(TRANSIT)
    ]


@check("stock.counts")
async def a_count_moves_goods_when_a_second_person_posted_it() -> list[Finding]:
    return [
        Finding(
            "stock.counts",
            f"count:{row['number']} sku:{row['sku_id']}",
            f"it moved goods, and is {row['state']}, of another store or moment, or unchecked",
        )
        for row in await sql(COUNTS)
    ]
