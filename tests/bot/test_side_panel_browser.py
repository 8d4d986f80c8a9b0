"""The side panel in a real Chromium, WeCom played by the sandbox: a tap, and the card is there."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.async_api import Page

from core.security.source_code import Source, read_source
from core.settings import Settings, current
from crm.people.models import CustomerGroup
from crm.people.service import mirror_group
from sandbox import group_chats, messages, oauth
from sandbox.world import World
from tests.scenes.orders import a_shelf
from tests.scenes.people import played
from tests.scenes.phone import a_phone, open_shop
from tests.scenes.stores import a_member_of_staff
from trade.catalog.models import Product
from trade.stores.models import Staff

GROUP = "静安店会员群"


@pytest.fixture
async def world(settings: Settings, secrets: dict[str, Any], db: None) -> AsyncIterator[World]:
    async with played(settings, secrets, members=["JiangYue"]) as world:
        yield world


@pytest.fixture
async def address(world: World) -> AsyncIterator[str]:
    """The open shop, a host that WeCom trusts."""
    async with open_shop(current()) as base:
        [(corp_id, corp)] = world.corps.items()
        trusted = corp.model_copy(update={"redirect_hosts": (urlsplit(base).netloc,)})
        world.corps[corp_id] = trusted
        yield base


@pytest.fixture
async def guide(world: World) -> Staff:
    """Whose store has a scarf, and who owns two customer groups."""
    guide = await a_member_of_staff(user_id="JiangYue", display_name="导购小江")
    await a_shelf(store_id=guide.store_id, units=7)
    [corp] = world.corps.values()
    for name in ("另一个群", GROUP):
        group = group_chats.create(world, corp, owner="JiangYue", name=name)
        await mirror_group(chat_id=group["chat_id"], name=name, owner_user_id="JiangYue")
    return guide


async def open_panel(page: Page, world: World, address: str, chat_id: str) -> None:
    """The guide opens the chat's tools in WeCom, which knows who they are and where."""
    cookie = {"name": oauth.COOKIE, "value": "JiangYue", "url": world.http}
    await page.context.add_cookies([cookie])  # type: ignore[list-item]
    world.collection("panels")["JiangYue"] = {"chat_id": chat_id}
    await page.goto(f"{address}/wecom/login")


async def test_a_tap_sends_the_card_into_the_chat_the_panel_is_open_in(
    world: World, address: str, guide: Staff, tmp_path: Path
) -> None:
    group = await CustomerGroup.get(name=GROUP)
    async with a_phone() as (page, complaints):
        await open_panel(page, world, address, group.chat_id)
        await page.locator("#group option").nth(1).wait_for(state="detached")
        chosen = await page.get_by_label("发送到").locator("option").all_inner_texts()
        await page.get_by_role("button", name="分享 羊绒围巾").click()
        await page.get_by_text("已发送到客户群").wait_for()
        await page.screenshot(path=tmp_path / "panel.png", full_page=True)

        assert complaints == []
    [sent] = [doc for doc in messages.outbox(world) if doc["channel"] == "group"]
    query = parse_qs(urlsplit(sent["body"]["path"]).query)
    scarf = await Product.get()
    assert chosen == [GROUP]
    assert (sent["to"], query["id"]) == (group.chat_id, [scarf.public_id])
    source = read_source(query["source"][0])
    assert source == Source(guide.id, guide.store_id or 0, group.id, scarf.id)


async def test_the_panel_is_used_by_keyboard_alone(
    world: World, address: str, guide: Staff
) -> None:
    group = await CustomerGroup.get(name=GROUP)
    async with a_phone() as (page, complaints):
        await open_panel(page, world, address, group.chat_id)
        button = page.get_by_role("button", name="分享 羊绒围巾")
        await button.wait_for()
        for _ in range(20):
            await page.keyboard.press("Tab")
            if await button.evaluate("button => button === document.activeElement"):
                break
        await page.keyboard.press("Enter")
        await page.get_by_text("已发送到客户群").wait_for()

        assert complaints == []


async def test_outside_wecom_the_path_can_be_copied(
    world: World, address: str, guide: Staff
) -> None:
    async with a_phone() as (page, _):
        await page.route("**/jwxwork.js", lambda route: route.abort())
        await open_panel(page, world, address, "")
        await page.get_by_role("button", name="分享 羊绒围巾").click()
        path = await page.get_by_label("小程序路径").input_value()

    assert path.startswith("pages/product/index.html?id=prd_")
    assert not [doc for doc in messages.outbox(world) if doc["channel"] == "group"]


async def test_a_name_that_is_a_script_opens_no_dialog(
    world: World, address: str, guide: Staff
) -> None:
    text = "<script>alert(1)</script>\"'><img src=x onerror=alert(2)>"
    await Product.all().update(title=text)
    await CustomerGroup.all().update(name=text)
    async with a_phone() as (page, complaints):
        dialogs: list[str] = []
        page.on("dialog", lambda dialog: dialogs.append(dialog.message))
        await open_panel(page, world, address, "")
        await page.locator("li", has_text="onerror").first.wait_for()

        assert (dialogs, complaints) == ([], [])
