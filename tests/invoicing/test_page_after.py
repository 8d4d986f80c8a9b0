"""After the invoice: the file for its buyer alone, once more on request, another title once."""

from urllib.parse import parse_qs, urlsplit

import httpx2
import pytest

from core import clock
from core.security.source_code import read_source
from devices.queries import receipt_code_of
from invoicing.models import Delivery, InvoiceRequest
from invoicing.sealing import open_buyer
from tests.invoicing.test_page import ENGLISH, FORM, a_receipt, issued
from tests.scene import tell_everyone
from tests.scenes.invoicing import BUYER_TAX_NO, MAIL
from tests.scenes.orders import a_shelf, an_order
from trade.orders.queries import order_of
from trade.orders.service import Source, take_money
from trade.stores.service import renew_receipt_key

pytestmark = pytest.mark.usefixtures("shop")


@pytest.fixture
async def code(client: httpx2.AsyncClient, http: httpx2.AsyncClient) -> str:
    """Of an invoice that this browser asked for and that is there."""
    _, code = await a_receipt()
    await client.post(f"/i/{code}", data=FORM)
    await issued(http)
    return code


async def test_whoever_finds_the_receipt_sees_that_there_is_an_invoice_not_whose(
    client: httpx2.AsyncClient, code: str
) -> None:
    client.cookies.clear()

    page = await client.get(f"/i/{code}")
    file = await client.get(f"/i/{code}/invoice.pdf")
    change = await client.get(f"/i/{code}/change")
    sent = await client.post(f"/i/{code}/send", data={"to": "thief@example.cn"})

    assert "发票已开具" in page.text
    assert not [text for text in (FORM["title"], BUYER_TAX_NO, MAIL) if text in page.text]
    assert (file.status_code, file.headers["content-type"]) == (403, "text/html; charset=utf-8")
    assert {change.headers["location"], sent.headers["location"]} == {f"/i/{code}/proof"}
    assert await Delivery.all().count() == 1


@pytest.mark.parametrize("proof", [BUYER_TAX_NO[-4:].lower(), MAIL.upper(), FORM["title"]])
async def test_who_knows_the_buyer_gets_the_file(
    client: httpx2.AsyncClient, code: str, proof: str
) -> None:
    client.cookies.clear()

    wrong = await client.post(f"/i/{code}/proof", data={"proof": "0000"})
    right = await client.post(f"/i/{code}/proof", data={"proof": proof})
    file = await client.get(f"/i/{code}/invoice.pdf")

    assert (wrong.status_code, right.status_code) == (403, 303)
    assert file.content[:5] == b"%PDF-"


async def test_a_proof_is_tried_three_times_a_minute_and_opens_one_receipt(
    client: httpx2.AsyncClient, code: str
) -> None:
    client.cookies.clear()
    tries = [await client.post(f"/i/{code}/proof", data={"proof": str(n)}) for n in range(5)]
    _, other = await a_receipt()

    assert [answer.status_code for answer in tries] == [403, 403, 403, 429, 429]
    assert (await client.get(f"/i/{other}/proof")).status_code == 404


async def test_the_buyer_has_it_sent_to_another_address_five_times_a_day(
    client: httpx2.AsyncClient, http: httpx2.AsyncClient, code: str
) -> None:
    to = "boss@buyer.example.cn"
    sent = [await client.post(f"/i/{code}/send", data={"to": to}) for _ in range(6)]
    bad = await client.post(f"/i/{code}/send", data={"to": "nobody"})
    await issued(http)

    assert [answer.status_code for answer in sent] == [303] * 5 + [409]
    assert bad.status_code == 422
    assert len((await http.get("/_sim/mail", params={"to": to})).json()) == 5


async def test_a_wrong_title_is_taken_back_and_made_anew_once(
    client: httpx2.AsyncClient, http: httpx2.AsyncClient, code: str
) -> None:
    assert f"/i/{code}/change" in (await client.get(f"/i/{code}")).text
    new = {
        "kind": "enterprise",
        "title": "杭州木棉与麻服饰有限公司",
        "tax_no": "91650102338337946P",
    }

    wrong = await client.post(f"/i/{code}/change", data={**new, "tax_no": "1"})
    changed = await client.post(f"/i/{code}/change", data=new)
    for _ in range(4):
        await issued(http)

    assert (wrong.status_code, changed.status_code) == (422, 303)
    [first, second] = await InvoiceRequest.all().order_by("id")
    assert open_buyer(second.buyer, request_id=second.id).title == new["title"]
    assert first.state == "reversed"
    page = (await client.get(f"/i/{code}")).text
    assert "发票已开具" in page
    assert f"/i/{code}/change" not in page


async def test_the_way_on_to_membership_names_the_store_and_no_guest(
    client: httpx2.AsyncClient, code: str
) -> None:
    page = await client.get(f"/i/{code}", headers=ENGLISH)
    onward = await client.get(f"/i/{code}/join")

    assert "Become a member" in page.text
    link = onward.headers["location"]
    assert link.startswith("weixin://dl/business/?appid=")
    assert "from%3Dinvoice" in link
    assert not [text for text in (BUYER_TAX_NO, MAIL, code) if text in link]


async def test_the_way_on_leads_back_to_the_guide_who_served(client: httpx2.AsyncClient) -> None:
    order = await an_order(await a_shelf(), source=Source(guide_id=3, store_id=5))
    await renew_receipt_key(order.store_id)
    await take_money(
        order_id=order.id, payment_no="P1", amount_fen=order.payable_fen, at=clock.now()
    )
    await tell_everyone()
    code = await receipt_code_of(await order_of(order.id))

    link = (await client.get(f"/i/{code}/join")).headers["location"]

    query = parse_qs(parse_qs(urlsplit(link).query)["query"][0])
    source = read_source(query["source"][0])
    assert (source.guide_id, source.store_id) == (3, 5)
