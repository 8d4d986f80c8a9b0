"""The trade pages at two widths, by keyboard alone: none is wider than its screen or complains."""

from pathlib import Path

import pytest

from core.security.scope import Role
from core.security.sessions import open_session
from core.settings import Settings
from core.web.policy import SESSION_COOKIE
from tests.devices.test_till_conflicts import a_conflict
from tests.devices.test_tills import a_shop
from tests.scenes.phone import a_phone, open_shop
from tests.scenes.stores import a_member_of_staff
from trade.fulfilment.queries import work_policy

PAGES = (
    "/console/policies",
    "/console/partners",
    "/console/tills",
    "/store/visits",
    "/console/promotions",
    "/console/promotions/new",
    "/console/promotions/new?kind=full_reduction",
    "/console/promotions/new?kind=bundle",
    "/console/prices",
    "/console/goods",
    "/store/cash",
    "/console/reconciliation",
)
pytestmark = pytest.mark.usefixtures("db")


async def test_an_office_works_by_keyboard_at_both_widths(
    settings: Settings, tmp_path: Path
) -> None:
    await a_conflict(await a_shop())
    staff = await a_member_of_staff(Role.HEAD_OFFICE)
    token = await open_session(role=Role.HEAD_OFFICE, staff_id=staff.id)
    too_wide: list[str] = []
    async with open_shop(settings) as address, a_phone() as (page, complaints):
        await page.context.add_cookies([{"name": SESSION_COOKIE, "value": token, "url": address}])
        for width in (390, 1280):
            await page.set_viewport_size({"width": width, "height": 900})
            for path in PAGES:
                await page.goto(f"{address}{path}")
                wide = await page.evaluate("document.documentElement.scrollWidth")
                too_wide += [f"{path} {wide} at {width}"] if wide > width else []
                name = f"{path.strip('/').replace('/', '-').replace('?', '-')}-{width}.png"
                await page.screenshot(path=tmp_path / name, full_page=True)
        await page.goto(f"{address}/console/policies")
        await page.keyboard.press("Tab")  # the way to the text comes first
        await page.keyboard.press("Enter")
        for _ in range(40):
            await page.keyboard.press("Tab")
            if await page.evaluate("document.activeElement.id") == "accept_minutes":
                break
        await page.keyboard.press("Control+a")
        await page.keyboard.type("33")
        await page.keyboard.press("Enter")
        await page.wait_for_load_state("networkidle")
        kept = await work_policy()

    assert (too_wide, complaints) == ([], [])
    assert kept.accept_minutes == 33
