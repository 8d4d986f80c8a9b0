"""The rules as planning asks for them: kept in the process for as long as their edition holds.

The edition is a random number that every write of terms, routes, tax classes or tax codes replaces.
It is read before what it names, so what is kept is never older than its name says; a copy of an old
edition is not used.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field

from core.database import sql
from invoicing.queries.terms import has_tax_codes, routes, short_names, tax_classes, terms_of
from invoicing.rules.matching import Route, TaxClass
from invoicing.rules.terms import Terms

EDITION = "SELECT coalesce((SELECT edition::text FROM invoicing_edition), '') AS edition"


@dataclass(slots=True)
class RuleBook:
    """One edition: its routes, and of the rest what was asked for so far."""

    edition: str
    routes: list[Route]
    has_tax_codes: bool
    terms: dict[int, Terms] = field(default_factory=dict)
    classes: dict[int, list[TaxClass]] = field(default_factory=dict)
    shorts: dict[str, str | None] = field(default_factory=dict)

    async def terms_of(self, tax_entity_id: int) -> Terms:
        if tax_entity_id not in self.terms:
            self.terms[tax_entity_id] = await terms_of(tax_entity_id)
        return self.terms[tax_entity_id]

    async def classes_of(self, tax_entity_id: int) -> list[TaxClass]:
        if tax_entity_id not in self.classes:
            self.classes[tax_entity_id] = await tax_classes(tax_entity_id)
        return self.classes[tax_entity_id]

    async def short_names(self, codes: Iterable[str]) -> dict[str, str]:
        """As `terms.short_names`."""
        wanted = set(codes)
        if new := wanted - self.shorts.keys():
            found = await short_names(sorted(new))
            self.shorts |= {code: found.get(code) for code in new}
        return {code: short for code in wanted if (short := self.shorts[code]) is not None}


_kept: list[RuleBook] = []


async def rule_book() -> RuleBook:
    """The rules as they stand now."""
    [row] = await sql(EDITION)
    edition = str(row["edition"])
    if _kept and _kept[0].edition == edition:
        return _kept[0]
    _kept[:] = [RuleBook(edition, await routes(), await has_tax_codes())]
    return _kept[0]
