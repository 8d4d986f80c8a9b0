"""Which goods stand behind the refunds of an order: pieces that came back, or never left."""

from core.database import sql

# A return whose money went in several steps does not say which pieces each step was for.
BEHIND = """
SELECT no.refund_no, line.line_id,
    (CASE WHEN line.received > 0 THEN line.received ELSE line.quantity END)::bigint AS pieces
FROM fulfilment_return AS c
JOIN fulfilment_return_money AS money ON money.case_id = c.id
JOIN fulfilment_return_line AS line ON line.case_id = c.id
CROSS JOIN LATERAL jsonb_array_elements_text(money.refund_nos) AS no (refund_no)
WHERE c.order_id = $1 AND NOT EXISTS (
    SELECT FROM fulfilment_return_money AS other
    WHERE other.case_id = c.id AND other.id <> money.id)
UNION ALL
SELECT refund_no, line_id, sum(quantity)::bigint FROM fulfilment_refusal
WHERE order_id = $1 AND refund_no IS NOT NULL GROUP BY 1, 2
"""


async def pieces_behind(order_id: int) -> dict[str, dict[int, int]]:
    """Pieces of order lines by the number of the refund that was given for them.

    Refunds without goods, and those of a return paid back in several steps, are not in it.
    """
    found: dict[str, dict[int, int]] = {}
    for row in await sql(BEHIND, order_id):
        found.setdefault(row["refund_no"], {})[row["line_id"]] = row["pieces"]
    return found
