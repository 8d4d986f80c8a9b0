"""The shop as people see it: real processes, a real Chromium, and nothing but clicks and keys."""

import asyncio
import io
import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import zxingcpp
from PIL import Image
from playwright.sync_api import Browser, Page, Request, expect

from app.embedded import data_home
from app.household import Household, Opening, open_household
from app.opening import BRAND, fill_for_people, settings_of, world_of
from app.ports import free_port
from app.visitors import PASSWORD
from app.web import routers
from core.security.scope import Role
from core.web.navigation import entries
from tests.scenes.browser import DESKTOP, PHONE, Window, a_browser, walked_by_keyboard

PRODUCT, GROUP = "松间单椅", "导购小江的顾客群"
TITLE, TAX_NO, MAIL = "苏州明日家居有限公司", "91110108551385082Q", "caiwu@example.com"
SHELL = 60_000  # bytes of HTML, styles and scripts on their way to a first-time visitor


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Household]:
    home: Path = tmp_path_factory.mktemp("browser")

    def seed(house: Household) -> None:
        asyncio.run(fill_for_people(settings_of(house), house.world["printers"]))

    with open_household(Opening(home, free_port(), "demo", world_of(BRAND), seed, fast=True)) as it:
        yield it
    shutil.rmtree(data_home(home), ignore_errors=True)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with a_browser() as browser:
        yield browser


@pytest.fixture(scope="module")
def world(house: Household) -> str:
    return str(house.world["http"])


@pytest.fixture(scope="module")
def sale(house: Household, browser: Browser, world: str) -> dict[str, str]:
    """What a whole purchase left behind, from the share card to the paid order; all by clicking."""
    guide, phone = Window(browser, DESKTOP), Window(browser, PHONE)
    share(guide.page, world)
    facts = buy(phone.page, world)
    facts["code"] = scan_the_paper(guide.page, world)
    assert guide.complaints + phone.complaints == []
    guide.close()
    phone.close()
    return facts


def share(page: Page, world: str) -> None:
    panel = page.frame_locator("#panel")
    button = panel.get_by_role("button", name=f"分享 {PRODUCT}")
    for _ in range(30):  # her group comes with the worker's first look at WeCom
        page.goto(f"{world}/wecom/JiangYue")
        expect(panel.get_by_text(PRODUCT)).to_be_visible()
        if button.count():
            break
        page.wait_for_timeout(1_000)
    button.click()
    expect(panel.get_by_text("已发送到客户群")).to_be_visible()
    expect(page.locator("#talk h3", has_text=PRODUCT)).to_be_visible()


def buy(page: Page, world: str) -> dict[str, str]:
    page.goto(f"{world}/chats")
    page.get_by_role("link", name=GROUP).click()
    page.get_by_role("link", name="打开小程序").click()
    page.get_by_role("button", name="同意", exact=True).click()
    expect(page.locator(".name", has_text=PRODUCT)).to_be_visible()
    page.get_by_role("button", name="立即购买").click()
    page.get_by_role("button", name="提交订单").click()
    page.get_by_role("button", name="确认支付").click()
    expect(page.get_by_text("已付款")).to_be_visible()
    paid = page.locator(".total.due span").last.inner_text()
    return {
        "paid": paid.replace("￥", "¥"),
        "order_no": page.locator(".facts dd").first.inner_text(),
    }


def scan_the_paper(page: Page, world: str) -> str:
    """The address in the QR of the newest receipt, read off a picture of the page."""
    page.goto(f"{world}/paper")
    picture = page.locator(".slip img").first
    expect(picture).to_be_visible()
    page.wait_for_function("() => document.querySelector('.slip img').naturalWidth > 0")
    seen = Image.open(io.BytesIO(page.screenshot(full_page=True)))
    [code] = zxingcpp.read_barcodes(seen)
    return code.text


def log_in(page: Page, house: Household, login: str) -> None:
    page.goto(house.url)
    page.get_by_role("link", name=login, exact=True).click()
    page.get_by_label("密码").fill(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url("**/console")


def test_the_receipt_leads_to_an_invoice_that_arrives_by_mail(
    house: Household, browser: Browser, world: str, sale: dict[str, str]
) -> None:
    phone, desk = Window(browser, PHONE), Window(browser, DESKTOP)
    assert sale["code"].startswith(f"{house.url}/i/")
    phone.page.goto(sale["code"])
    fill_in_by_keyboard(phone.page)
    expect(phone.page.get_by_text("发票已开具")).to_be_visible()
    expect(phone.page.get_by_text("已发送到您填写的邮箱")).to_be_visible()
    number = phone.page.locator("dd.number").inner_text()
    phone.page.goto(sale["code"])
    again = phone.page.locator("dd.number").inner_text()

    desk.page.goto(f"{world}/mail")
    desk.page.get_by_role("link", name=MAIL).click()
    expect(desk.page.locator(".mail-text")).to_contain_text(number)
    pdf = desk.context.request.get(
        world + str(desk.page.locator(".attachments a").first.get_attribute("href"))
    )
    assert (re.fullmatch(r"\d{20}", number) is not None, again) == (True, number)
    assert pdf.body().startswith(b"%PDF-")
    assert phone.complaints + desk.complaints == []
    phone.close()
    desk.close()


def fill_in_by_keyboard(page: Page) -> None:
    for name, text in (("title", TITLE), ("tax_no", TAX_NO), ("mail", MAIL)):
        for _ in range(12):
            if page.evaluate("document.activeElement.name ?? ''") == name:
                break
            page.keyboard.press("Tab")
        page.keyboard.type(text)
    page.keyboard.press("Enter")


def test_each_of_the_others_sees_the_sale_in_their_own_window(
    house: Household, browser: Browser, world: str, sale: dict[str, str]
) -> None:
    desk = Window(browser, DESKTOP)
    page = desk.page
    page.goto(f"{world}/wecom/JiangYue?chat=app:JiangYue")
    expect(page.locator("#talk")).to_contain_text(sale["order_no"][-6:])
    expect(page.frame_locator("#panel").locator(".number")).not_to_have_text("¥0.00")
    page.goto(f"{world}/wecom/TaoRan?chat=app:TaoRan")
    expect(page.locator("#talk")).to_contain_text(f"成交 {sale['paid']}，您的分账")
    expect(page.frame_locator("#panel").locator("h1")).to_contain_text("今日概览")
    log_in(page, house, "yingxiao")
    expect(page.locator(".grid")).to_contain_text(sale["paid"])
    expect(page.get_by_role("row", name="木棠生活 苏州观前店")).to_contain_text(sale["paid"])
    page.get_by_role("link", name="会员", exact=True).click()
    page.locator("tbody a").click()
    page.goto(f"{page.url}?tab=points")
    expect(page.locator("main")).to_contain_text(sale["order_no"])
    page.goto(house.url)
    expect(page.get_by_role("img", name="打印机最新吐出的小票")).to_be_visible()
    page.wait_for_function("() => document.querySelector('.paper img').naturalWidth > 100")

    assert desk.complaints == []
    desk.close()


def pages_of(house: Household, world: str, sale: dict[str, str]) -> list[str]:
    routers()  # each room names its pages of the console
    office = [path for path, entry in entries.items() if Role.HEAD_OFFICE in entry.roles]
    ours = ["/", "/docs", "/login", "/console/exports/new", *office]
    theirs = ["/", "/chats", "/wecom/JiangYue", "/paper", "/mail", "/sms"]
    phone = ["/phone/u1", "/phone/u1#/cart", "/phone/u1#/orders", "/phone/u1#/me"]
    chats = ["/chats?chat=group:wrs003JiangYue", "/chats?chat=person:u1"]
    return [
        *(house.url + path for path in ours),
        sale["code"],
        *(world + path for path in [*theirs, *phone, *chats]),
    ]


IS_THERE = "() => !(document.querySelector('#screen')?.textContent ?? '').includes('正在打开')"
FITS = "[document.scrollingElement.scrollWidth, innerWidth]"


@pytest.mark.parametrize("size", [PHONE, DESKTOP], ids=["phone", "desktop"])
def test_no_page_is_wider_than_the_screen_or_complains(
    house: Household, browser: Browser, world: str, sale: dict[str, str], size: dict[str, Any]
) -> None:
    window = Window(browser, size)
    log_in(window.page, house, "zongbu")
    wide = []
    for address in pages_of(house, world, sale):
        window.page.goto(address)
        window.page.wait_for_function(IS_THERE)
        width, screen = window.page.evaluate(FITS)
        if width > screen:
            wide.append(f"{address}: {width}")

    assert (wide, window.complaints) == ([], [])
    window.close()


def test_every_place_of_a_page_is_reached_by_the_tab_key_and_shows_it(
    house: Household, browser: Browser, world: str, sale: dict[str, str]
) -> None:
    window = Window(browser, DESKTOP)
    log_in(window.page, house, "guanqian")  # a store manager: shares cards and reads numbers
    ours = ("/", "/login", "/console", "/console/members", "/wecom/panel")
    for address in [*(house.url + path for path in ours), f"{world}/wecom/JiangYue", f"{world}/"]:
        window.page.goto(address)
        places, missed = walked_by_keyboard(window.page)

        assert window.page.title() != "出了点问题"
        assert (places >= 5, missed) == (True, []), address
    window.close()


@pytest.mark.parametrize("path", ["/", "/login", "/console", "/wecom/panel", "invoice"])
def test_a_page_of_ours_weighs_less_than_60_kilobytes(
    house: Household, browser: Browser, sale: dict[str, str], path: str
) -> None:
    window = Window(browser, PHONE)
    if path in {"/console", "/wecom/panel"}:
        log_in(window.page, house, "zongbu" if path == "/console" else "guanqian")
    sizes: dict[str, int] = {}

    def weigh(request: Request) -> None:
        if request.resource_type in {"document", "stylesheet", "script"}:
            sizes[request.url] = request.sizes()["responseBodySize"]

    window.page.on("requestfinished", weigh)
    window.page.goto(sale["code"] if path == "invoice" else house.url + path)
    window.page.wait_for_load_state("networkidle")

    assert len(sizes) >= 2
    assert sum(sizes.values()) < SHELL, sizes
    window.close()
