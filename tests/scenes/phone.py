"""The shop on a real port with a worker, and a real Chromium of a phone's size."""

import asyncio
import gc
import os
import shutil
import socket
import warnings
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import uvicorn
from playwright.async_api import ConsoleMessage, Page, async_playwright

from app.web import build
from core.settings import Settings, configure
from tests.scene import tell_everyone

ARGS = [
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
]
NAMES = ("chromium", "chromium-browser", "google-chrome")


@asynccontextmanager
async def open_shop(settings: Settings) -> AsyncIterator[str]:
    """Serve the shop on a free port and work off its debts; answers its address.

    The shop's `public_url` is that address, so that QR codes and callbacks lead to it.
    """
    server = uvicorn.Server(uvicorn.Config(build(settings), log_level="warning"))
    door = socket.create_server(("127.0.0.1", 0))  # callers queue here until the server is up
    address = f"http://127.0.0.1:{door.getsockname()[1]}"
    configure(settings.model_copy(update={"public_url": address}))
    ended = asyncio.Event()
    serving, working = asyncio.create_task(server.serve([door])), asyncio.create_task(_work(ended))
    try:
        yield address
    finally:
        ended.set()  # first the work, not cancelled, then the server: it closes the database
        await asyncio.gather(working, return_exceptions=True)
        server.should_exit = True
        await asyncio.gather(serving, return_exceptions=True)
        # A browser that left cut requests short; what they held is freed here and not in the
        # middle of a later import, where CPython 3.11 stumbles over it.
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ResourceWarning)
            gc.collect()


async def _work(ended: asyncio.Event) -> None:
    while not ended.is_set():
        await tell_everyone()
        await asyncio.sleep(0.1)


@asynccontextmanager
async def a_phone(
    *, locale: str = "zh-CN", user_agent: str | None = None
) -> AsyncIterator[tuple[Page, list[str]]]:
    """A browser page of 390 x 844 points, and the list in which its complaints gather."""
    path = next(found for name in NAMES if (found := shutil.which(name)))
    root = ["--no-sandbox"] if os.geteuid() == 0 else []
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=path, args=ARGS + root)
        context = await browser.new_context(
            locale=locale,
            user_agent=user_agent,
            viewport={"width": 390, "height": 844},
            device_scale_factor=2,
            is_mobile=True,
            has_touch=True,
        )
        page = await context.new_page()
        complaints: list[str] = []
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("console", lambda said: complaints.extend(_complaint(said)))
        yield page, complaints
        await browser.close()


def _complaint(said: ConsoleMessage) -> list[str]:
    return [said.text] if said.type in {"error", "warning"} else []
