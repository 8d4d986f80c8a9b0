"""The export form, its progress and its file in a real Chromium; by keyboard, on a phone too."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.async_api import Page, expect

from core.security.scope import Role
from core.security.sessions import open_session
from core.settings import Settings
from core.web.policy import SESSION_COOKIE
from crm.exports.models import Export
from tests.scenes.exports import members_with_phones, rows_of
from tests.scenes.phone import a_phone, open_shop
from tests.scenes.stores import a_member_of_staff

FITS = "document.scrollingElement.scrollWidth <= innerWidth"


@pytest.fixture
async def address(settings: Settings, db: None) -> AsyncIterator[str]:
    async with open_shop(settings) as base:
        yield base


async def log_in(page: Page, address: str, role: Role = Role.HEAD_OFFICE) -> None:
    staff = await a_member_of_staff(role)
    token = await open_session(role=staff.role, staff_id=staff.id)
    await page.context.add_cookies([{"name": SESSION_COOKIE, "value": token, "url": address}])


async def tab_to(page: Page, name: str) -> None:
    """As somebody without a mouse comes to a field."""
    for _ in range(80):
        await page.keyboard.press("Tab")
        if await page.evaluate("document.activeElement.name ?? ''") == name:
            return
    raise AssertionError(f"the Tab key does not reach {name}")


async def test_a_list_is_asked_for_by_keyboard_and_its_file_taken_once(
    address: str, tmp_path: Path
) -> None:
    members = await members_with_phones(3)
    async with a_phone() as (page, complaints):
        await log_in(page, address)
        await page.goto(f"{address}/console/exports/new")
        assert await page.evaluate(FITS)
        for field, text in (("reason", "核对售后地址"), ("receiver", "客服主管")):
            await tab_to(page, field)
            await page.keyboard.type(text)
        await tab_to(page, "columns")  # the phone, which stands first
        await page.keyboard.press("Space")
        await page.keyboard.press("Enter")
        await page.wait_for_url("**/console/exports/exp_*")
        assert await page.evaluate(FITS)
        button = page.get_by_role("button", name="下载文件")
        await expect(button).to_be_visible()  # came by itself: nobody reloads
        async with page.expect_download() as started:
            await button.click()
        path = tmp_path / "list.csv"
        await (await started.value).save_as(path)
        await page.goto(f"{address}/console/exports")
        await expect(page.get_by_text("已下载")).to_be_visible()
        assert await page.evaluate(FITS)

        rows = rows_of(path.read_bytes())
        assert [row[:2] for row in rows[1:]] == [
            [member.public_id, f"138****000{n}"] for n, member in enumerate(members)
        ]
        assert complaints == []


async def test_a_mistake_is_said_in_the_form_and_nothing_typed_is_lost(address: str) -> None:
    async with a_phone(locale="en-GB") as (page, _):
        await log_in(page, address)
        await page.goto(f"{address}/console/exports/new")
        await page.get_by_label("What exactly it is for").fill("after-sales")
        await page.get_by_label("Who gets it").fill("the service desk")
        await page.get_by_role("button", name="Ask for the export").click()

        await expect(page.get_by_role("alert")).to_contain_text("Choose at least one column")
        await expect(page.get_by_label("Who gets it")).to_have_value("the service desk")
        assert await Export.all().count() == 0
