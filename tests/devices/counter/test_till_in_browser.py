"""The till in a real Chromium: a sale in seconds, and none lost without a network."""

import asyncio
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx2
import pytest
from playwright.async_api import Page, expect

from core.security.scope import Role
from core.security.sessions import open_session
from core.settings import Settings
from core.web.policy import SESSION_COOKIE
from devices.counter.models import Sale
from devices.service import add_printer
from sandbox.server import running
from sandbox.world import World
from tests.scenes.counter import some_departments
from tests.scenes.orders import a_shelf
from tests.scenes.outside import outside
from tests.scenes.phone import a_phone, open_shop
from tests.scenes.stores import a_member_of_staff, a_store
from trade.orders.models import Order
from trade.stores.models import Store

PRINTER = "S001"
NO_WORKER = "Object.defineProperty(navigator, 'serviceWorker', { value: undefined })"


@pytest.fixture
async def world() -> AsyncIterator[World]:
    async with running(outside()) as started:
        yield started


@pytest.fixture
async def store(world: World, db: None) -> Store:
    """With departments, a printer that plays along, and a scarf at 399 yuan on its shelf."""
    store = await a_store()
    await some_departments()
    await add_printer(store_id=store.id, host="127.0.0.1", port=world.printers[PRINTER])
    await a_shelf(store_id=store.id, units=5)
    return store


async def papers(world: World) -> list[dict[str, Any]]:
    async with httpx2.AsyncClient(base_url=world.http, trust_env=False) as http:
        return list((await http.get(f"/_sim/printers/{PRINTER}/jobs")).json())


async def open_till(page: Page, address: str, store: Store) -> None:
    clerk = await a_member_of_staff(Role.GUIDE, store=store)
    token = await open_session(role=Role.GUIDE, staff_id=clerk.id)
    cookie = {"name": SESSION_COOKIE, "value": token, "url": address}
    await page.context.add_cookies([cookie])  # type: ignore[list-item]
    await page.goto(f"{address}/store/till")
    await expect(page.locator("#grid b").first).to_have_text("羊绒围巾")


async def test_a_sale_from_the_first_key_to_the_paper_takes_less_than_ten_seconds(
    settings: Settings, world: World, store: Store, tmp_path: Path
) -> None:
    async with open_shop(settings) as address, a_phone() as (page, complaints):
        await open_till(page, address, store)
        began = time.monotonic()
        await page.locator("#text").fill("12.5*2")
        await page.keyboard.press("Enter")
        await page.locator("#grid button").first.click()
        await expect(page.locator("#total")).to_have_text("¥424.00")
        await page.locator("#given").fill("500")
        await page.screenshot(path=tmp_path / "till.png", full_page=True)
        await page.get_by_role("button", name="确认收款").click()
        await expect(page.locator("#done-title")).to_have_text("收款成功")
        await expect(page.locator("#done-paper")).to_have_text("已打印")
        took = time.monotonic() - began
        await page.screenshot(path=tmp_path / "sold.png")
        change = await page.locator("#done-change").inner_text()
        [order], printed = await Order.all(), await papers(world)

    assert (took < 10, complaints) == (True, []), took
    assert (order.payable_fen, order.paid_fen, change) == (42_400, 42_400, "找零 ¥76.00")
    assert len(printed) == 1


async def test_sales_without_a_network_outlive_a_reload_and_arrive_once(
    settings: Settings, world: World, store: Store, tmp_path: Path
) -> None:
    async with open_shop(settings) as address, a_phone() as (page, _):
        await open_till(page, address, store)
        await page.evaluate("navigator.serviceWorker.ready.then(() => 1)")
        await page.reload()
        await expect(page.locator("#grid b").first).to_have_text("羊绒围巾")
        await page.context.set_offline(True)
        for amount in ("8", "15.5"):
            await sell_offline(page, amount)
        await page.reload()
        await expect(page.locator("#backlog-count")).to_have_text("2")
        await page.locator("#grid button").first.click()
        await expect(page.locator("#total")).to_have_text("¥399.00")
        await page.screenshot(path=tmp_path / "offline.png", full_page=True)
        assert await Sale.all().count() == 0
        await page.reload()
        await expect(page.locator("#lines b")).to_have_text("羊绒围巾")
        await page.context.set_offline(False)
        await expect(page.locator("#backlog")).to_be_hidden(timeout=20_000)
        await page.reload()
        await expect(page.locator("#grid b").first).to_have_text("羊绒围巾")
        sales = await Sale.all().order_by("sold_at").values_list("is_offline", "differs_fen")
        orders = await Order.all().order_by("placed_at").values_list("payable_fen", "paid_fen")

    assert sales == [(True, 0), (True, 0)]
    assert orders == [(800, 800), (1_550, 1_550)]


async def sell_offline(page: Page, amount: str) -> None:
    await page.locator("#text").fill(amount)
    await page.keyboard.press("Enter")
    await expect(page.locator("#net")).to_contain_text("断网")
    await page.get_by_role("button", name="确认收款").click()
    await expect(page.locator("#done-number")).to_contain_text("已保存在本机")
    await page.get_by_role("button", name="下一单").click()


async def test_an_answer_lost_on_its_way_makes_no_second_sale(
    settings: Settings, world: World, store: Store
) -> None:
    """The shop has sold, the browser never heard, once for a cut line and once for a reload."""
    async with open_shop(settings) as address, a_phone() as (page, _):
        await page.add_init_script(NO_WORKER)  # what it lets pass no test can hold up
        await open_till(page, address, store)
        told: list[int] = []

        async def lose(route: Any) -> None:
            answer = await route.fetch()
            told.append(answer.status)
            if len(told) == 1:
                await route.abort()
            elif len(told) != 3:
                await route.fulfill(response=answer)

        await page.route("**/store/till/sales", lose)
        await ring(page, "66")
        await expect(page.locator("#done-number")).to_contain_text("已保存在本机")
        await expect(page.locator("#backlog")).to_be_hidden(timeout=20_000)
        await page.get_by_role("button", name="下一单").click()
        await ring(page, "77")
        while len(told) < 3:  # noqa: ASYNC110  the shop has sold
            await asyncio.sleep(0.05)
        await page.reload()
        await expect(page.locator("#backlog")).to_be_hidden(timeout=20_000)
        await expect(page.locator("#empty")).to_be_visible()
        paid: list[Any] = await Order.all().order_by("id").values_list("paid_fen", flat=True)
        offline: list[Any] = await Sale.all().values_list("is_offline", flat=True)

    assert (paid, offline, told) == ([6_600, 7_700], [False, False], [200] * 4)


async def ring(page: Page, amount: str) -> None:
    await page.locator("#text").fill(amount)
    await page.keyboard.press("Enter")
    await expect(page.locator("#total")).to_have_text(f"¥{float(amount):.2f}")
    await page.get_by_role("button", name="确认收款").click()


async def test_the_keyboard_alone_sells(settings: Settings, world: World, store: Store) -> None:
    async with open_shop(settings) as address, a_phone(locale="en-US") as (page, complaints):
        await open_till(page, address, store)
        await page.keyboard.type("9.9")
        await page.keyboard.press("Enter")
        await expect(page.locator("#total")).to_have_text("¥9.90")
        await page.keyboard.press("Enter")
        await page.keyboard.type("10")
        await page.keyboard.press("Enter")
        await expect(page.locator("#done-change")).to_have_text("Change ¥0.10")
        await page.keyboard.press("Enter")
        await expect(page.locator("#done")).to_be_hidden()
        at = await page.evaluate("document.activeElement.id")
        paid: list[Any] = await Order.all().values_list("paid_fen", flat=True)

    assert (at, complaints, paid) == ("text", [], [990])
