"""The books of what is claimed of blue invoices: locked, counted up, and given back."""

from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any

from core.database import sql
from invoicing.queries.blues import BlueView
from invoicing.reds.models import RedBlueLine
from invoicing.reds.rules.amounts import BlueLine, Take, folded

KNOW = "INSERT INTO reds_blue (id, incl_fen) VALUES ($1, $2) ON CONFLICT (id) DO NOTHING"
KNOW_LINE = """
INSERT INTO reds_blue_line (blue_id, line_no, sale_id, quantity, incl_fen, tax_fen)
VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (blue_id, line_no, sale_id) DO NOTHING
"""
LOCK = "SELECT id FROM reds_blue WHERE id = ANY($1::bigint[]) ORDER BY id FOR UPDATE"
CLAIM = "UPDATE reds_blue SET red_fen = red_fen + $2 WHERE id = $1"
CLAIM_LINE = """
UPDATE reds_blue_line SET red_quantity = red_quantity + $4, red_incl_fen = red_incl_fen + $5,
    red_tax_fen = red_tax_fen + $6
WHERE blue_id = $1 AND line_no = $2 AND sale_id = $3
"""


async def locked_lines(blues: Sequence[BlueView]) -> list[BlueLine]:
    """The lines of these invoices with what is claimed of them; nobody else claims meanwhile."""
    lines = [line for blue in blues for line in folded(blue.id, blue.sale_id, blue.lines)]
    ids = sorted(blue.id for blue in blues)
    for blue in sorted(blues, key=lambda one: one.id):
        await sql(KNOW, blue.id, blue.incl_fen)
    await sql(LOCK, ids)
    known = {row.blue_id for row in await RedBlueLine.filter(blue_id__in=ids)}
    for line in lines:
        if line.invoice_id not in known:
            amounts = (line.quantity, line.incl_fen, line.tax_fen)
            await sql(KNOW_LINE, *line.place, *amounts)
    return await _counted(lines, ids)


async def _counted(lines: Iterable[BlueLine], ids: Sequence[int]) -> list[BlueLine]:
    rows = await RedBlueLine.filter(blue_id__in=list(ids))
    claimed = {(row.blue_id, row.line_no, row.sale_id): row for row in rows}
    return [_with(line, claimed[line.place]) for line in lines]


def _with(line: BlueLine, row: RedBlueLine) -> BlueLine:
    names = [name for name in BlueLine.__slots__ if not name.startswith("red_")]
    return BlueLine(
        **{name: getattr(line, name) for name in names},
        red_quantity=row.red_quantity,
        red_incl_fen=row.red_incl_fen,
        red_tax_fen=row.red_tax_fen,
    )


async def claim(takes: Iterable[Take]) -> None:
    """Count takes against their invoices; the database refuses more than there is."""
    for take in takes:
        await _count(take.line.place, take.quantity, take.incl_fen, take.tax_fen)


async def give_back(invoice_id: int, lines: Iterable[dict[str, Any]]) -> None:
    """What a red letter that will not be had claimed is free again."""
    await sql(LOCK, [invoice_id])
    for line in lines:
        place = (invoice_id, line["line_no"], line["sale_id"])
        await _count(place, -Decimal(line["quantity"]), -line["incl_fen"], -line["tax_fen"])


async def _count(place: tuple[int, int, int], quantity: Decimal, incl: int, tax: int) -> None:
    await sql(CLAIM, place[0], incl)
    await sql(CLAIM_LINE, *place, quantity, incl, tax)
