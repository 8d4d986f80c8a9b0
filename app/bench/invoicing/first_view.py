"""How long a guest with a slow phone looks at nothing: the page in a real Chromium, slowed down."""

import os
import shutil

from app.bench.invoicing.stage import Stage

NAMES = ("chromium", "chromium-browser", "google-chrome")
LOOKS = 3  # the best counts: other work on this machine is no part of the page
SLOW_NETWORK = {  # Chromium's "fast 3G"
    "offline": False,
    "latency": 150,
    "downloadThroughput": 1_600_000 / 8,
    "uploadThroughput": 750_000 / 8,
}
SLOWER_CPU = {"rate": 4}
PAINTED = "performance.getEntriesByName('first-contentful-paint').length > 0"
FIRST_PAINT = "performance.getEntriesByName('first-contentful-paint')[0].startTime"


async def first_view(stage: Stage) -> dict[str, float]:
    """Milliseconds to the first paint of the page. Nothing where no browser is installed."""
    browser = next((path for name in NAMES if (path := shutil.which(name))), None)
    try:
        from playwright.async_api import async_playwright  # noqa: PLC0415  for developers only
    except ImportError:
        return {}
    if browser is None:
        return {}
    [code] = await stage.sell(1)
    root = ["--no-sandbox"] if os.geteuid() == 0 else []
    async with async_playwright() as playwright:
        chromium = await playwright.chromium.launch(executable_path=browser, args=root)
        page = await chromium.new_page(viewport={"width": 390, "height": 844})
        slow = await page.context.new_cdp_session(page)
        await slow.send("Network.enable")
        await slow.send("Network.setCacheDisabled", {"cacheDisabled": True})
        await slow.send("Network.emulateNetworkConditions", SLOW_NETWORK)
        await slow.send("Emulation.setCPUThrottlingRate", SLOWER_CPU)
        seen = []
        for _ in range(LOOKS):
            await page.goto(f"{stage.house.url}/i/{code}", wait_until="load")
            await page.wait_for_function(PAINTED)
            seen.append(float(await page.evaluate(FIRST_PAINT)))
        await chromium.close()
    return {"first_view_ms": round(min(seen))}
