"""What the auditor recomputes about invoices (safety checks 7 and 12). Read only."""

from core.audit import Finding, check
from core.database import sql
from invoicing.queries.codes import net_paid_fen
from trade.orders.errors import OrderNotFound
from trade.orders.queries import order_of

INVOICED = """
SELECT order_id, sum(incl_fen)::bigint AS fen FROM invoicing_invoice GROUP BY order_id
ORDER BY order_id
"""
TWO_LIVE = """
SELECT order_id, part FROM invoicing_request
WHERE state NOT IN ('refused', 'cancelled', 'expired')
GROUP BY order_id, part HAVING count(*) > 1 ORDER BY order_id
"""
NO_FILE = """
SELECT invoice.id FROM invoicing_invoice AS invoice
LEFT JOIN invoicing_document AS document ON document.invoice_id = invoice.id
WHERE document.id IS NULL AND invoice.issued_at < now() - interval '10 minutes'
ORDER BY invoice.id
"""
NO_INVOICE = """
SELECT request.id FROM invoicing_request AS request
LEFT JOIN invoicing_invoice AS invoice ON invoice.request_id = request.id
WHERE (request.state IN ('issued', 'delivered')) <> (invoice.id IS NOT NULL) ORDER BY request.id
"""
BAD_SUMS = """
SELECT id FROM invoicing_request AS request
WHERE ex_fen + tax_fen <> incl_fen
    OR incl_fen <> (SELECT sum((line->>'incl_fen')::bigint) FROM jsonb_array_elements(lines) line)
    OR tax_fen <> (SELECT sum((line->>'tax_fen')::bigint) FROM jsonb_array_elements(lines) line)
ORDER BY id
"""
ALARMS = "SELECT id, alarm FROM invoicing_request WHERE alarm <> '' ORDER BY id"
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
    """Net invoiced <= net paid, for every order."""
    found = []
    for row in await sql(INVOICED):
        if text := await _too_much(row["order_id"], row["fen"]):
            key = f"order:{row['order_id']}"
            found.append(Finding("invoicing.not_more_than_paid", key, text))
    return found


async def _too_much(order_id: int, invoiced_fen: int) -> str:
    try:
        paid_fen = await net_paid_fen(await order_of(order_id))
    except OrderNotFound:
        return "invoiced an order that is not there"
    return f"invoiced {invoiced_fen} fen of {paid_fen}" if invoiced_fen > paid_fen else ""


@check("invoicing.one_live_request")
async def one_live_request() -> list[Finding]:
    """An order, or a part of one, has one live request."""
    return [
        Finding("invoicing.one_live_request", f"order:{row['order_id']}", "several live requests")
        for row in await sql(TWO_LIVE)
    ]


@check("invoicing.requests_add_up")
async def requests_add_up() -> list[Finding]:
    """Totals are the sums of the lines; issued requests have an invoice and others none."""
    name = "invoicing.requests_add_up"
    return [
        Finding(name, f"request:{row['id']}", "does not add up") for row in await sql(BAD_SUMS)
    ] + [
        Finding(name, f"request:{row['id']}", "state and invoice disagree")
        for row in await sql(NO_INVOICE)
    ]


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
        [Finding(name, f"request:{row['id']}", row["alarm"]) for row in await sql(ALARMS)]
        + [Finding(name, f"request:{row['id']}", row["state"]) for row in await sql(UNCLEAR)]
        + [Finding(name, f"delivery:{row['id']}", row["state"]) for row in await sql(UNSENT)]
    )
