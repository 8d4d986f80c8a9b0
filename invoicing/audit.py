"""What the auditor recomputes about invoices (safety checks 7 and 12). Read only."""

import asyncio
from typing import Any

from core.audit import Finding, check
from core.database import sql
from invoicing import archive
from invoicing.errors import SaleUnknown
from invoicing.queries.sales import sale_of
from trade.orders.errors import OrderNotFound

INVOICED = """
SELECT covered.sale_id, sum(covered.fen - covered.red_fen + CASE
    WHEN covered.sale_id = invoice.sale_id THEN invoice.incl_fen - request.incl_fen ELSE 0 END
    )::bigint AS fen
FROM invoicing_covered AS covered
JOIN invoicing_request AS request ON request.id = covered.request_id
JOIN invoicing_invoice AS invoice ON invoice.request_id = request.id
GROUP BY covered.sale_id ORDER BY covered.sale_id
"""
LIVENESS = """
SELECT covered.sale_id, covered.part FROM invoicing_covered AS covered
JOIN invoicing_request AS request ON request.id = covered.request_id
WHERE covered.is_live <> (request.state NOT IN ('refused', 'cancelled', 'expired', 'reversed'))
UNION
SELECT sale_id, part FROM invoicing_covered WHERE is_live
GROUP BY sale_id, part HAVING count(*) > 1
ORDER BY 1, 2
"""
UNCOVERED = """
SELECT request.id FROM invoicing_request AS request
WHERE state <> 'draft' AND incl_fen IS DISTINCT FROM (
    SELECT sum(fen)::bigint FROM invoicing_covered WHERE request_id = request.id)
    AND lines <> '[]'::jsonb
UNION
SELECT invoice.request_id FROM invoicing_invoice AS invoice
WHERE red_incl_fen <> (SELECT coalesce(sum(red_fen), 0)::bigint FROM invoicing_covered AS covered
                       WHERE covered.request_id = invoice.request_id)
ORDER BY 1
"""
NO_FILE = """
SELECT invoice.id FROM invoicing_invoice AS invoice
LEFT JOIN invoicing_document AS document ON document.invoice_id = invoice.id
WHERE document.id IS NULL AND invoice.issued_at < now() - interval '10 minutes'
ORDER BY invoice.id
"""
DOCUMENTS = """
SELECT id, format, sha256, size, row_number() OVER (ORDER BY id DESC) <= 500 AS is_new
FROM invoicing_document ORDER BY id
"""
NO_INVOICE = """
SELECT request.id FROM invoicing_request AS request
LEFT JOIN invoicing_invoice AS invoice ON invoice.request_id = request.id
WHERE (request.state IN ('issued', 'delivered', 'reversed')) <> (invoice.id IS NOT NULL)
ORDER BY request.id
"""
BAD_SUMS = """
SELECT id FROM invoicing_request AS request
WHERE ex_fen + tax_fen <> incl_fen
    OR incl_fen <> (SELECT sum((line->>'incl_fen')::bigint) FROM jsonb_array_elements(lines) line)
    OR tax_fen <> (SELECT sum((line->>'tax_fen')::bigint) FROM jsonb_array_elements(lines) line)
ORDER BY id
"""
ALARMS = """
SELECT 'request:' || id AS key, alarm FROM invoicing_request WHERE alarm <> ''
UNION ALL SELECT 'sale:' || id, alarm FROM invoicing_order WHERE alarm <> ''
UNION ALL SELECT 'stray:' || id, 'issued past us: ' || number FROM invoicing_stray
    WHERE settled_at IS NULL
ORDER BY 1
"""
UNCLEAR = """
SELECT id, state FROM invoicing_request
WHERE state IN ('sending', 'submitted', 'unknown') AND alarm = ''
    AND coalesce(sent_at, created_at) < now() - interval '25 hours' ORDER BY id
"""
UNSENT = """
SELECT id, state FROM invoicing_delivery
WHERE state IN ('queued', 'sending') AND created_at < now() - interval '24 hours' ORDER BY id
"""


@check("invoicing.not_more_than_paid")
async def not_more_than_paid() -> list[Finding]:
    """Net invoiced <= net paid, for every sale: invoices less what red letters took back.

    A refund that is under way is not counted yet: the red letter follows the money.
    """
    found = []
    for row in await sql(INVOICED):
        if text := await _too_much(row["sale_id"], row["fen"]):
            key = f"sale:{row['sale_id']}"
            found.append(Finding("invoicing.not_more_than_paid", key, text))
    return found


async def _too_much(sale_id: int, invoiced_fen: int) -> str:
    try:
        paid_fen = (await sale_of(sale_id)).kept_fen
    except (OrderNotFound, SaleUnknown):
        return "invoiced a sale that is not there"
    return f"invoiced {invoiced_fen} fen of {paid_fen}" if invoiced_fen > paid_fen else ""


@check("invoicing.one_live_request")
async def one_live_request() -> list[Finding]:
    """A sale, or a part of one, has one live request, and only live requests cover it."""
    return [
        Finding("invoicing.one_live_request", f"sale:{row['sale_id']}", "not one live request")
        for row in await sql(LIVENESS)
    ]


@check("invoicing.requests_add_up")
async def requests_add_up() -> list[Finding]:
    """Totals are the sums of the lines; issued requests have an invoice and others none."""
    name = "invoicing.requests_add_up"
    return (
        [Finding(name, f"request:{row['id']}", "does not add up") for row in await sql(BAD_SUMS)]
        + [
            Finding(name, f"request:{row['id']}", "state and invoice disagree")
            for row in await sql(NO_INVOICE)
        ]
        + [
            Finding(name, f"request:{row['id']}", "covers another amount of its sales")
            for row in await sql(UNCOVERED)
        ]
    )


@check("invoicing.issued_have_files")
async def issued_have_files() -> list[Finding]:
    """Each invoice has its document."""
    return [
        Finding("invoicing.issued_have_files", f"invoice:{row['id']}", "has no document")
        for row in await sql(NO_FILE)
    ]


@check("invoicing.nothing_unclear")
async def nothing_unclear() -> list[Finding]:
    """What waits for a person is named; nothing is unclear for a day without having been named."""
    name = "invoicing.nothing_unclear"
    return (
        [Finding(name, row["key"], row["alarm"]) for row in await sql(ALARMS)]
        + [Finding(name, f"request:{row['id']}", row["state"]) for row in await sql(UNCLEAR)]
        + [Finding(name, f"delivery:{row['id']}", row["state"]) for row in await sql(UNSENT)]
    )


@check("invoicing.archive_is_whole")
async def archive_is_whole() -> list[Finding]:
    """Each file of an invoice lies in the archive; of the newest the bytes are the kept ones."""
    rows = await sql(DOCUMENTS)
    lost = await asyncio.to_thread(_lost, rows)
    return [
        Finding("invoicing.archive_is_whole", f"document:{row['id']}", "gone or changed")
        for row in lost
    ]


def _lost(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [
        row
        for row in rows
        if not archive.is_whole(row["sha256"], row["format"], row["size"], reads=row["is_new"])
    ]
