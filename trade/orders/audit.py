"""The auditor's view of orders: against their lines, their timeline and the stock they hold.

It reads the tables of stock as they stand, so that it shares no error with the code that wrote
them.
"""

from core.audit import Finding, check
from core.database import sql
from trade.orders.rules import MOVES

TOTALS = """
SELECT order_no, goods_fen, discount_fen, freight_fen, payable_fen, goods, discounts, payables
FROM orders_order LEFT JOIN (
    SELECT order_id, sum(price_fen * quantity)::bigint AS goods,
        sum(discount_fen)::bigint AS discounts, sum(payable_fen)::bigint AS payables
    FROM orders_line GROUP BY 1
) AS lines ON lines.order_id = orders_order.id
WHERE (goods, discounts, payables) IS DISTINCT FROM
    (goods_fen, discount_fen, payable_fen - freight_fen)
ORDER BY order_no
"""

TIMELINE = """
SELECT order_no, orders_order.state, last.state AS told FROM orders_order
LEFT JOIN LATERAL (
    SELECT state FROM orders_timeline WHERE order_id = orders_order.id ORDER BY id DESC LIMIT 1
) AS last ON true
WHERE last.state IS DISTINCT FROM orders_order.state ORDER BY order_no
"""

# Each step leads from where the one before ended to where the table of moves says.
STEPS = """
SELECT order_no, action, before, step.state FROM (
    SELECT *, lag(state) OVER (PARTITION BY order_id ORDER BY id) AS before FROM orders_timeline
) AS step LEFT JOIN orders_order AS o ON o.id = step.order_id
WHERE o.id IS NULL OR (action = 'place') <> (before IS NULL)
    OR (before IS DISTINCT FROM step.state AND NOT EXISTS (
        SELECT FROM unnest($1::text[], $2::text[], $3::text[]) AS move (here, name, there)
        WHERE here = before AND name = action AND there = step.state) AND action <> 'place')
ORDER BY step.id
"""

# The points an order spends are those that whoever placed it set aside; the order may have moved
# to the member they turned out to be.
POINTS = """
SELECT order_no, points_spent, coalesce(hold.amount, 0) AS held
FROM orders_order AS o
LEFT JOIN core_ledger_journal AS journal
    ON (cause_kind, cause_key) = ('order_placed.spent_points', order_no)
LEFT JOIN core_ledger_hold AS hold ON hold.journal_id = journal.id
WHERE points_spent <> coalesce(hold.amount, 0) OR hold.owner <> 'member:' || coalesce((
    SELECT from_id FROM core_moved_row AS moved
    WHERE (moved.table_name, moved.row_id) = ('orders_order', o.id) ORDER BY moved.id LIMIT 1
), o.member_id)
ORDER BY order_no
"""

# A use is of an order that is where the use says, and of a campaign or coupon that exists.
USES = """
SELECT u.order_no, u.kind, u.ref, u.state, o.state AS order_state
FROM promotions_use AS u LEFT JOIN orders_order AS o USING (order_no)
WHERE o.id IS NULL
    OR u.state <> ALL (CASE
        WHEN o.refunded_fen = o.payable_fen AND o.payable_fen > 0 AND o.paid_at IS NOT NULL
            THEN ARRAY['captured', 'returned']
        WHEN o.paid_at IS NOT NULL THEN ARRAY['captured']
        WHEN o.state = 'closed' THEN ARRAY['released']
        ELSE ARRAY['held'] END)
    OR NOT CASE u.kind
        WHEN 'deal' THEN EXISTS (
            SELECT FROM promotions_campaign AS c
            JOIN jsonb_array_elements(o.reasons || coalesce((
                SELECT jsonb_agg(said) FROM orders_line AS line
                CROSS JOIN jsonb_array_elements(line.reasons) AS said WHERE line.order_id = o.id
            ), '[]')) AS reason ON starts_with(reason->>'version', c.code || ' v')
            WHERE c.id = u.ref AND (reason->>'won')::boolean)
        ELSE EXISTS (SELECT FROM promotions_coupon WHERE id = u.ref) END
ORDER BY 1, 2, 3
"""

# What an order in each state must have done to the shelf, stock item by stock item: a kit takes its
# parts, and a gift adds to what was bought. What another book has counted moves nothing here.
STOCK = """
WITH item AS (
    SELECT line.order_id, (part ->> 0)::bigint AS sku_id,
        sum(line.quantity * (part ->> 1)::bigint)::bigint AS quantity
    FROM orders_line AS line CROSS JOIN LATERAL jsonb_array_elements(
        CASE WHEN line.parts = '[]' THEN jsonb_build_array(jsonb_build_array(line.sku_id, 1))
            ELSE line.parts END) AS part
    WHERE part ->> 1 <> '0'
    GROUP BY 1, 2
)
SELECT o.order_no, item.sku_id, o.state, item.quantity AS ordered, held.state AS reservation,
    coalesce(sold.quantity, 0) AS moved, coalesce(back.quantity, 0) AS returned
FROM item JOIN orders_order AS o ON o.id = item.order_id
LEFT JOIN stock_reservation AS held
    ON held.order_no = o.order_no AND held.sku_id = item.sku_id
LEFT JOIN stock_movement AS sold ON sold.cause = 'sold:' || o.order_no || ':' || item.sku_id
LEFT JOIN stock_movement AS back ON back.cause = 'returned:' || o.order_no || ':' || item.sku_id
WHERE CASE WHEN o.moves_stock THEN
    held.quantity IS DISTINCT FROM item.quantity
    OR held.store_id IS DISTINCT FROM o.store_id
    OR held.state <> CASE
        WHEN paid_at IS NOT NULL THEN 'captured'
        WHEN o.state IN ('placed', 'deposited') THEN 'held'
        ELSE 'released' END
    OR coalesce(sold.quantity, 0) <> CASE WHEN paid_at IS NULL THEN 0 ELSE -item.quantity END
    OR coalesce(back.quantity, 0) NOT IN (0, item.quantity)
ELSE num_nonnulls(held.id, sold.id, back.id) > 0 END
ORDER BY o.order_no, item.sku_id
"""

STRANGERS = """
SELECT held.order_no, sku_id FROM stock_reservation AS held
LEFT JOIN orders_order AS o ON o.order_no = split_part(held.order_no, '#', 1)
WHERE o.id IS NULL ORDER BY 1, 2
"""

MONEY = """
SELECT order_no, paid_fen, coalesce(sum(amount_fen), 0)::bigint AS took
FROM orders_order LEFT JOIN orders_money ON orders_money.order_id = orders_order.id
GROUP BY orders_order.id HAVING paid_fen <> coalesce(sum(amount_fen), 0) ORDER BY order_no
"""

BACK = """
SELECT order_no, refunded_fen, coalesce(sum(amount_fen), 0)::bigint AS went
FROM orders_order LEFT JOIN orders_money_back AS back ON back.order_id = orders_order.id
GROUP BY orders_order.id HAVING refunded_fen <> coalesce(sum(amount_fen), 0) ORDER BY order_no
"""

OVERDUE = """
SELECT order_no, due_at AS expires_at FROM (
    SELECT order_no, expires_at AS due_at FROM orders_order WHERE state = 'placed'
    UNION ALL
    SELECT order_no, balance_due_at FROM orders_order WHERE state = 'deposited'
) AS waiting WHERE due_at < now() - interval '60 seconds' ORDER BY order_no
"""


@check("orders.totals")
async def an_order_costs_what_its_lines_cost() -> list[Finding]:
    return [
        Finding(
            "orders.totals",
            f"order:{row['order_no']}",
            f"goods {row['goods_fen']}, discount {row['discount_fen']}, payable"
            f" {row['payable_fen']} with freight {row['freight_fen']}; its lines say"
            f" {row['goods']}, {row['discounts']}, {row['payables']}",
        )
        for row in await sql(TOTALS)
    ]


@check("orders.timeline")
async def an_order_is_where_its_timeline_ends() -> list[Finding]:
    return [
        Finding(
            "orders.timeline",
            f"order:{row['order_no']}",
            f"is {row['state']}, its timeline ends at {row['told']}",
        )
        for row in await sql(TIMELINE)
    ]


@check("orders.steps")
async def a_timeline_walks_by_the_table_of_moves() -> list[Finding]:
    here, names, there = zip(*[(a, name, b) for (a, name), b in MOVES.items()], strict=True)
    return [
        Finding(
            "orders.steps",
            f"order:{row['order_no']}",
            f"{row['action']} cannot lead from {row['before']} to {row['state']}",
        )
        for row in await sql(STEPS, list(here), list(names), list(there))
    ]


@check("orders.points")
async def an_order_spends_the_points_it_set_aside() -> list[Finding]:
    return [
        Finding(
            "orders.points",
            f"order:{row['order_no']}",
            f"spends {row['points_spent']} points, {row['held']} were set aside",
        )
        for row in await sql(POINTS)
    ]


@check("orders.uses")
async def a_coupon_or_deal_went_where_its_order_went() -> list[Finding]:
    return [
        Finding(
            "orders.uses",
            f"order:{row['order_no']} {row['kind']} {row['ref']}",
            f"is {row['state']}, its order {row['order_state']}",
        )
        for row in await sql(USES)
    ]


@check("orders.stock")
async def an_order_holds_and_moves_what_it_sold() -> list[Finding]:
    return [
        Finding(
            "orders.stock",
            f"order:{row['order_no']} sku:{row['sku_id']}",
            f"{row['ordered']} ordered, order {row['state']}, reservation {row['reservation']},"
            f" {row['moved']} moved, {row['returned']} returned",
        )
        for row in await sql(STOCK)
    ] + [
        Finding(
            "orders.stock",
            f"order:{row['order_no']} sku:{row['sku_id']}",
            "stock is reserved for an order that does not exist",
        )
        for row in await sql(STRANGERS)
    ]


@check("orders.money")
async def an_order_is_paid_what_its_payments_add_up_to() -> list[Finding]:
    return [
        Finding(
            "orders.money",
            f"order:{row['order_no']}",
            f"says {row['paid_fen']} fen were paid, it took {row['took']}",
        )
        for row in await sql(MONEY)
    ] + [
        Finding(
            "orders.money",
            f"order:{row['order_no']}",
            f"says {row['refunded_fen']} fen went back, {row['went']} did",
        )
        for row in await sql(BACK)
    ]


@check("orders.overdue")
async def no_order_waits_longer_than_it_may() -> list[Finding]:
    return [
        Finding(
            "orders.overdue",
            f"order:{row['order_no']}",
            f"was to be paid until {row['expires_at']:%Y-%m-%d %H:%M:%S} UTC and is still open",
        )
        for row in await sql(OVERDUE)
    ]
