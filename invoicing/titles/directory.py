"""The directory of companies: what we invoiced before, and what the provider's register knows."""

from collections.abc import Sequence
from datetime import timedelta

from core import clock
from core.database import sql, use_case
from invoicing.rules.tax_numbers import normalise
from invoicing.titles import gateway
from invoicing.titles.errors import CompanyUnknown
from invoicing.titles.models import Company, Counted, Looked
from invoicing.titles.queries import CompanyView, companies_like
from invoicing.titles.rules import (
    ASK_AGAIN_DAYS,
    KNOWN_AFTER,
    SUGGESTED,
    Source,
    is_searchable,
    may_be_listed,
    name_key,
)

COUNT = """
INSERT INTO titles_company AS c (title, name_key, tax_no, source, times, seen_at)
VALUES ($1, $2, $3, 'invoices', 1, $4)
ON CONFLICT (tax_no, name_key) DO UPDATE SET times = c.times + 1, seen_at = excluded.seen_at
RETURNING id
"""
NAME = """
INSERT INTO titles_company (title, name_key, tax_no, speed_code, source, times, seen_at)
SELECT title, key, '', code, 'provider', 0, $4
FROM unnest($1::text[], $2::text[], $3::text[]) AS named (title, key, code)
WHERE NOT EXISTS (SELECT FROM titles_company AS c WHERE c.name_key = key AND c.source = 'provider')
ON CONFLICT DO NOTHING
RETURNING id
"""


@use_case
async def count_invoice(*, invoice_id: int, title: str, tax_no: str) -> None:
    """A company was invoiced; each invoice counts once. What is no credit code is not listed."""
    if not may_be_listed(tax_no):
        return
    _, is_new = await Counted.get_or_create(invoice_id=invoice_id)
    if is_new:
        await sql(COUNT, title, name_key(title), tax_no, clock.now())


async def suggest(text: str, *, seller_tax_no: str) -> list[CompanyView]:
    """Companies whose name begins so: ours first, filled up from the provider's register.

    Dials out when the prefix is new, and answers what is known when nobody answers in time.
    """
    if not is_searchable(text):
        return []
    found = await companies_like(text)
    if len(found) < SUGGESTED and await _is_to_be_asked(text):
        named = await gateway.names(text.strip(), seller_tax_no=seller_tax_no)
        if named is not None:
            await _note_names(text, named)
            found = await companies_like(text)
    return found


async def _is_to_be_asked(text: str) -> bool:
    fresh = clock.now() - timedelta(days=ASK_AGAIN_DAYS)
    return not await Looked.filter(name_key=name_key(text), asked_at__gte=fresh).exists()


@use_case
async def _note_names(text: str, named: Sequence[gateway.Named]) -> None:
    titles, keys = [one.title for one in named], [name_key(one.title) for one in named]
    await sql(NAME, titles, keys, [one.speed_code for one in named], clock.now())
    await Looked.update_or_create({"asked_at": clock.now()}, name_key=name_key(text))


async def company_named(title: str, *, seller_tax_no: str) -> CompanyView:
    """The company somebody chose, with its number. Dials out when the number is not known yet.

    Raises CompanyUnknown when nobody knows it: the guest types the number.
    """
    rows = await Company.filter(name_key=name_key(title)).order_by("-times", "-tax_no", "id")
    known = [row for row in rows if row.tax_no and _may_be_said(row)]
    if known:
        return CompanyView(known[0].title, known[0].tax_no)
    asked = next((row for row in rows if row.speed_code), None)
    if asked is None or asked.speed_code is None:
        raise CompanyUnknown
    number = await gateway.number(asked.speed_code, seller_tax_no=seller_tax_no)
    tax_no = normalise(number or "")
    if not may_be_listed(tax_no):
        raise CompanyUnknown
    await _note_number(asked.id, tax_no)
    return CompanyView(asked.title, tax_no)


def _may_be_said(row: Company) -> bool:
    return row.source is Source.PROVIDER or row.times >= KNOWN_AFTER


@use_case
async def _note_number(company_id: int, tax_no: str) -> None:
    """Where our invoices know the same company, the provider's word makes that row certain."""
    row = await Company.filter(id=company_id).select_for_update().get()
    same = Company.filter(tax_no=tax_no, name_key=row.name_key).exclude(id=row.id)
    if await same.exists():
        code = row.speed_code
        await row.delete()
        await same.update(source=Source.PROVIDER, speed_code=code)
    else:
        row.tax_no = tax_no
        await row.save(update_fields=["tax_no"])
