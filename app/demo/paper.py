"""The receipt out of the printer, its code in a browser, the invoice in the mailbox."""

from io import BytesIO
from typing import Any
from urllib.parse import urlsplit

import httpx2
import zxingcpp
from PIL import Image

from app.demo.players import STORE, Players, expect
from app.demo.purchase import Sale
from app.story import Step, Story, wait_for

TITLE, TAX_NO, MAIL = "上海拾光文化传播有限公司", "91310115MA1K4X3J3G", "caiwu@shopper.example"


def tell(story: Story, players: Players, sale: Sale) -> dict[str, Any]:
    with story.step("门店打印机打出小票，独立解码器读出二维码 (the receipt)") as step:
        code_url = _read_receipt(step, players, sale)
    with story.step("扫码开票：H5 页面、税号校验、提交 (the invoice page)") as step:
        page = _ask_for_invoice(step, players, code_url)
    with story.step("发票开具、PDF、寄到邮箱 (the invoice)") as step:
        return _receive_invoice(step, players, page)


def _read_receipt(step: Step, players: Players, sale: Sale) -> str:
    def printed() -> Any:
        jobs = players.sim(f"/printers/{STORE}/jobs")
        return next((job for job in jobs if sale.order_no in str(job)), None)

    job = wait_for("the receipt", printed)
    png = players.world.get(job["png_url"]).content
    (players.folder / "receipt.bin").write_bytes(players.world.get(job["bytes_url"]).content)
    (players.folder / "receipt.png").write_bytes(png)
    with Image.open(BytesIO(png)) as picture:
        found = zxingcpp.read_barcodes(picture)
    step.must(len(found) == 1, f"{len(found)} codes were read from the paper")
    url = str(found[0].text)
    step.must(url.startswith(f"{players.house.url}/i/"), f"the code says {url}")
    step.prove(f"{players.folder / 'receipt.png'}; the code says {url}")
    return url


def _browser(players: Players) -> httpx2.Client:
    return httpx2.Client(base_url=players.house.url, timeout=15, trust_env=False)


def _ask_for_invoice(step: Step, players: Players, code_url: str) -> str:
    path = urlsplit(code_url).path
    with _browser(players) as browser:
        first = browser.get(path)
        step.must(first.status_code == 200, f"the page answered {first.status_code}")
        wrong = {"kind": "enterprise", "title": TITLE, "tax_no": TAX_NO[:-1] + "A", "mail": MAIL}
        refused = browser.post(path, data=wrong)
        step.must(refused.status_code == 422, "a wrong check digit was taken")
        good = wrong | {"tax_no": TAX_NO}
        taken = browser.post(path, data=good, follow_redirects=True)
        step.must(taken.status_code == 200, f"the request was answered {taken.status_code}")
    step.prove(f"{TITLE} {TAX_NO} -> {MAIL}")
    return path


def _receive_invoice(step: Step, players: Players, path: str) -> dict[str, Any]:
    with _browser(players) as browser:

        def issued() -> Any:
            said = expect(browser.get(f"{path}/status"))
            return said["number"] if said["hasFile"] else None

        number = wait_for("the invoice", issued, seconds=30)
        second = {"kind": "individual", "title": "个人", "mail": MAIL}
        refused = browser.post(path, data=second)
        step.must(refused.status_code == 409, f"asking twice was answered {refused.status_code}")
        step.must(number in browser.get(path).text, "the page shows another invoice now")
        stranger = browser.get(f"{path}/invoice.pdf")
        step.must(not stranger.content.startswith(b"%PDF-"), "a stranger was given the file")
        browser.post(f"{path}/proof", data={"proof": TAX_NO})
        pdf = browser.get(f"{path}/invoice.pdf")
        step.must(pdf.content.startswith(b"%PDF-"), "the document is no PDF")
    place = players.folder / "invoice.pdf"
    place.write_bytes(pdf.content)
    mail = wait_for("the mail", lambda: _mail(players, number), seconds=30)
    raw = players.world.get(f"/_sim/mail/{mail['id']}/raw").content
    (players.folder / "mail.eml").write_bytes(raw)
    issued_count = len([1 for one in players.sim("/tax/invoices") if one["invoice_no"] == number])
    step.must(issued_count == 1, f"the provider issued it {issued_count} times")
    step.prove(f"invoice {number}, {len(pdf.content)} bytes; mail “{mail['subject']}”")
    return {"invoice_no": number, "invoice_pdf": str(place)}


def _mail(players: Players, number: str) -> Any:
    mails = expect(players.world.get("/_sim/mail"))
    return next((mail for mail in mails if number[-8:] in str(mail)), None)
