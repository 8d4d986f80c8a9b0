"""A receipt whose sale is on its way: the title is kept, and the invoice follows by itself."""

import httpx2
import pytest

from devices.queries import receipt_code_of
from invoicing.models import InvoiceRequest
from tests.invoicing.test_page import FORM, a_receipt, issued
from tests.scene import tell_everyone
from tests.scenes.devices import a_paid_order
from tests.scenes.orders import a_shelf

pytestmark = pytest.mark.usefixtures("shop")


async def test_the_title_is_kept_until_the_order_comes(
    client: httpx2.AsyncClient, http: httpx2.AsyncClient
) -> None:
    code = await receipt_code_of(await a_paid_order(await a_shelf()))

    form = await client.get(f"/i/{code}")
    sent = await client.post(f"/i/{code}", data=FORM)
    waiting = await client.get(f"/i/{code}")

    assert "还在上传" in form.text
    assert "¥399.00" in form.text
    assert sent.status_code == 303
    assert "等待订单上传" in waiting.text
    assert "最晚等到" in waiting.text
    assert (await client.get(f"/i/{code}/status")).json()["state"] == "draft"
    await tell_everyone()
    await issued(http)
    assert "发票已开具" in (await client.get(f"/i/{code}")).text
    assert await InvoiceRequest.all().count() == 1


async def test_several_receipts_of_a_store_become_one_invoice(
    client: httpx2.AsyncClient, http: httpx2.AsyncClient
) -> None:
    shelf = await a_shelf()
    orders = [await a_paid_order(shelf, quantity=n) for n in (1, 2)]
    await tell_everyone()
    first, second = [await receipt_code_of(order) for order in orders]

    added = await client.post(
        f"/i/{first}", data={"act": "add", "other": f"https://shop/i/{second}", "title": "某某"}
    )
    assert 'value="某某"' in added.text
    assert f'name="more" value="{second}"' in added.text
    assert "¥1,197.00" in added.text
    dropped = await client.post(f"/i/{first}", data={"act": f"drop:{second}", "more": second})
    assert 'name="more"' not in dropped.text
    await client.post(f"/i/{first}", data={**FORM, "more": second})
    await issued(http)

    for code in (first, second):
        assert (await client.get(f"/i/{code}/status")).json()["totalFen"] == 119_700
    assert await InvoiceRequest.all().count() == 1


async def test_a_foreign_or_unreadable_receipt_cannot_be_added(client: httpx2.AsyncClient) -> None:
    _, first = await a_receipt()

    for text in ("hello", "A" * 42, ""):
        page = await client.post(f"/i/{first}", data={"act": "add", "other": text})
        assert page.status_code == 404
        assert "无法识别" in page.text


async def test_the_same_receipt_twice_counts_once(client: httpx2.AsyncClient) -> None:
    _, code = await a_receipt()

    page = await client.post(f"/i/{code}", data={"act": "add", "other": code, "more": code})

    assert 'name="more"' not in page.text
