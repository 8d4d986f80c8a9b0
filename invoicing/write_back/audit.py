"""What the auditor recomputes about the write-back. Read only."""

from core.audit import Finding, check
from core.database import sql

UNTOLD = """
SELECT 'invoice:' || invoice.id AS key FROM invoicing_invoice AS invoice
LEFT JOIN write_back_version AS v ON v.colour = 'blue' AND v.source_id = invoice.id
    AND v.state = 'issued'
WHERE v.id IS NULL AND invoice.issued_at < now() - interval '10 minutes'
UNION ALL
SELECT 'red:' || letter.id FROM reds_letter AS letter
LEFT JOIN write_back_version AS v ON v.colour = 'red' AND v.source_id = letter.id
WHERE v.id IS NULL AND letter.state = 'issued' AND letter.ended_at < now() - interval '10 minutes'
ORDER BY 1
"""
HOLES = """
SELECT count(number) AS n, coalesce(max(number), 0) AS top FROM write_back_version
HAVING count(number) <> coalesce(max(number), 0)
"""
LATE = """
SELECT id FROM write_back_version
WHERE number IS NULL AND at < now() - interval '10 minutes' ORDER BY id
"""


@check("write_back.everything_is_told")
async def everything_is_told() -> list[Finding]:
    """Each invoice and each red letter has its version."""
    return [
        Finding("write_back.everything_is_told", row["key"], "the ERP was told nothing")
        for row in await sql(UNTOLD)
    ]


@check("write_back.one_order")
async def one_order() -> list[Finding]:
    """Numbers are 1 to the last one, each once, and none is missing for long."""
    name = "write_back.one_order"
    return [
        Finding(name, "numbers", f"{row['n']} up to {row['top']}") for row in await sql(HOLES)
    ] + [Finding(name, f"version:{row['id']}", "has no number") for row in await sql(LATE)]
