"""The builder in a real Chromium, by keyboard alone: add, fill in, see the count, keep."""

import os
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.async_api import Page, expect

from core.security.scope import Role
from core.security.sessions import open_session
from core.settings import Settings
from core.web.policy import SESSION_COOKIE
from crm.segments.queries import get_segment, members_in
from tests.scenes.orders import a_shelf
from tests.scenes.people import a_member, with_phone
from tests.scenes.phone import a_phone, open_shop
from tests.scenes.segments import bought
from tests.scenes.stores import a_member_of_staff

FITS = "document.scrollingElement.scrollWidth <= innerWidth"
PICTURES = os.environ.get("PICTURES")  # a folder, for a person who wants to look


@pytest.fixture
async def address(settings: Settings, db: None) -> AsyncIterator[str]:
    async with open_shop(settings) as base:
        yield base


async def log_in(page: Page, address: str) -> None:
    staff = await a_member_of_staff(Role.MARKETER)
    token = await open_session(role=staff.role, staff_id=staff.id)
    await page.context.add_cookies([{"name": SESSION_COOKIE, "value": token, "url": address}])


async def tab_to(page: Page, wanted: str) -> None:
    """As somebody without a mouse comes to a field or a button, by its name or id."""
    for _ in range(120):
        await page.keyboard.press("Tab")
        here = "[document.activeElement.name, document.activeElement.id]"
        if wanted in await page.evaluate(here):
            return
    raise AssertionError(f"the Tab key does not reach {wanted}")


async def look(page: Page, name: str) -> None:
    assert await page.evaluate(FITS), name
    if PICTURES:
        await page.screenshot(path=str(Path(PICTURES) / f"{name}.png"), full_page=True)


async def build(page: Page) -> None:
    """A condition, turned round and back, and why somebody is in."""
    await tab_to(page, "|what")
    await page.keyboard.type("has a phone")
    await tab_to(page, "add-")
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("group", name="has a phone")).to_be_visible()
    await expect(page.locator("#count .number")).to_have_text("1")

    await tab_to(page, "except-all.0")
    await page.keyboard.press("Space")
    await expect(page.locator("#count .number")).to_have_text("3")
    await tab_to(page, "except-all.0")
    await page.keyboard.press("Space")
    await expect(page.locator("#count .number")).to_have_text("1")

    await tab_to(page, "who")
    await page.keyboard.type("13800138000")
    await expect(page.locator("#count")).to_contain_text("This member")


async def keep(page: Page) -> None:
    await page.keyboard.press("Home")
    await tab_to(page, "name")
    await page.keyboard.type("有号的人")
    await tab_to(page, "code")
    await page.keyboard.type("reachable")
    await tab_to(page, "save")
    await page.keyboard.press("Enter")
    await page.wait_for_url("**/console/segments/reachable")
    await expect(page.get_by_role("heading", name="有号的人")).to_be_visible()


async def test_a_segment_is_made_without_a_mouse(address: str) -> None:
    buyer = await with_phone(await a_member())
    for _ in range(3):
        _ = await a_member()
    await bought(buyer.id, await a_shelf())
    async with a_phone(locale="en-GB") as (page, complaints):
        await log_in(page, address)
        await page.goto(f"{address}/console/segments")
        await look(page, "list-phone")
        await page.goto(f"{address}/console/segments/new")
        await expect(page.locator("#count .number")).to_have_text("4")

        await build(page)
        await look(page, "builder-phone")
        await keep(page)
        await look(page, "segment-phone")

    assert complaints == []
    assert (await get_segment("reachable")).members == 1
    assert await members_in("reachable") == [buyer.id]


async def test_a_happening_is_narrowed_and_typing_recounts(address: str) -> None:
    buyer, _ = await a_member(), await a_member()
    shelf = await a_shelf(units=20)
    for _ in range(2):
        await bought(buyer.id, shelf)
    async with a_phone(locale="en-GB") as (page, complaints):
        await page.set_viewport_size({"width": 1280, "height": 900})
        await log_in(page, address)
        await page.goto(f"{address}/console/segments/new?start=repeat-buyers")
        await expect(page.locator("#count .number")).to_have_text("1")
        await tab_to(page, "all.0.did.number.value1")
        await page.keyboard.press("Control+a")
        await page.keyboard.type("3")
        await expect(page.locator("#count .number")).to_have_text("0")
        await tab_to(page, "all.0|attribute")
        await tab_to(page, "where-all.0")
        await page.keyboard.press("Enter")
        await expect(page.locator(".leaf .row").first).to_contain_text("amount")
        await look(page, "builder-wide")

    assert complaints == []
