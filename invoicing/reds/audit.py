"""What the auditor recomputes about red letters (safety checks 7 and 12). Read only."""

from core.audit import Finding, check
from core.database import sql
from invoicing.queries.blues import blues_of_sale
from invoicing.queries.sales import sale_of

CLAIMED = """
WITH live AS (
    SELECT letter.invoice_id, (line->>'line_no')::int AS line_no,
        (line->>'sale_id')::bigint AS sale_id, sum((line->>'incl_fen')::bigint) AS incl,
        sum((line->>'tax_fen')::bigint) AS tax, sum((line->>'quantity')::numeric) AS pieces
    FROM reds_letter AS letter CROSS JOIN LATERAL jsonb_array_elements(letter.lines) AS line
    WHERE letter.state <> 'withdrawn' GROUP BY 1, 2, 3
)
SELECT blue.blue_id, blue.line_no FROM reds_blue_line AS blue
LEFT JOIN live ON live.invoice_id = blue.blue_id AND live.line_no = blue.line_no
    AND live.sale_id = blue.sale_id
WHERE (blue.red_incl_fen, blue.red_tax_fen, blue.red_quantity)
    <> (coalesce(live.incl, 0), coalesce(live.tax, 0), coalesce(live.pieces, 0))
ORDER BY 1, 2
"""
BOOK = """
SELECT blue.id FROM reds_blue AS blue WHERE blue.red_fen
    <> (SELECT coalesce(sum(red_incl_fen), 0) FROM reds_blue_line WHERE blue_id = blue.id)
ORDER BY 1
"""
SUMS = """
SELECT id FROM reds_letter AS letter WHERE (incl_fen, tax_fen) <> (
    SELECT sum((line->>'incl_fen')::bigint), sum((line->>'tax_fen')::bigint)
    FROM jsonb_array_elements(letter.lines) AS line)
ORDER BY 1
"""
TAKEN = """
SELECT invoice.id, invoice.red_incl_fen, coalesce(sum(letter.incl_fen), 0)::bigint AS fen
FROM invoicing_invoice AS invoice
LEFT JOIN reds_letter AS letter ON letter.invoice_id = invoice.id AND letter.state = 'issued'
GROUP BY invoice.id HAVING invoice.red_incl_fen <> coalesce(sum(letter.incl_fen), 0) ORDER BY 1
"""
ALARMS = "SELECT id, alarm FROM reds_letter WHERE alarm <> '' ORDER BY id"
UNCLEAR = """
SELECT id, state FROM reds_letter
WHERE state IN ('sending', 'submitted', 'unknown') AND alarm = ''
    AND coalesce(sent_at, created_at) < now() - interval '25 hours' ORDER BY id
"""
NO_FILE = """
SELECT letter.id FROM reds_letter AS letter
LEFT JOIN reds_document AS document ON document.letter_id = letter.id
WHERE document.id IS NULL AND letter.state = 'issued'
    AND letter.ended_at < now() - interval '10 minutes' ORDER BY letter.id
"""
SALES = """
SELECT DISTINCT covered.sale_id FROM invoicing_covered AS covered
JOIN invoicing_request AS request ON request.id = covered.request_id
JOIN invoicing_invoice AS invoice ON invoice.request_id = request.id
WHERE NOT EXISTS (
    SELECT FROM reds_letter AS letter WHERE letter.sale_id = covered.sale_id
    AND letter.state NOT IN ('issued', 'withdrawn'))
ORDER BY 1
"""


@check("reds.claims_add_up")
async def claims_add_up() -> list[Finding]:
    """What is claimed of each line is what its live red letters say, and the book is their sum."""
    name = "reds.claims_add_up"
    return (
        [
            Finding(
                name, f"invoice:{row['blue_id']}", f"line {row['line_no']} is claimed otherwise"
            )
            for row in await sql(CLAIMED)
        ]
        + [Finding(name, f"invoice:{row['id']}", "its book is no sum") for row in await sql(BOOK)]
        + [Finding(name, f"red:{row['id']}", "does not add up") for row in await sql(SUMS)]
    )


@check("reds.taken_is_issued")
async def taken_is_issued() -> list[Finding]:
    """What an invoice has lost is what its issued red letters say."""
    return [
        Finding(
            "reds.taken_is_issued",
            f"invoice:{row['id']}",
            f"has lost {row['red_incl_fen']} fen, its red letters are {row['fen']}",
        )
        for row in await sql(TAKEN)
    ]


@check("reds.blue_minus_red_is_net")
async def blue_minus_red_is_net() -> list[Finding]:
    """No more is invoiced of a sale than is kept of its money, once no red letter is under way."""
    found = []
    for row in await sql(SALES):
        if text := await _too_much(row["sale_id"]):
            key = f"sale:{row['sale_id']}"
            found.append(Finding("reds.blue_minus_red_is_net", key, text))
    return found


async def _too_much(sale_id: int) -> str:
    covers = [one for blue in await blues_of_sale(sale_id) for one in blue.covers]
    net = sum(one.fen - one.red_fen for one in covers if one.sale_id == sale_id)
    kept = (await sale_of(sale_id)).kept_fen
    return f"invoiced {net} fen net of {kept} kept" if net > kept else ""


@check("reds.nothing_unclear")
async def nothing_unclear() -> list[Finding]:
    """What waits for a person is named; nothing is unclear for a day without having been named."""
    name = "reds.nothing_unclear"
    return [Finding(name, f"red:{row['id']}", row["alarm"]) for row in await sql(ALARMS)] + [
        Finding(name, f"red:{row['id']}", row["state"]) for row in await sql(UNCLEAR)
    ]


@check("reds.issued_have_files")
async def issued_have_files() -> list[Finding]:
    """Each red letter has its document."""
    return [
        Finding("reds.issued_have_files", f"red:{row['id']}", "has no document")
        for row in await sql(NO_FILE)
    ]
