"""A real Chromium for shops that run in processes of their own; every complaint is kept."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from playwright.sync_api import Browser, ConsoleMessage, Page, sync_playwright

from tests.scenes.phone import ARGS, NAMES

PHONE: dict[str, Any] = {
    "viewport": {"width": 390, "height": 844},
    "device_scale_factor": 2,
    "is_mobile": True,
    "has_touch": True,
}
DESKTOP: dict[str, Any] = {"viewport": {"width": 1280, "height": 800}}


@contextmanager
def a_browser() -> Iterator[Browser]:
    path = next(found for name in NAMES if (found := shutil.which(name)))
    root = ["--no-sandbox"] if os.geteuid() == 0 else []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=ARGS + root)
        yield browser
        browser.close()


class Window:
    """One person's browser window; `complaints` gathers what its console and its scripts say."""

    def __init__(self, browser: Browser, size: dict[str, Any], *, locale: str = "zh-CN") -> None:
        self.context = browser.new_context(locale=locale, **size)
        self.context.set_default_timeout(20_000)
        self.page: Page = self.context.new_page()
        self.complaints: list[str] = []
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("console", self._hear)

    def _hear(self, said: ConsoleMessage) -> None:
        if said.type in {"error", "warning"}:
            self.complaints.append(f"{self.page.url}: {said.text}")

    def close(self) -> None:
        self.context.close()


TABBABLE = """() => [...document.querySelectorAll(
  'a[href], button, input:not([type=hidden]), select, textarea, summary, iframe')]
  .filter((e) => e.checkVisibility() && !e.disabled && e.tabIndex >= 0)"""


def walked_by_keyboard(page: Page) -> tuple[int, list[str]]:
    """How many places the Tab key reaches, and those it misses or shows no focus at."""
    everybody = page.evaluate_handle(TABBABLE)
    count: int = page.evaluate("(all) => (window.left = new Set(all)).size", everybody)
    page.evaluate("document.activeElement?.blur()")
    unseen: list[str] = []
    for _ in range(count + 2):
        page.keyboard.press("Tab")
        unseen += page.evaluate(LOOK)
    missed = page.evaluate(
        "() => [...window.left].filter((e) => !(e.type === 'radio' && !e.checked))"
        ".map((e) => 'missed ' + e.outerHTML.slice(0, 100))"
    )
    return count, [*unseen, *missed]


LOOK = """() => {
  const at = document.activeElement;
  if (!at || at === document.body || at.tagName === 'IFRAME') { window.left.delete(at); return []; }
  window.left.delete(at);
  const rings = [at, at.nextElementSibling].filter(Boolean)
    .flatMap((e) => [getComputedStyle(e), getComputedStyle(e, '::after')]);
  const seen = rings.some((s) => s.outlineStyle !== 'none' && parseFloat(s.outlineWidth) >= 2);
  return seen ? [] : ['no focus ring: ' + at.outerHTML.slice(0, 100)];
}"""
