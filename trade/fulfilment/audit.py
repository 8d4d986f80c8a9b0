"""The auditor's view of the work of stores, of parcels and of returns.

It reads other rooms' tables as they stand, so that it shares no error with the code that wrote
them. News of the last ten minutes may be on its way.
"""

from collections.abc import Sequence

from core.audit import Finding, check
from core.database import sql

MISSING = """
SELECT o.order_no, o.state, task.state AS task FROM orders_order AS o
LEFT JOIN LATERAL (
    SELECT state FROM fulfilment_store_task WHERE order_id = o.id
    ORDER BY round DESC LIMIT 1
) AS task ON true
WHERE coalesce(o.closed_at, o.paid_at) < now() - interval '10 minutes'
    AND o.delivery <> 'taken'
    AND ((o.state = 'paid' AND task.state IS NULL)
        OR (o.state = 'paid' AND task.state = 'cancelled')
        OR (o.close_reason = 'refunded'
            AND task.state IN ('open', 'accepted', 'picked', 'ready')))
ORDER BY 1
"""

# What tasks say has gone is what is in shipments; and a line is asked for no more than was bought.
PIECES = """
SELECT o.order_no, line.id AS line_id, line.quantity AS ordered,
    coalesce(asked.gone, 0) AS gone, coalesce(sent.pieces, 0) AS sent
FROM orders_line AS line JOIN orders_order AS o ON o.id = line.order_id
LEFT JOIN (
    SELECT line_id, sum(gone)::bigint AS gone, sum(quantity - refused)::bigint AS asked
    FROM fulfilment_task_line GROUP BY 1
) AS asked ON asked.line_id = line.id
LEFT JOIN (
    SELECT own.line_id, sum(own.quantity)::bigint AS pieces
    FROM fulfilment_shipment_line AS own JOIN fulfilment_shipment AS s ON s.id = own.shipment_id
    WHERE s.state <> 'called_off' GROUP BY 1
) AS sent ON sent.line_id = line.id
WHERE coalesce(asked.gone, 0) <> coalesce(sent.pieces, 0)
    OR coalesce(sent.pieces, 0) > line.quantity OR coalesce(asked.asked, 0) > line.quantity
ORDER BY 1, 2
"""

# Shipped or done with nothing gone; or paid though everything left.
STATES = """
SELECT o.order_no, o.state, sum(line.gone)::bigint AS gone,
    sum(line.quantity - line.gone - line.refused)
        FILTER (WHERE task.state <> 'cancelled')::bigint AS staying
FROM orders_order AS o JOIN fulfilment_store_task AS task ON task.order_id = o.id
JOIN fulfilment_task_line AS line ON line.task_id = task.id
WHERE o.state IN ('paid', 'shipped', 'done')
    AND NOT EXISTS (SELECT FROM fulfilment_shipment
        WHERE order_id = o.id AND state = 'called')
GROUP BY o.id
HAVING (o.state = 'paid' AND sum(line.gone) > 0 AND coalesce(sum(line.quantity - line.gone
        - line.refused) FILTER (WHERE task.state <> 'cancelled'), 0) = 0)
    OR (o.state <> 'paid' AND (sum(line.gone) = 0 OR coalesce(sum(line.quantity - line.gone
        - line.refused) FILTER (WHERE task.state <> 'cancelled'), 0) > 0))
ORDER BY 1
"""

# What is claimed of a line: by refusals that were paid back, and by returns.
CLAIMED = """
SELECT back.id AS line_id, back.refused, back.returned, back.worth_fen,
    coalesce(came.pieces, 0) AS announced, coalesce(no.pieces, 0) AS given_up,
    coalesce(came.fen, 0) AS fen
FROM fulfilment_line_back AS back
LEFT JOIN (
    SELECT line_id, sum(own.quantity)::bigint AS pieces, sum(own.worth_fen)::bigint AS fen
    FROM fulfilment_return_line AS own JOIN fulfilment_return AS c ON c.id = own.case_id
    WHERE c.state <> 'withdrawn' GROUP BY 1
) AS came ON came.line_id = back.id
LEFT JOIN (
    SELECT line_id, sum(quantity)::bigint AS pieces FROM fulfilment_refusal
    WHERE next_task_id IS NULL GROUP BY 1
) AS no ON no.line_id = back.id
LEFT JOIN orders_line AS line ON line.id = back.id
WHERE back.returned <> coalesce(came.pieces, 0) OR back.refused <> coalesce(no.pieces, 0)
    OR back.pieces IS DISTINCT FROM line.quantity
    OR back.payable_fen IS DISTINCT FROM line.payable_fen
    OR back.worth_fen <> back.payable_fen * (back.refused + back.returned) / back.pieces
    OR (back.refused = 0 AND back.worth_fen <> coalesce(came.fen, 0))
ORDER BY 1
"""

ARRIVED = """
SELECT c.return_no, line.line_id, line.received, coalesce(sum(own.quantity), 0)::bigint AS arrived
FROM fulfilment_return_line AS line JOIN fulfilment_return AS c ON c.id = line.case_id
LEFT JOIN fulfilment_returned_pieces AS own
    ON own.case_id = line.case_id AND own.line_id = line.line_id
GROUP BY c.return_no, line.id HAVING line.received <> coalesce(sum(own.quantity), 0)
ORDER BY 1, 2
"""

RETURN_WORTH = """
SELECT c.return_no, c.worth_fen, c.asked_fen, coalesce(line.fen, 0) AS lines,
    coalesce(money.fen, 0) AS asked
FROM fulfilment_return AS c
LEFT JOIN (SELECT case_id, sum(worth_fen)::bigint AS fen FROM fulfilment_return_line GROUP BY 1)
    AS line ON line.case_id = c.id
LEFT JOIN (SELECT case_id, sum(amount_fen)::bigint AS fen FROM fulfilment_return_money GROUP BY 1)
    AS money ON money.case_id = c.id
WHERE c.worth_fen <> coalesce(line.fen, 0) OR c.asked_fen <> coalesce(money.fen, 0)
ORDER BY 1
"""

DECIDED = """
SELECT own.id, own.quantity, own.disposed, coalesce(sum(d.quantity), 0)::bigint AS decided
FROM fulfilment_returned_pieces AS own
LEFT JOIN fulfilment_disposition AS d ON d.pieces_id = own.id
GROUP BY own.id HAVING own.disposed <> coalesce(sum(d.quantity), 0) ORDER BY 1
"""

# Each receipt and each disposition that was put away is a movement of stock, and the other way.
# A kit moves as its parts.
MOVED = """
WITH items AS (
    SELECT own.id, own.store_id, own.quantity, part.sku_id, part.each
    FROM fulfilment_returned_pieces AS own JOIN orders_line AS line ON line.id = own.line_id
    CROSS JOIN LATERAL (
        SELECT (piece->>0)::bigint AS sku_id, (piece->>1)::bigint AS each
        FROM jsonb_array_elements(line.parts) AS piece
        UNION ALL SELECT line.sku_id, 1 WHERE jsonb_array_length(line.parts) = 0
    ) AS part WHERE part.each > 0
), wanted AS (
    SELECT 'return:' || id || ':' || sku_id AS cause, sku_id, store_id, quantity * each AS units
    FROM items
    UNION ALL
    SELECT 'disposition:' || d.id || ':' || sku_id || ':' || d.what, sku_id, items.store_id,
        -d.quantity * each
    FROM items JOIN fulfilment_disposition AS d ON d.pieces_id = items.id
    WHERE d.put_away_at IS NOT NULL
), found AS (
    SELECT cause, sku_id, store_id, quantity AS units FROM stock_movement
    WHERE place = 'returns' AND (cause LIKE 'return:%' OR cause LIKE 'disposition:%')
)
SELECT coalesce(wanted.cause, found.cause) AS cause, wanted.units AS wanted, found.units AS found
FROM wanted FULL JOIN found USING (cause)
WHERE (wanted.sku_id, wanted.store_id, wanted.units)
    IS DISTINCT FROM (found.sku_id, found.store_id, found.units)
ORDER BY 1
"""

# Money that was allowed is refunds of payments, fen for fen; what waits is none yet.
MONEY = """
SELECT 'return:' || m.id AS name, m.state, m.amount_fen,
    coalesce(sum(r.amount_fen), 0)::bigint AS refunds
FROM fulfilment_return_money AS m JOIN fulfilment_return AS c ON c.id = m.case_id
LEFT JOIN payments_refund AS r ON r.batch_key = 'order:' || c.order_id || ':return:' || m.id
GROUP BY m.id
HAVING coalesce(sum(r.amount_fen), 0)
        <> CASE WHEN m.state = 'waiting' THEN 0 ELSE m.amount_fen END
    OR (m.state = 'settled' AND bool_or(r.state IS DISTINCT FROM 'settled'))
UNION ALL
SELECT 'refused:' || no.id, 'refused', no.refund_fen, coalesce(sum(r.amount_fen), 0)::bigint
FROM fulfilment_refusal AS no
LEFT JOIN payments_refund AS r
    ON r.batch_key = 'order:' || no.order_id || ':refused:' || no.id
GROUP BY no.id HAVING coalesce(sum(r.amount_fen), 0) <> no.refund_fen
ORDER BY 1
"""


async def _found(name: str, query: str, subject: Sequence[str]) -> list[Finding]:
    """One finding a row: named by `subject`, told by all its columns."""
    return [
        Finding(
            name,
            " ".join(f"{column}:{row[column]}" for column in subject),
            ", ".join(f"{column} {value}" for column, value in row.items()),
        )
        for row in await sql(query)
    ]


@check("fulfilment.tasks")
async def a_paid_order_is_a_task_and_a_refunded_one_is_not() -> list[Finding]:
    return [
        Finding(
            "fulfilment.tasks",
            f"order:{row['order_no']}",
            f"the order is {row['state']}, its task is {row['task']}",
        )
        for row in await sql(MISSING)
    ]


NAMED = """
SELECT what, key, order_no FROM (
    SELECT 'task' AS what, public_id AS key, order_id, order_no FROM fulfilment_store_task
    UNION ALL SELECT 'shipment', shipment_no, order_id, order_no FROM fulfilment_shipment
    UNION ALL SELECT 'return', return_no, order_id, order_no FROM fulfilment_return
) AS row
WHERE NOT EXISTS (SELECT FROM orders_order AS o
    WHERE o.id = row.order_id AND o.order_no = row.order_no)
UNION ALL
SELECT 'task line', id::text, NULL FROM fulfilment_task_line AS line
WHERE NOT EXISTS (SELECT FROM fulfilment_store_task WHERE id = line.task_id)
ORDER BY 1, 2
"""


@check("fulfilment.named")
async def all_work_is_for_an_order_and_names_it() -> list[Finding]:
    return await _found("fulfilment.named", NAMED, ["what", "key"])


@check("fulfilment.pieces")
async def what_left_is_what_was_asked_for_and_no_more_than_was_ordered() -> list[Finding]:
    return await _found("fulfilment.pieces", PIECES, ["order_no", "line_id"])


@check("fulfilment.states")
async def an_order_is_shipped_when_its_last_piece_left() -> list[Finding]:
    return await _found("fulfilment.states", STATES, ["order_no"])


@check("fulfilment.claimed")
async def no_piece_and_no_fen_of_a_line_is_given_back_twice() -> list[Finding]:
    return await _found("fulfilment.claimed", CLAIMED, ["line_id"])


@check("fulfilment.received")
async def what_a_return_counts_as_received_has_arrived() -> list[Finding]:
    return await _found("fulfilment.received", ARRIVED, ["return_no", "line_id"])


@check("fulfilment.worth")
async def a_return_is_worth_what_its_lines_are() -> list[Finding]:
    return await _found("fulfilment.worth", RETURN_WORTH, ["return_no"])


@check("fulfilment.decided")
async def a_piece_has_one_fate() -> list[Finding]:
    return await _found("fulfilment.decided", DECIDED, ["id"])


@check("fulfilment.moved")
async def goods_that_came_back_are_in_the_books_of_their_store() -> list[Finding]:
    return await _found("fulfilment.moved", MOVED, ["cause"])


@check("fulfilment.money")
async def the_money_of_returns_is_refunds() -> list[Finding]:
    return await _found("fulfilment.money", MONEY, ["name"])
