"""Take the pictures of the README from a fresh shop that `make run` has opened.

Everything in them is real: a few sales by HTTP, then Chromium's view of the shop and the sandbox.
"""

import io
import os
import random
import shutil
import time
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx2
from PIL import Image, ImageDraw, ImageFilter
from playwright.sync_api import Browser, Page, sync_playwright

SHOP = "http://127.0.0.1:8000"
WORLD = "http://127.0.0.1:8001"
OUT = Path(__file__).resolve().parents[1] / "docs" / "pictures"
SALES = {"SuHe": ("S001", 5), "YeQing": ("S002", 3), "LuoYi": ("S004", 2), "QinSang": ("S005", 3)}
PRODUCT, TITLE, TAX_NO = "松间单椅", "苏州明日家居有限公司", "91110108551385082Q"
GROUND, MARGIN = "#e9eeea", 56
ACCENTS = ((0xB8, 0x38, 0x1C), (0x2B, 0x5F, 0x9E))  # the price, the guide's face


class Shopper:
    """Buys by HTTP, as a mini-program would."""

    def __init__(self, user: str) -> None:
        self.user = user
        code = self._ask(WORLD, f"/_sim/users/{user}/login", {})["js_code"]
        token = self._ask(SHOP, "/api/v1/login", {"code": code})["token"]
        self.headers = {"authorization": f"Bearer {token}"}

    def _ask(self, base: str, path: str, body: Any, **headers: str) -> Any:
        answer = httpx2.post(base + path, json=body, headers=headers, timeout=30, trust_env=False)
        answer.raise_for_status()
        return answer.json()

    def change(self, path: str, body: Any) -> Any:
        key = {"idempotency-key": uuid4().hex}
        return self._ask(SHOP, path, body, **self.headers, **key)

    def buy(self, store: str, source: str, chance: random.Random) -> None:
        shelf = httpx2.get(f"{SHOP}/api/v1/products?storeCode={store}&limit=40", trust_env=False)
        product = chance.choice([one for one in shelf.json()["items"] if one["available"] > 3])
        path = f"/api/v1/products/{product['productId']}?storeCode={store}"
        skus = httpx2.get(SHOP + path, trust_env=False).json()["skus"]
        sku = next(one["code"] for one in skus if one["available"] > 0)
        lines = [{"skuCode": sku, "quantity": 1}]
        wanted = {"storeCode": store, "lines": lines, "delivery": "pickup", "source": source}
        order = self.change("/api/v1/orders", wanted)
        sheet = self.change(f"/api/v1/orders/{order['orderId']}/payments", {})
        self._ask(WORLD, f"/_sim/users/{self.user}/pay", sheet)


def sell(page: Page) -> None:
    """A morning's sales, each begun with a guide's card, so that the numbers say something."""
    chance = random.Random(7)  # noqa: S311  which goods are sold is no secret
    shoppers = [Shopper(f"u{number}") for number in (1, 2, 3)]
    for guide, (store, count) in SALES.items():
        source = share(page, guide, "分享").rpartition("source=")[2]
        for _ in range(count):
            chance.choice(shoppers).buy(store, source, chance)
    time.sleep(5)  # until the worker has told everybody


def share(page: Page, guide: str, button: str) -> str:
    """The path on the card that now lies in the guide's group."""
    page.goto(f"{WORLD}/wecom/{guide}")
    panel = page.frame_locator("#panel")
    panel.get_by_role("button", name=button).first.click()
    panel.get_by_text("已发送到客户群").wait_for()
    path = page.locator("#talk .code-line").last
    path.wait_for()
    return path.inner_text()


def wecom(page: Page) -> Image.Image:
    """The guide's window once the sale has brought its commission."""
    page.goto(f"{WORLD}/wecom/JiangYue?chat=group:wrs003JiangYue")
    page.frame_locator("#panel").locator("h1").wait_for()
    page.wait_for_timeout(1500)
    return seen(page)


def buy(page: Page) -> Image.Image:
    page.goto(f"{WORLD}/chats?chat=group:wrs003JiangYue&as=u1")
    page.get_by_role("link", name="打开小程序").last.click()
    sheet = page.get_by_role("button", name="同意", exact=True)
    sheet.click()
    page.locator(".name").wait_for()
    page.wait_for_timeout(800)
    phone = seen(page, "#phone")
    page.get_by_role("button", name="立即购买").click()
    page.get_by_role("button", name="提交订单").click()
    page.get_by_role("button", name="确认支付").click()
    page.get_by_text("已付款").wait_for()
    page.wait_for_timeout(4000)
    return phone


def invoice(page: Page) -> Image.Image:
    page.goto(f"{WORLD}/paper")
    page.goto(str(page.locator(".slip footer a").first.get_attribute("href")))
    for name, text in (("#title", TITLE), ("#tax_no", TAX_NO), ("#mail", "caiwu@example.com")):
        page.fill(name, text)
    page.keyboard.press("Enter")
    page.get_by_text("已发送到您填写的邮箱").wait_for()
    return seen(page).crop((0, 120, 780, 822))


def receipt() -> Image.Image:
    """The newest paper, without most of the blank that a printer feeds before it is torn off."""
    paper = Image.open(io.BytesIO(httpx2.get(f"{WORLD}/paper/newest", trust_env=False).content))
    flat = Image.new("RGB", paper.size, GROUND)
    flat.paste(paper, mask=paper.convert("RGBA").getchannel("A"))
    return flat.crop((0, 0, flat.width, flat.height - 170))


def console(page: Page) -> Image.Image:
    page.goto(f"{SHOP}/login?login=yingxiao")
    page.get_by_label("密码").fill("daogou-demo")
    page.keyboard.press("Enter")
    page.wait_for_url("**/console")
    page.wait_for_timeout(500)
    return seen(page)


def seen(page: Page, part: str = "") -> Image.Image:
    taken = page.locator(part).screenshot(omit_background=True) if part else page.screenshot()
    return Image.open(io.BytesIO(taken)).convert("RGB")


def put(
    canvas: Image.Image, picture: Image.Image, place: tuple[int, int], width: int, radius: int = 18
) -> None:
    """With round corners and a soft shadow below."""
    height = picture.height * width // picture.width
    small = picture.resize((width, height), Image.Resampling.LANCZOS)
    mask = Image.new("L", (width * 4, height * 4), 0)
    box = (0, 0, width * 4 - 1, height * 4 - 1)
    ImageDraw.Draw(mask).rounded_rectangle(box, radius=radius * 4, fill=255)
    mask = mask.resize((width, height), Image.Resampling.LANCZOS)
    shadow = Image.new("L", canvas.size, 0)
    shadow.paste(mask.point(lambda value: value // 5), (place[0], place[1] + 10))
    canvas.paste("#20302a", mask=shadow.filter(ImageFilter.GaussianBlur(16)))
    canvas.paste(small, place, mask)


def compose(shots: dict[str, Image.Image]) -> Image.Image:
    canvas = Image.new("RGB", (2000, 1263), GROUND)
    put(canvas, shots["wecom"], (MARGIN, MARGIN), 960)
    put(canvas, shots["console"], (MARGIN, 712), 960)
    put(canvas, shots["phone"], (1072, 90), 500, radius=54)
    put(canvas, shots["receipt"], (1632, MARGIN), 312, radius=4)
    put(canvas, shots["invoice"], (1632, 912), 312)
    return canvas


def take(browser: Browser) -> dict[str, Image.Image]:
    def window(width: int, height: int, **more: Any) -> Page:
        size: Any = {"width": width, "height": height}
        sharp = {"device_scale_factor": 2} | more
        return browser.new_context(locale="zh-CN", viewport=size, **sharp).new_page()

    guide = window(1280, 800)
    sell(guide)
    share(guide, "JiangYue", f"分享 {PRODUCT}")
    shots = {"phone": buy(window(1280, 940)), "wecom": wecom(guide)}
    shots["receipt"] = receipt()
    shots["invoice"] = invoice(window(390, 844, is_mobile=True))
    return shots | {"console": console(window(1280, 660))}


def with_few_colours(picture: Image.Image) -> Image.Image:
    """Small enough for a README: its 248 commonest colours, and accents too small to count."""
    common = (picture.quantize(248).getpalette() or [])[: 248 * 3]
    accents = [value for colour in ACCENTS for value in colour]
    palette = Image.new("P", (1, 1))
    palette.putpalette(common + accents)
    return picture.quantize(palette=palette, dither=Image.Dither.FLOYDSTEINBERG)


def main() -> None:
    path = shutil.which("chromium") or shutil.which("google-chrome")
    root = ["--no-sandbox"] if os.geteuid() == 0 else []
    OUT.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=["--disable-gpu", *root])
        shots = take(browser)
        browser.close()
    for name, picture in (("shop", compose(shots)), ("receipt", shots["receipt"])):
        few = with_few_colours(picture)
        few.save(OUT / f"{name}.png", optimize=True)


if __name__ == "__main__":
    main()
