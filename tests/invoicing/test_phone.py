"""Scan to invoice on a phone: a real Chromium, the real shop, a provider that calls back."""

import asyncio
import io
from collections.abc import AsyncIterator
from pathlib import Path

import httpx2
import pypdf
import pytest

from core.settings import Settings
from devices.queries import receipt_code_of
from invoicing.models import InvoiceRequest
from invoicing.queries.sales import find_sale_of_order
from tests.scenes.devices import a_paid_order
from tests.scenes.invoicing import BUYER_TAX_NO, MAIL
from tests.scenes.orders import a_shelf
from tests.scenes.phone import a_phone, open_shop


@pytest.fixture
async def address(shop: Settings) -> AsyncIterator[str]:
    async with open_shop(shop) as base:
        yield base


async def a_code() -> str:
    order = await a_paid_order(await a_shelf(), quantity=2)
    for _ in range(600):
        if await find_sale_of_order(order.id):
            break
        await asyncio.sleep(0.05)  # the shop's worker tells of it
    return await receipt_code_of(order)


async def test_a_guest_gets_the_invoice_on_the_phone_and_by_mail(
    address: str, http: httpx2.AsyncClient, tmp_path: Path
) -> None:
    code = await a_code()
    async with a_phone() as (page, complaints):
        await page.goto(f"{address}/i/{code}")
        await page.screenshot(path=tmp_path / "1-form.png", full_page=True)
        await page.get_by_label("发票抬头").fill("某某商贸（上海）有限公司")
        await page.get_by_label("税号").fill(BUYER_TAX_NO[:-1] + "K")
        await page.get_by_label("接收邮箱").fill(MAIL)
        await page.get_by_role("button", name="提交开票").click()
        await page.screenshot(path=tmp_path / "2-wrong.png", full_page=True)
        complaints.clear()  # Chromium names the refusal (422) an error
        await page.get_by_label("税号").fill(BUYER_TAX_NO.lower())
        await page.get_by_label("接收邮箱").press("Enter")
        await page.locator("#state").wait_for()
        await page.screenshot(path=tmp_path / "3-busy.png", full_page=True)
        await page.get_by_text("已发送到您填写的邮箱").wait_for(timeout=30_000)
        await page.screenshot(path=tmp_path / "4-done.png", full_page=True)
        number = await page.locator("dd.number").inner_text()
        answer = await page.request.get(f"{address}/i/{code}/invoice.pdf")
        pdf = await answer.body()

        assert complaints == []
    assert number in pypdf.PdfReader(io.BytesIO(pdf)).pages[0].extract_text()
    [mail] = (await http.get("/_sim/mail", params={"to": MAIL})).json()
    assert number[-4:] in mail["subject"]
    [theirs] = (await http.get("/_sim/tax/invoices")).json()
    assert [call["status"] for call in theirs["callbacks"]] == [200]
    assert await InvoiceRequest.all().count() == 1


async def test_the_form_is_filled_in_by_keyboard_in_english(address: str, tmp_path: Path) -> None:
    code = await a_code()
    async with a_phone(locale="en-US") as (page, complaints):
        await page.goto(f"{address}/i/{code}")
        kind = page.get_by_role("radio", name="Company")
        await kind.focus()
        await page.keyboard.press("ArrowRight")
        assert not await page.get_by_label("Tax number").is_visible()
        await page.screenshot(path=tmp_path / "5-person.png", full_page=True)
        await page.keyboard.press("Tab")
        await page.keyboard.type("林晓")
        await page.keyboard.press("Tab")
        await page.keyboard.press("Tab")
        await page.keyboard.press("Enter")
        await page.get_by_text("Your invoice is ready").wait_for(timeout=30_000)
        await page.get_by_text("Open the invoice").wait_for(timeout=30_000)
        await page.screenshot(path=tmp_path / "6-english.png", full_page=True)

        assert complaints == []


async def test_an_unusual_number_is_shown_large_before_it_is_sent(
    address: str, tmp_path: Path
) -> None:
    code = await a_code()
    async with a_phone() as (page, complaints):
        await page.goto(f"{address}/i/{code}")
        await page.get_by_label("发票抬头").fill("老字号照相馆")
        await page.get_by_label("税号").fill("410105MANC1TJ05")
        await page.get_by_role("button", name="提交开票").click()
        await page.get_by_role("button", name="已核对").wait_for()
        await page.screenshot(path=tmp_path / "7-check.png", full_page=True)
        await page.get_by_role("button", name="已核对").click()
        await page.get_by_text("发票已开具").wait_for(timeout=30_000)

        assert complaints == []


async def test_a_bad_code_is_told_kindly(address: str, tmp_path: Path) -> None:
    async with a_phone() as (page, _):
        await page.goto(f"{address}/i/{'A' * 42}")
        await page.screenshot(path=tmp_path / "8-sorry.png", full_page=True)

        assert "重新扫描" in await page.locator("main").inner_text()
