"""The invoice page on a phone: names while typing, WeChat's own titles and camera, its weight."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx2
import pytest
from playwright.async_api import FilePayload, Page

from app.credentials import shop_settings, world_config
from core.settings import Settings, configure
from devices.queries import receipt_code_of
from invoicing.models import InvoiceRequest
from invoicing.sealing import open_buyer
from sandbox.config import Config
from sandbox.server import running
from sandbox.world import World
from tests.scene import tell_everyone
from tests.scenes.devices import a_paid_order
from tests.scenes.invoicing import BUYER_TAX_NO, SELLER_TAX_NO, vectors
from tests.scenes.orders import a_shelf
from tests.scenes.phone import a_phone, open_shop

WECHAT = (
    "Mozilla/5.0 (iPhone) AppleWebKit/605.1.15 Mobile/15E148 MicroMessenger/8.0.50(0x1800) zh_CN"
)
HEMP = "杭州木棉与麻服饰有限公司"
LOUPE = """
window.BarcodeDetector = class { async detect() { return [{rawValue: "%s"}]; } };
window.createImageBitmap = async () => ({});
"""


@pytest.fixture
async def world(secrets: dict[str, Any]) -> AsyncIterator[World]:
    sellers = [{"tax_no": SELLER_TAX_NO, "name": "知木生活（上海）家居有限公司"}]
    given = world_config(secrets, shop_url="http://127.0.0.1:8000", sellers=sellers)
    for account in (*given["apps"], *given["corps"]):
        account["callback_url"] = ""
    async with running(Config.model_validate({"mode": "test", **given})) as started:
        yield started


@pytest.fixture
async def address(
    settings: Settings, secrets: dict[str, Any], world: World, db: None
) -> AsyncIterator[str]:
    found = shop_settings(secrets, world=world.http, smtp_port=world.smtp_port)
    made = Settings.model_validate(settings.model_dump() | found)
    configure(made)
    async with open_shop(made) as base:
        yield base


async def a_code(*, shelf: Any = None) -> str:
    order = await a_paid_order(shelf or await a_shelf())
    await tell_everyone()
    return await receipt_code_of(order)


async def phone(world: World, **held: Any) -> None:
    """What this person's WeChat holds, and sees."""
    async with httpx2.AsyncClient(base_url=world.http, trust_env=False) as http:
        await http.post("/_sim/wechat-client", json=held)


async def fields(page: Page) -> tuple[str, str]:
    return await page.locator("#title").input_value(), await page.locator("#tax_no").input_value()


async def until_filled(page: Page) -> tuple[str, str]:
    await page.wait_for_function("() => document.getElementById('tax_no').value !== ''")
    return await fields(page)


async def test_inside_wechat_the_title_is_chosen_and_the_title_code_scanned(
    address: str, world: World, tmp_path: Path
) -> None:
    code, case = await a_code(), vectors()["title_qr"]["cases"][2]
    async with a_phone(user_agent=WECHAT) as (page, complaints):
        await page.goto(f"{address}/i/{code}")
        choose = page.get_by_role("button", name="选择微信抬头")
        await choose.wait_for()
        await page.screenshot(path=tmp_path / "wechat.png", full_page=True)
        await phone(world, title=None)
        await choose.click()
        assert await fields(page) == ("", "")  # cancelled
        await phone(world, title={"type": "0", "title": "某某公司", "taxNumber": BUYER_TAX_NO})
        await choose.click()
        assert await until_filled(page) == ("某某公司", BUYER_TAX_NO)
        await page.locator("#tax_no").fill("")
        await phone(world, seen=case["text"])
        await page.get_by_role("button", name="扫抬头二维码").click()
        assert await until_filled(page) == (case["title"], case["tax_no"])
        await page.get_by_role("button", name="提交开票").click()
        await page.locator("#state").wait_for()

        assert complaints == []
    row = await InvoiceRequest.get()
    assert open_buyer(row.buyer, request_id=row.id).title == case["title"]


async def test_only_the_title_is_typed_and_twenty_taps_are_one_invoice(
    address: str, tmp_path: Path
) -> None:
    code = await a_code()
    async with a_phone() as (page, complaints):
        await page.goto(f"{address}/i/{code}")
        assert not await page.get_by_role("button", name="选择微信抬头").is_visible()
        await page.get_by_label("发票抬头").press_sequentially("杭州木棉")
        found = page.locator("#found button")
        await found.first.wait_for()
        await page.screenshot(path=tmp_path / "names.png", full_page=True)
        await found.filter(has_text=HEMP).click()
        assert await until_filled(page) == (HEMP, "91650102338337946P")
        await page.evaluate(TAPS)
        await page.locator("#state").wait_for()
        await page.get_by_role("link", name="查看发票文件").wait_for(timeout=30_000)
        await page.screenshot(path=tmp_path / "done.png", full_page=True)

        assert complaints == []
    assert await InvoiceRequest.all().count() == 1


TAPS = """() => { const send = document.querySelector('[data-submit]');
for (let tap = 0; tap < 20; tap++) send.click(); }"""


async def test_another_receipt_is_scanned_onto_the_same_invoice(
    address: str, tmp_path: Path
) -> None:
    shelf = await a_shelf()
    first, second = await a_code(shelf=shelf), await a_code(shelf=shelf)
    async with a_phone() as (page, complaints):
        await page.add_init_script(LOUPE % f"{address}/i/{second}")
        await page.goto(f"{address}/i/{first}")
        await page.get_by_label("发票抬头").fill("林晓的公司")
        await page.get_by_text("还有其他小票").click()
        async with page.expect_file_chooser() as chooser:
            await page.get_by_role("button", name="扫另一张小票").click()
        picture = FilePayload(name="qr.png", mimeType="image/png", buffer=b"x")
        await (await chooser.value).set_files(picture)
        await page.get_by_text("合并开票合计").wait_for()
        await page.screenshot(path=tmp_path / "two.png", full_page=True)

        assert (await fields(page))[0] == "林晓的公司"
        assert "¥798.00" in await page.locator(".sum").inner_text()
        assert complaints == []


async def test_the_page_is_light(address: str, tmp_path: Path) -> None:
    """How soon a slow phone shows it is a figure of `daogou bench invoicing`."""
    code = await a_code()
    async with a_phone(user_agent=WECHAT) as (page, _):
        await page.goto(f"{address}/i/{code}", wait_until="load")
        sizes = await page.evaluate(SIZES)

    said = f"{sum(sizes)} bytes in {len(sizes)} answers"
    (tmp_path / "weight.txt").write_text(said)
    assert sum(sizes) < 60_000, said


SIZES = """() => [...performance.getEntriesByType('navigation'),
...performance.getEntriesByType('resource')].map((one) => one.decodedBodySize)"""
