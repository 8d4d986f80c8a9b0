"""Rules kept in the process are never older than the last write of any of their tables."""

from collections.abc import Awaitable, Callable
from datetime import date

import pytest
from tortoise.models import Model

from invoicing.models import Route, TaxClass, TaxCode, Terms
from invoicing.queries.rulebook import rule_book

pytestmark = pytest.mark.usefixtures("db")

DAY = date(2026, 1, 1)
CODE = "1040201990000000000"


async def _terms() -> Model:
    return await Terms.create(tax_entity_id=7, rules={"window_days": 30})


async def _route() -> Model:
    return await Route.create(tax_entity_id=7, valid_from=DAY)


async def _tax_class() -> Model:
    return await TaxClass.create(tax_entity_id=7, tax_code=CODE, valid_from=DAY)


async def _tax_code() -> Model:
    return await TaxCode.create(code=CODE, name="围巾", short_name="服装", version="1")


@pytest.mark.parametrize("write", [_terms, _route, _tax_class, _tax_code])
async def test_what_was_kept_is_used_until_a_rule_is_written_or_removed(
    write: Callable[[], Awaitable[Model]],
) -> None:
    before = await rule_book()
    again = await rule_book()
    row = await write()
    written = await rule_book()
    await row.delete()
    removed = await rule_book()

    assert again is before
    assert len({id(book) for book in (before, written, removed)}) == 3


async def test_the_book_says_what_stands_in_the_tables() -> None:
    before = await rule_book()
    plain = await before.terms_of(7), await before.classes_of(7), await before.short_names([CODE])
    for write in (_terms, _route, _tax_class, _tax_code):
        _ = await write()
    book = await rule_book()

    assert (plain[0].window_days, plain[1], plain[2], before.has_tax_codes) == (180, [], {}, False)
    assert (await book.terms_of(7)).window_days == 30
    assert [rule.tax_entity_id for rule in book.routes] == [7]
    assert [rule.tax_code for rule in await book.classes_of(7)] == [CODE]
    assert await book.short_names([CODE, "1"]) == {CODE: "服装"}
    assert book.has_tax_codes
