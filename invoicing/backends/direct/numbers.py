"""Numbers drawn from the bureau before they are used (预赋码): one for each request, for good.

Our own table so knows what may have been issued: a request without a number was never sent.
"""

from core.database import sql

KNOWN = """
SELECT number FROM backends_number WHERE account_id = $1 AND tax_no = $2 AND request_no = $3
"""
TAKE = """
UPDATE backends_number SET request_no = $3
WHERE id = (
    SELECT id FROM backends_number
    WHERE account_id = $1 AND tax_no = $2 AND request_no IS NULL
    ORDER BY number LIMIT 1 FOR UPDATE SKIP LOCKED
)
    AND NOT EXISTS (
        SELECT 1 FROM backends_number WHERE account_id = $1 AND tax_no = $2 AND request_no = $3
    )
RETURNING number
"""
KEEP = """
INSERT INTO backends_number (account_id, tax_no, number)
SELECT $1, $2, number FROM unnest($3::text[]) AS number ON CONFLICT (number) DO NOTHING
RETURNING number
"""
LEFT = """
SELECT count(*) AS free FROM backends_number
WHERE account_id = $1 AND tax_no = $2 AND request_no IS NULL
"""


async def number_for(account_id: int, tax_no: str, request_no: str) -> str | None:
    """The number of this request, the same each time; None when none is left to give."""
    if known := await known_number(account_id, tax_no, request_no):
        return known
    for row in await sql(TAKE, account_id, tax_no, request_no):
        return str(row["number"])
    return await known_number(account_id, tax_no, request_no)  # given to it a moment ago, or none


async def known_number(account_id: int, tax_no: str, request_no: str) -> str | None:
    for row in await sql(KNOWN, account_id, tax_no, request_no):
        return str(row["number"])
    return None


async def keep(account_id: int, tax_no: str, numbers: list[str]) -> None:
    """Numbers that the bureau gave us; known ones are left as they are."""
    await sql(KEEP, account_id, tax_no, numbers)


async def left(account_id: int, tax_no: str) -> int:
    [row] = await sql(LEFT, account_id, tax_no)
    return int(row["free"])
