"""The store's page in a real Chromium: what is due, the next step, and goods against their code."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from playwright.async_api import Page

from core.security.scope import Role
from core.security.sessions import open_session
from core.settings import Settings, current
from core.web.policy import SESSION_COOKIE
from tests.scenes.fulfilment import days_pass, people_of, sold, the_task
from tests.scenes.orders import Shelf, a_shelf
from tests.scenes.phone import a_phone, open_shop
from tests.scenes.stores import a_member_of_staff, a_store
from trade.fulfilment.queries import TaskState, tasks_of
from trade.fulfilment.service import accept_task, mark_ready, pick_task
from trade.orders.queries import Delivery, OrderState, OrderView, order_of

pytestmark = pytest.mark.usefixtures("db")


@pytest.fixture
async def address(settings: Settings, db: None) -> AsyncIterator[str]:
    assert settings.mode == "test"
    async with open_shop(current()) as base:
        yield base


async def a_store_at_work() -> tuple[int, OrderView, OrderView, str]:
    """A guide's store with a late order, one to send, and one that waits for its guest."""
    store = await a_store(name="静安甲店")
    guide = await a_member_of_staff(store=store)
    shelf: Shelf = await a_shelf(store_id=store.id)
    await sold(shelf)
    await days_pass(1)
    express = await sold(shelf, quantity=2, delivery=Delivery.EXPRESS)
    pickup = await sold(shelf)
    task = await the_task(pickup)
    scope = people_of(store.id)
    for work in (accept_task, pick_task):
        await work(scope=scope, task_id=task.public_id)
    await mark_ready(scope=scope, task_id=task.public_id, hold_place="B-07")
    assert task.code is not None
    return guide.id, express, pickup, task.code


async def opened(page: Page, address: str, staff_id: int, *, lang: str = "zh") -> None:
    token = await open_session(role=Role.GUIDE, staff_id=staff_id)
    cookie = {"name": SESSION_COOKIE, "value": token, "url": address}
    await page.context.add_cookies([cookie])  # type: ignore[list-item]
    await page.goto(f"{address}/store/tasks?lang={lang}")


async def test_a_guide_sees_what_is_due_and_takes_the_next_steps(address: str) -> None:
    guide_id, express, pickup, code = await a_store_at_work()
    async with a_phone() as (page, complaints):
        await opened(page, address, guide_id)
        chips = await page.locator(".tasks .chip:not(.kind)").all_inner_texts()
        late = await page.locator(".age.late").all_inner_texts()
        card = page.locator("li.card", has_text=express.order_no)
        for step in ("接单", "拣货完成"):
            await card.get_by_role("button", name=step, exact=True).click()
            await page.wait_for_url("**/store/tasks?done=step")
        await card.get_by_label("运单号").fill("sf1234567890123")
        await card.get_by_role("button", name="发货", exact=True).click()
        await page.wait_for_url("**/store/tasks?done=step")
        await page.get_by_label("提货码").fill("00000000")
        await page.get_by_role("button", name="核销").click()
        refused = await page.get_by_role("status").inner_text()
        await page.get_by_label("提货码").fill(code)
        await page.get_by_role("button", name="核销").click()
        await page.wait_for_url("**/store/tasks?done=given")

        assert complaints == []
    await asyncio.sleep(0)
    assert sorted(chips) == ["待取货", "待接单", "待接单"]
    assert len(late) == 1
    assert "提货码不正确" in refused
    assert (await order_of(express.id)).state is OrderState.SHIPPED
    assert (await order_of(pickup.id)).state is OrderState.DONE


async def test_the_page_speaks_english_and_fits_a_phone(address: str) -> None:
    guide_id, express, _, _ = await a_store_at_work()
    [task] = await tasks_of(express.id)
    async with a_phone() as (page, complaints):
        await opened(page, address, guide_id, lang="en")
        shown = await page.locator("main").inner_text()
        wide = await page.evaluate("document.documentElement.scrollWidth")
        await page.goto(f"{address}/store/tasks/{task.public_id}/packing")
        packing = await page.locator("main").inner_text()

        assert complaints == []
    assert task.state is TaskState.OPEN
    assert "Store tasks" in shown
    assert wide <= 390
    assert "上海市静安区南京西路 1 号" in packing
