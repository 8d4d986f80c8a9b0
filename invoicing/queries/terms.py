"""The seller's rules as they stand: terms, routes, tax classes. The most special row counts."""

import json
from dataclasses import dataclass, fields
from datetime import datetime
from functools import lru_cache

from core.database import sql
from invoicing.models import Route, Stray, TaxClass, TaxCode
from invoicing.rules import matching
from invoicing.rules.terms import Terms as TermsView

NAMES = frozenset(field.name for field in fields(TermsView))


TERMS = """
SELECT rules::text AS rules FROM invoicing_terms
WHERE tax_entity_id IS NULL OR tax_entity_id = $1 ORDER BY tax_entity_id NULLS FIRST
"""


async def terms_of(tax_entity_id: int | None) -> TermsView:
    """How this seller invoices: its own row over the one for all over what the house says."""
    return terms_in(*[row["rules"] for row in await sql(TERMS, tax_entity_id)])


@lru_cache(maxsize=4096)
def terms_in(*rows: str) -> TermsView:
    """For this room's own files: terms out of the texts of their rows, the own one last."""
    texts = [json.loads(row) for row in rows]
    said = {name: value for row in texts for name, value in row.items() if name in NAMES}
    if "not_invoiced" in said:
        said["not_invoiced"] = tuple(said["not_invoiced"])
    return TermsView(**said)


async def routes() -> list[matching.Route]:
    return [
        matching.Route(
            row.id, row.store_id, row.pattern, row.valid_from, row.valid_until, row.tax_entity_id
        )
        for row in await Route.all().order_by("id")
    ]


async def tax_classes(tax_entity_id: int) -> list[matching.TaxClass]:
    return [
        matching.TaxClass(
            row.id,
            row.store_id,
            row.pattern,
            row.valid_from,
            row.valid_until,
            row.tax_code,
            row.tax_bp,
            row.policy,
            row.short_name,
            row.label,
        )
        for row in await TaxClass.filter(tax_entity_id=tax_entity_id).order_by("id")
    ]


async def short_names(codes: list[str]) -> dict[str, str]:
    """Of the codes that the bureau's table knows as leaves."""
    rows = await TaxCode.filter(code__in=codes, is_leaf=True)
    return {row.code: row.short_name for row in rows}


async def has_tax_codes() -> bool:
    """Whether the bureau's table was loaded: only then a code can be said to be none."""
    return await TaxCode.all().exists()


@dataclass(frozen=True, slots=True)
class StrayView:
    """An invoice that only the backend knows, until somebody says what it is."""

    id: int
    tax_entity_id: int
    number: str
    code: str
    request_no: str
    issued_at: datetime
    incl_fen: int


async def strays() -> tuple[StrayView, ...]:
    """What nobody has settled yet, the newest first, at most 200."""
    rows = await Stray.filter(settled_at=None).order_by("-issued_at").limit(200)
    return tuple(
        StrayView(
            row.id,
            row.tax_entity_id,
            row.number,
            row.code,
            row.request_no,
            row.issued_at,
            row.incl_fen,
        )
        for row in rows
    )
