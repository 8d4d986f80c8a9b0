"""A code that is typed: eight characters and the total, where the seller allows it."""

from collections.abc import AsyncIterator
from itertools import count

import httpx2
import pytest

from app.web import build
from core.security.receipt_code import short_of, typed_short
from core.settings import Settings
from invoicing.models import InvoiceableOrder, Terms
from tests.invoicing.test_page import ENGLISH, a_receipt

pytestmark = pytest.mark.usefixtures("shop")
addresses = count(1)


@pytest.fixture
async def client(shop: Settings) -> AsyncIterator[httpx2.AsyncClient]:
    """Somebody at an address of their own: tries are counted by address."""
    app = build(shop)
    transport = httpx2.ASGITransport(app=app, client=(f"10.9.8.{next(addresses)}", 1))
    http = httpx2.AsyncClient(transport=transport, base_url="http://shop")
    async with app.router.lifespan_context(app), http:
        yield http


async def allowed() -> None:
    await Terms(tax_entity_id=None, rules={"has_short_entry": True}).save()


async def entered(client: httpx2.AsyncClient, short: str, total: str) -> httpx2.Response:
    return await client.post("/i", data={"short": short, "total": total})


async def test_code_and_total_lead_to_the_page_of_the_receipt(client: httpx2.AsyncClient) -> None:
    await allowed()
    _, code = await a_receipt()
    short = short_of(code)

    for typed in (short, f" {short[:4]}-{short[4:].lower()} ", f"https://shop/i/{code}"):
        found = await entered(client, typed, "¥399")
        assert (found.status_code, found.headers["location"]) == (303, f"/i/{code}")


async def test_a_wrong_total_or_code_finds_nothing_and_says_no_more(
    client: httpx2.AsyncClient,
) -> None:
    await allowed()
    _, code = await a_receipt()
    pages = [
        await entered(client, short_of(code), "399.01"),
        await entered(client, "00000000", "399.00"),
        await entered(client, short_of(code), "x"),
        await entered(client, "", ""),
    ]

    assert {page.status_code for page in pages} == {404}
    assert all("没有找到这张小票" in page.text for page in pages)


async def test_a_seller_who_does_not_want_it_is_not_found_so(client: httpx2.AsyncClient) -> None:
    _, code = await a_receipt()

    assert (await InvoiceableOrder.get()).short_code == short_of(code)
    assert (await entered(client, short_of(code), "399.00")).status_code == 404


async def test_short_codes_are_tried_six_times_a_minute(client: httpx2.AsyncClient) -> None:
    statuses = [(await entered(client, "ABCDEFGH", "1.00")).status_code for _ in range(8)]

    assert statuses == [404] * 6 + [429] * 2


async def test_the_page_speaks_english(client: httpx2.AsyncClient) -> None:
    assert "Find my receipt" in (await client.get("/i", headers=ENGLISH)).text


async def test_look_alikes_are_read_as_what_they_look_like() -> None:
    assert typed_short("oil0-ab cd") == "0110ABCD"
