"""Invoices in the mini-program: the same doors as the page, with the member's own titles."""

from uuid import uuid4

import httpx2
import pytest

from invoicing.models import InvoiceRequest
from tests.invoicing.test_page import a_receipt, issued
from tests.scene import signed_in_member
from tests.scenes.invoicing import BUYER_TAX_NO, vectors
from tests.scenes.orders import MEMBER
from tests.scenes.people import a_member

pytestmark = pytest.mark.usefixtures("shop")
BUYER = {"title": "某某商贸（上海）有限公司", "taxNo": BUYER_TAX_NO, "mail": "a@buyer.example.cn"}
Headers = dict[str, str]


@pytest.fixture
async def me(client: httpx2.AsyncClient) -> Headers:
    return await signed_in_member(MEMBER)


@pytest.fixture
async def other(client: httpx2.AsyncClient) -> Headers:
    return await signed_in_member((await a_member()).id + 1_000)


def once(who: Headers) -> Headers:
    return {**who, "idempotency-key": uuid4().hex}


async def asked(
    client: httpx2.AsyncClient, who: Headers, code: str, **more: object
) -> httpx2.Response:
    body = {"codes": [code], **BUYER, **more}
    return await client.post("/api/v1/invoices", headers=once(who), json=body)


async def test_my_order_becomes_an_invoice_without_a_receipt(
    client: httpx2.AsyncClient, http: httpx2.AsyncClient, me: Headers
) -> None:
    order, printed = await a_receipt()
    said = await client.get(f"/api/v1/orders/{order.public_id}/invoice-code", headers=me)
    code = said.json()["code"]
    before = (await client.get(f"/api/v1/invoices/{code}", headers=me)).json()
    sent = await asked(client, me, code)
    await issued(http)
    after = (await client.get(f"/api/v1/invoices/{code}", headers=me)).json()
    file = await client.get(f"/api/v1/invoices/{code}/file", headers=me)

    assert code == printed
    assert (before["netFen"], before["isHere"], before["parts"]) == (39_900, True, [])
    assert (sent.status_code, sent.json()["state"]) == (201, "queued")
    assert (after["isMine"], after["parts"][0]["hasFile"]) == (True, True)
    assert file.content[:5] == b"%PDF-"


async def test_somebody_elses_invoice_is_seen_and_not_given(
    client: httpx2.AsyncClient, http: httpx2.AsyncClient, me: Headers, other: Headers
) -> None:
    _, code = await a_receipt()
    await asked(client, me, code)
    await issued(http)

    shown = await client.get(f"/api/v1/invoices/{code}", headers=other)
    refused = [
        await client.get(f"/api/v1/invoices/{code}/file", headers=other),
        await client.post(
            f"/api/v1/invoices/{code}/send", headers=once(other), json={"to": "x@y.cn"}
        ),
    ]

    assert shown.json()["isMine"] is False
    assert BUYER["title"] not in shown.text
    assert [answer.json()["error"]["code"] for answer in refused] == ["invoicing.not_yours"] * 2


async def test_a_receipt_paid_without_membership_is_mine_by_its_title(
    client: httpx2.AsyncClient, http: httpx2.AsyncClient, other: Headers
) -> None:
    _, code = await a_receipt()
    kept = await client.put("/api/v1/invoice-titles", headers=other, json=BUYER)
    await asked(client, other, code)
    await issued(http)

    sent = await client.post(
        f"/api/v1/invoices/{code}/send", headers=once(other), json={"to": "boss@buyer.example.cn"}
    )
    assert (kept.status_code, sent.status_code) == (204, 204)
    card = await client.post(f"/api/v1/invoices/{code}/send", headers=once(other), json={})
    assert card.json()["error"]["code"] == "invoicing.target_wrong"  # WeChat does not know them


async def test_titles_are_remembered_and_forgotten(
    client: httpx2.AsyncClient, me: Headers, other: Headers
) -> None:
    path = "/api/v1/invoice-titles"
    await client.put(path, headers=me, json=BUYER)
    [kept] = (await client.get(path, headers=me)).json()
    foreign = await client.delete(f"{path}/{kept['id']}", headers=other)
    gone = await client.delete(f"{path}/{kept['id']}", headers=me)

    assert (kept["title"], kept["taxNo"], kept["mail"]) == tuple(BUYER.values())
    nonsense = await client.delete(f"{path}/none-such", headers=me)
    assert (foreign.status_code, gone.status_code, nonsense.status_code) == (404, 204, 404)
    assert (await client.get(path, headers=me)).json() == []
    wrong = await client.put(path, headers=me, json={**BUYER, "taxNo": "1"})
    assert wrong.json()["error"]["code"] == "invoicing.tax_number_wrong"


async def test_a_company_is_found_with_a_receipt(client: httpx2.AsyncClient, me: Headers) -> None:
    _, code = await a_receipt()
    path, case = f"/api/v1/invoices/{code}/titles", vectors()["title_qr"]["cases"][0]

    found = await client.post(path, headers=me, json={"q": "杭州木棉与"})
    picked = await client.post(path, headers=me, json={"pick": "杭州木棉与麻服饰有限公司"})
    card = await client.post(path, headers=me, json={"q": case["text"]})

    assert found.json() == [{"title": "杭州木棉与麻服饰有限公司", "taxNo": ""}]
    assert picked.json()[0]["taxNo"] == "91650102338337946P"
    assert card.json() == [{"title": case["title"], "taxNo": case["tax_no"]}]


async def test_an_unusual_number_is_asked_about_first(
    client: httpx2.AsyncClient, me: Headers
) -> None:
    _, code = await a_receipt()

    asked_back = await asked(client, me, code, taxNo="410105MANC1TJ05")
    sure = await asked(client, me, code, taxNo="410105MANC1TJ05", isSure=True)

    assert asked_back.json()["error"]["code"] == "invoicing.tax_number_doubtful"
    assert sure.status_code == 201
    assert await InvoiceRequest.all().count() == 1


async def test_a_forged_code_names_nothing(client: httpx2.AsyncClient, me: Headers) -> None:
    for answer in (
        await client.get(f"/api/v1/invoices/{'A' * 42}", headers=me),
        await asked(client, me, "A" * 42),
    ):
        assert answer.json()["error"]["code"] == "invoicing.code_unknown"
