"""What must always be true of boxes and their papers."""

from core.audit import Finding, check
from core.database import sql

LOOSE = """
SELECT c.serial, b.id AS box_id FROM boxes_certificate AS c JOIN boxes_box AS b ON b.id = c.box_id
WHERE c.ended_at IS NULL AND b.state IN ('retired', 'revoked') ORDER BY 1
"""
THREE = """
SELECT box_id, count(*) AS n FROM boxes_certificate WHERE ended_at IS NULL
GROUP BY 1 HAVING count(*) > 2 ORDER BY 1
"""
REFUNDED = """
SELECT s.id, s.due_fen, sum(-r.due_fen) AS back
FROM boxes_paper AS s JOIN boxes_paper AS r ON r.origin_id = s.id
WHERE r.state IN ('read', 'typed') AND s.kind = 'sale'
GROUP BY s.id HAVING sum(-r.due_fen) > s.due_fen ORDER BY 1
"""


@check("boxes.certificates")
async def who_is_out_has_no_certificate() -> list[Finding]:
    """A box that was ended opens nothing, and none has more than two certificates."""
    return [
        *(
            Finding("boxes.certificates", f"box:{row['box_id']}", f"ended, {row['serial']} is not")
            for row in await sql(LOOSE)
        ),
        *(
            Finding("boxes.certificates", f"box:{row['box_id']}", f"has {row['n']} certificates")
            for row in await sql(THREE)
        ),
    ]


@check("boxes.refunds")
async def no_sale_is_taken_back_twice() -> list[Finding]:
    """Refunds of a sale that boxes read are not more than the sale."""
    return [
        Finding(
            "boxes.refunds",
            f"paper:{row['id']}",
            f"refunds of {row['back']} fen for a sale of {row['due_fen']} fen",
        )
        for row in await sql(REFUNDED)
    ]
