"""The e-invoice provider over HTTP: signatures, one invoice per number, the clock, and faults."""

import asyncio
import json
import secrets
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from io import BytesIO
from typing import Any

import httpx2
import pytest
from pypdf import PdfReader

from sandbox.server import running
from sandbox.tax_signature import signature
from sandbox.world import World
from tests.scenes.outside import SELLER, TAX, a_tax_order, outside
from tests.scenes.outside import Listening as Shop


@dataclass
class Client:
    """A client of the provider that can be told to be wrong."""

    http: httpx2.AsyncClient
    head: dict[str, str] = field(default_factory=dict)
    query: dict[str, str] = field(default_factory=dict)

    async def call(self, method: str, body: Any) -> httpx2.Response:
        raw = json.dumps(body, ensure_ascii=False).encode()
        query = {
            "senid": secrets.token_hex(16),
            "nonce": f"{secrets.randbelow(10**8):08d}",
            "timestamp": str(int(time.time())),
            "appkey": TAX["app_key"],
            **self.query,
        }
        head = {
            "X-Nuonuo-Sign": signature(TAX["secret"], query, raw),
            "accessToken": TAX["access_token"],
            "userTax": SELLER["tax_no"],
            "method": f"nuonuo.OpeMplatform.{method}",
            **self.head,
        }
        return await self.http.post("/open/v1/services", params=query, content=raw, headers=head)

    async def ask(self, method: str, body: Any) -> dict[str, Any]:
        answer = await self.call(method, body)
        return dict(answer.json())

    async def bill(self, **changes: Any) -> dict[str, Any]:
        return await self.ask("requestBillingNew", {"order": {**a_tax_order(), **changes}})

    async def result(self, order_no: str = "INV0001") -> dict[str, Any]:
        answer = await self.ask("queryInvoiceResult", {"orderNos": [order_no]})
        return dict(answer["result"][0]) if answer["code"] == "E0000" else answer

    async def misbehave(self, kind: str, **facts: Any) -> None:
        answer = await self.http.post("/_sim/tax/faults", json={"kind": kind, **facts})
        assert answer.status_code == 201, answer.text

    async def advance(self, seconds: float) -> None:
        """Let the world's clock run ahead, with everything that is due on the way."""
        await asyncio.sleep(0)
        await self.http.post("/_sim/clock", json={"advance_s": seconds})


@pytest.fixture
async def world() -> AsyncIterator[World]:
    async with running(outside()) as started:
        yield started


@pytest.fixture
async def client(world: World) -> AsyncIterator[Client]:
    async with httpx2.AsyncClient(base_url=world.http, trust_env=False, timeout=10) as http:
        await http.post("/_sim/tax/settings", json={"delay_s": 30})
        yield Client(http)


async def test_an_order_becomes_an_invoice_with_number_and_file(
    world: World, client: Client
) -> None:
    answer = await client.bill()
    assert answer["code"] == "E0000"
    assert (await client.result())["status"] == "20"
    await client.advance(30)

    issued = await client.result()
    number = issued["allElectronicInvoiceNumber"]
    assert (issued["status"], issued["orderAmount"]) == ("2", "168.00")
    assert len(number) == 20
    assert number[2:5] == "442"
    pdf = (await client.http.get(issued["pdfUrl"])).content
    text = PdfReader(BytesIO(pdf)).pages[0].extract_text()
    assert number in text
    assert "林晓" in text


async def test_the_same_number_is_taken_once(client: Client) -> None:
    await client.bill()
    again = await client.bill(buyerName="别人")

    assert again["code"] == "E9106"


async def test_two_invoices_have_two_numbers(client: Client) -> None:
    await client.bill()
    await client.bill(orderNo="INV0002")
    await client.advance(30)

    first, second = await client.result(), await client.result("INV0002")
    assert first["allElectronicInvoiceNumber"] != second["allElectronicInvoiceNumber"]


@pytest.mark.parametrize(
    ("head", "query", "code"),
    [
        ({"X-Nuonuo-Sign": "AAAA"}, {}, "070101"),
        ({"accessToken": "old"}, {}, "070304"),
        ({}, {"appkey": "other"}, "070305"),
        ({}, {"timestamp": "1700000000"}, "070306"),
        ({}, {"senid": "short"}, "070306"),
        ({"userTax": "91310000MA1HUAJ888"}, {}, "070307"),
        ({"method": "nuonuo.OpeMplatform.nothing"}, {}, "070301"),
    ],
)
async def test_a_request_that_proves_nothing_is_refused(
    client: Client, head: dict[str, str], query: dict[str, str], code: str
) -> None:
    client.head, client.query = head, query

    assert (await client.bill())["code"] == code
    assert (await client.http.get("/_sim/tax/invoices")).json() == []


async def test_a_body_changed_on_the_way_is_refused(client: Client) -> None:
    raw = json.dumps({"order": a_tax_order()}).encode()
    query = {"senid": "a" * 32, "nonce": "12345678", "timestamp": str(int(time.time()))}
    query["appkey"] = TAX["app_key"]
    head = {"X-Nuonuo-Sign": signature(TAX["secret"], query, raw), "userTax": SELLER["tax_no"]}
    head |= {"accessToken": TAX["access_token"], "method": "requestBillingNew"}
    answer = await client.http.post(
        "/open/v1/services", params=query, content=raw + b" ", headers=head
    )

    assert answer.json()["code"] == "070101"


async def test_a_bad_order_is_refused_and_its_number_stays_free(client: Client) -> None:
    assert (await client.bill(buyerTaxNum="123"))["code"] == "E9110"

    assert (await client.bill())["code"] == "E0000"


async def test_a_lost_answer_is_found_by_asking(client: Client) -> None:
    await client.misbehave("lose_answer")
    lost = await client.call("requestBillingNew", {"order": a_tax_order()})

    assert lost.status_code == 504
    assert (await client.result())["status"] == "20"
    assert (await client.bill())["code"] == "E9106"


async def test_a_hidden_order_is_not_found_for_a_while(client: Client) -> None:
    await client.misbehave("not_found", seconds=600)
    await client.bill()
    assert (await client.result())["code"] == "E9500"
    await client.advance(601)

    assert (await client.result())["status"] == "2"


async def test_a_refused_order_may_come_again(client: Client) -> None:
    await client.misbehave("refuse", code="E9107", describe="不开了")

    assert await client.bill() == {"code": "E9107", "describe": "不开了"}
    assert (await client.bill())["code"] == "E0000"


async def test_a_failed_order_is_tried_again_under_its_number(client: Client) -> None:
    await client.misbehave("fail")
    await client.bill()
    await client.advance(30)
    failed = await client.result()
    assert failed["status"] == "22"
    assert failed["failCause"]
    await client.ask("reInvoice", {"fpqqlsh": failed["serialNo"], "orderno": "INV0001"})
    await client.advance(30)

    assert (await client.result())["status"] == "2"
    assert (await client.ask("reInvoice", {"orderno": "INV0001"}))["code"] == "E9105"


async def test_other_amounts_are_said_and_not_hidden(client: Client) -> None:
    await client.misbehave("other_amount")
    await client.bill()
    await client.advance(30)

    assert (await client.result())["orderAmount"] == "168.01"


async def test_an_invoice_without_its_file_gets_it_by_trying_again(client: Client) -> None:
    await client.misbehave("no_file")
    await client.bill()
    await client.advance(30)
    bare = await client.result()
    assert (bare["status"], bare["pdfUrl"]) == ("24", "")
    await client.ask("reInvoice", {"orderno": "INV0001"})
    await client.advance(30)

    whole = await client.result()
    assert whole["status"] == "2"
    assert whole["allElectronicInvoiceNumber"] == bare["allElectronicInvoiceNumber"]


async def test_nothing_is_taken_while_the_drawer_is_logged_out(client: Client) -> None:
    await client.http.post("/_sim/tax/settings", json={"logged_out": True})
    assert (await client.bill())["code"] == "070307"
    await client.http.post("/_sim/tax/settings", json={"logged_out": False})

    assert (await client.bill())["code"] == "E0000"


async def test_beyond_the_credit_line_issuing_fails(client: Client) -> None:
    await client.http.post("/_sim/tax/settings", json={"credit_line": "200.00"})
    await client.bill()
    await client.bill(orderNo="INV0002")
    await client.advance(30)

    assert [(await client.result(no))["status"] for no in ("INV0001", "INV0002")] == ["2", "22"]
    left = await client.ask("getCreditLine", {})
    assert left["result"]["remainingCreditLine"] == "51.33"


async def test_a_delivery_is_noted(client: Client) -> None:
    await client.bill()
    await client.advance(30)
    number = (await client.result())["allElectronicInvoiceNumber"]
    sent = await client.ask("deliveryInvoice", {"invoiceNum": number, "mail": "a@example.com"})

    assert sent["code"] == "E0000"
    (invoice,) = (await client.http.get("/_sim/tax/invoices")).json()
    assert invoice["deliveries"][0]["mail"] == "a@example.com"


@pytest.mark.parametrize(("kind", "times"), [("late", 1), ("callback_twice", 2)])
async def test_the_callback_tells_the_serial(client: Client, kind: str, times: int) -> None:
    async with Shop.open('{"status":"0000","message":"同步成功"}') as shop:
        await client.misbehave(kind, seconds=30)
        serial = (await client.bill(callBackUrl=shop.url))["result"]["invoiceSerialNum"]
        await client.advance(31)

    assert [form["operater"] for form in shop.forms] == ["callback"] * times
    assert {json.loads(form["content"])["c_fpqqlsh"] for form in shop.forms} == {serial}


async def test_the_callback_can_come_before_the_answer(client: Client) -> None:
    async with Shop.open('{"status":"0000"}') as shop:
        await client.misbehave("callback_first")
        await client.bill(callBackUrl=shop.url)

        (form,) = shop.forms
        assert json.loads(form["content"])["c_status"] == "1"


async def test_a_forged_callback_claims_what_is_not_so(client: Client) -> None:
    async with Shop.open('{"status":"0000"}') as shop:
        await client.misbehave("callback_forged")
        await client.bill(callBackUrl=shop.url)

        (form,) = shop.forms
        assert json.loads(form["content"])["allElectronicInvoiceNumber"] == "9" * 20
        assert (await client.result())["status"] == "20"


async def test_a_callback_that_is_not_taken_comes_again(client: Client) -> None:
    async with Shop.open("no") as shop:
        await client.bill(callBackUrl=shop.url)
        await client.advance(300)

    assert len(shop.forms) == 3


async def test_a_file_is_not_found_by_guessing(client: Client) -> None:
    assert (await client.http.get("/tax/files/guess/25442000000000000001.pdf")).status_code == 404
