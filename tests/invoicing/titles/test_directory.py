"""Companies found by the beginning of their name: our own invoices first, then the register."""

import httpx2
import pytest

from core.database import sql
from invoicing.titles.errors import CompanyUnknown
from invoicing.titles.queries import companies_like
from invoicing.titles.service import company_named, count_invoice, suggest
from sandbox.world import World
from tests.scenes.invoicing import SELLER_TAX_NO

pytestmark = pytest.mark.usefixtures("shop")
HEMP = ("杭州木棉与麻服饰有限公司", "91650102338337946P")


async def found(text: str) -> list[str]:
    return [one.title for one in await suggest(text, seller_tax_no=SELLER_TAX_NO)]


def asked(world: World) -> list[str]:
    prefixes: list[str] = world.collection("tax_names").get("asked", {}).get("prefixes", [])
    return prefixes


async def test_names_come_from_the_register_and_the_number_when_one_is_chosen(
    world: World,
) -> None:
    assert await found("杭州木棉") == [HEMP[0], "杭州木棉花文化传播有限公司"]
    chosen = await company_named(HEMP[0], seller_tax_no=SELLER_TAX_NO)

    assert (chosen.title, chosen.tax_no) == HEMP
    assert [one.tax_no for one in await companies_like("杭州木棉与")] == [HEMP[1]]


async def test_the_same_beginning_is_asked_about_once(world: World) -> None:
    for _ in range(3):
        await found("知木")

    assert asked(world) == ["知木"]


async def test_one_character_finds_nothing_and_asks_nobody(world: World) -> None:
    assert [await found(text) for text in ("杭", "", "  (", "木" * 60)] == [[], [], [], []]
    assert asked(world) == []


async def test_a_search_is_no_pattern(world: World) -> None:
    await found("杭州木棉")

    assert await companies_like("%%%%") == []
    assert await companies_like("__杭州") == await companies_like("杭州")


async def test_a_company_is_listed_after_its_second_invoice(world: World) -> None:
    for invoice_id in (1, 1, 1):
        await count_invoice(invoice_id=invoice_id, title="西湖茶庄", tax_no=HEMP[1])
    assert await companies_like("西湖") == []
    with pytest.raises(CompanyUnknown):
        await company_named("西湖茶庄", seller_tax_no=SELLER_TAX_NO)

    await count_invoice(invoice_id=2, title="西湖茶庄", tax_no=HEMP[1])

    assert [(one.title, one.tax_no) for one in await companies_like("西湖")] == [
        ("西湖茶庄", HEMP[1])
    ]
    chosen = await company_named("西湖茶庄", seller_tax_no=SELLER_TAX_NO)
    assert chosen.tax_no == HEMP[1]


async def test_what_is_no_credit_code_is_never_listed() -> None:
    for invoice_id, tax_no in enumerate(("11010519491231002X", "410105MANC1TJ05", "")):
        for more in (0, 100):
            await count_invoice(invoice_id=invoice_id + more, title="林晓照相馆", tax_no=tax_no)

    assert await companies_like("林晓") == []
    assert await sql("SELECT 1 FROM titles_company") == []


async def test_the_register_confirms_what_we_invoiced(world: World) -> None:
    await count_invoice(invoice_id=1, title=HEMP[0], tax_no=HEMP[1])
    await found("杭州木棉")
    await company_named(HEMP[0], seller_tax_no=SELLER_TAX_NO)

    rows = await sql("SELECT tax_no, source, times FROM titles_company WHERE title = $1", HEMP[0])
    assert [(row["tax_no"], row["source"], row["times"]) for row in rows] == [
        (HEMP[1], "provider", 1)
    ]


async def test_a_register_that_is_away_leaves_what_is_known(http: httpx2.AsyncClient) -> None:
    for invoice_id in (1, 2):
        await count_invoice(invoice_id=invoice_id, title="知木之友", tax_no=HEMP[1])
    await http.post(
        "/_sim/faults", json={"match": "POST /open/v1/services", "kind": "http500", "times": 9}
    )

    assert "知木之友" in await found("知木")


async def test_nobody_knows_the_number_of_a_company_nobody_knows() -> None:
    with pytest.raises(CompanyUnknown):
        await company_named("没有这家公司", seller_tax_no=SELLER_TAX_NO)
