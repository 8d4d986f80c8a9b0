"""The page behind the QR of a receipt, over HTTP."""

import re
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta

import httpx2
import pytest

from core import clock
from core.database import sql
from core.outbox import OutboxRow
from core.security.receipt_code import BadReceiptCode, ReceiptKey, check, mint, order_key_of
from devices.queries import receipt_code_of
from invoicing.models import InvoiceableOrder, InvoiceRequest
from invoicing.rules.states import RequestState
from tests.scene import make_due, tell_everyone
from tests.scenes.devices import a_paid_order
from tests.scenes.invoicing import BUYER_TAX_NO, MAIL
from tests.scenes.orders import a_shelf, an_order
from trade.orders.queries import OrderView
from trade.stores.queries import receipt_key_of
from trade.stores.service import renew_receipt_key

FORM = {
    "kind": "enterprise",
    "title": "某某商贸（上海）有限公司",
    "tax_no": BUYER_TAX_NO,
    "mail": MAIL,
}
SCRIPT = re.compile("<script[^>]*>")
ENGLISH = {"accept-language": "en"}
pytestmark = pytest.mark.usefixtures("shop")


async def a_receipt() -> tuple[OrderView, str]:
    """A paid order that everybody knows of, and the code on its paper."""
    order = await a_paid_order(await a_shelf())
    await tell_everyone()
    return order, await receipt_code_of(order)


async def issued(http: httpx2.AsyncClient) -> None:
    for _ in range(4):
        await tell_everyone()
        await http.post("/_sim/clock", json={"advance_s": 60})
        await make_due()
    await tell_everyone()


async def test_the_form_shows_the_order_and_nothing_personal(client: httpx2.AsyncClient) -> None:
    order, code = await a_receipt()

    page = await client.get(f"/i/{code}")

    assert page.status_code == 200
    for shown in (order.order_no, order.lines[0].title, "¥399.00", "税号", 'name="title"'):
        assert shown in page.text
    assert "script-src 'self'" in page.headers["content-security-policy"]
    assert page.headers["cache-control"] == "no-store"
    assert "style=" not in page.text
    assert set(SCRIPT.findall(page.text)) == {'<script src="/static/invoicing/scan.js" defer>'}


async def test_the_form_speaks_english(client: httpx2.AsyncClient) -> None:
    _, code = await a_receipt()

    page = await client.get(f"/i/{code}", headers=ENGLISH)

    assert "Ask for the invoice" in page.text
    assert "提交开票" not in page.text


async def test_scan_fill_in_and_find_the_same_invoice_ever_after(
    client: httpx2.AsyncClient, http: httpx2.AsyncClient
) -> None:
    _, code = await a_receipt()

    sent = await client.post(f"/i/{code}", data=FORM)
    assert (sent.status_code, sent.headers["location"]) == (303, f"/i/{code}")
    assert "正在开具" in (await client.get(f"/i/{code}")).text
    await issued(http)

    status = (await client.get(f"/i/{code}/status")).json()
    assert (status["state"], status["isOpen"], status["totalFen"]) == ("delivered", False, 39_900)
    page = await client.get(f"/i/{code}")
    assert status["number"] in page.text
    assert not [text for text in (FORM["title"], BUYER_TAX_NO, MAIL) if text in page.text]
    pdf = await client.get(f"/i/{code}/invoice.pdf")
    assert (pdf.headers["content-type"], pdf.content[:5]) == ("application/pdf", b"%PDF-")
    again = await client.post(f"/i/{code}", data=FORM)
    assert again.status_code == 303
    assert await InvoiceRequest.all().count() == 1


async def test_the_page_gets_the_part_that_changes(
    client: httpx2.AsyncClient, http: httpx2.AsyncClient
) -> None:
    _, code = await a_receipt()
    await client.post(f"/i/{code}", data=FORM)

    waiting = await client.get(f"/i/{code}/status", headers={"x-part": "state"})
    await issued(http)
    done = await client.get(f"/i/{code}/status", headers={"x-part": "state"})

    assert 'data-poll="2"' in waiting.text
    assert "<html" not in waiting.text
    assert "data-poll" not in done.text
    assert "invoice.pdf" in done.text


async def test_a_wrong_check_digit_keeps_what_was_typed_and_sends_nothing(
    client: httpx2.AsyncClient,
) -> None:
    _, code = await a_receipt()

    page = await client.post(f"/i/{code}", data={**FORM, "tax_no": BUYER_TAX_NO[:-1] + "K"})

    assert page.status_code == 422
    assert "校验位不对" in page.text
    assert 'aria-invalid="true"' in page.text
    assert FORM["title"] in page.text
    assert await InvoiceRequest.all().count() == 0


async def test_a_look_alike_is_offered_and_one_press_sends_it(client: httpx2.AsyncClient) -> None:
    _, code = await a_receipt()
    right = "913702025379202964"

    page = await client.post(f"/i/{code}", data={**FORM, "tax_no": "9137O2O2537920296A"[:17] + "4"})
    assert f'name="use" value="{right}"' in page.text
    sent = await client.post(f"/i/{code}", data={**FORM, "tax_no": "wrong", "use": right})

    assert sent.status_code == 303


async def test_an_unusual_number_is_confirmed_before_it_is_sent(
    client: httpx2.AsyncClient,
) -> None:
    _, code = await a_receipt()
    old = {**FORM, "tax_no": "410105manc1tj05"}

    page = await client.post(f"/i/{code}", data=old)
    assert page.status_code == 200
    assert 'name="sure" value="410105MANC1TJ05"' in page.text
    assert await InvoiceRequest.all().count() == 0
    other = await client.post(f"/i/{code}", data={**old, "sure": "410105MANC1TJ06"})
    assert other.status_code == 200
    sent = await client.post(f"/i/{code}", data={**old, "sure": "410105MANC1TJ05"})

    assert sent.status_code == 303


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"kind": "robot"}, "请选择抬头类型"),
        ({"title": ""}, "请填写发票抬头"),
        ({"tax_no": ""}, "企业发票需要填写税号"),
        ({"mail": "nobody"}, "邮箱地址不正确"),
    ],
)
async def test_what_cannot_be_is_refused_in_words(
    client: httpx2.AsyncClient, change: dict[str, str], message: str
) -> None:
    _, code = await a_receipt()

    page = await client.post(f"/i/{code}", data={**FORM, **change})

    assert page.status_code == 422
    assert message in page.text


async def test_markup_in_a_title_stays_text(client: httpx2.AsyncClient) -> None:
    _, code = await a_receipt()
    evil = '"><script>alert(1)</script>'

    page = await client.post(f"/i/{code}", data={**FORM, "title": evil, "mail": "x"})

    assert "<script>" not in page.text
    assert "&lt;script&gt;" in page.text


async def test_another_company_with_the_same_receipt_comes_too_late(
    client: httpx2.AsyncClient,
) -> None:
    _, code = await a_receipt()
    await client.post(f"/i/{code}", data=FORM)

    late = await client.post(f"/i/{code}", data={**FORM, "title": "另一家公司"})

    assert late.status_code == 409
    assert "已申请开票" in late.text


async def test_a_refused_request_says_why_and_offers_the_form_again(
    client: httpx2.AsyncClient, http: httpx2.AsyncClient
) -> None:
    await http.post("/_sim/tax/faults", json={"kind": "refuse", "describe": "购方名称有误"})
    _, code = await a_receipt()
    await client.post(f"/i/{code}", data=FORM)
    await issued(http)

    page = await client.get(f"/i/{code}")

    assert "购方名称有误" in page.text
    assert 'name="title"' in page.text
    assert (await client.get(f"/i/{code}/status")).json()["state"] == "refused"


async def unpaid() -> str:
    order = await an_order()
    await renew_receipt_key(order.store_id)
    await InvoiceableOrder(
        store_id=order.store_id,
        order_key=order_key_of(order.order_no).hex(),
        order_id=order.id,
        order_no=order.order_no,
        lines=[],
        paid_fen=order.payable_fen,
        paid_at=clock.now(),
    ).save()
    return await minted(order, amount_fen=order.payable_fen)


async def minted(order: OrderView, *, amount_fen: int | None = None) -> str:
    return mint(
        await receipt_key_of(order.store_id),
        store_id=order.store_id,
        order_key=order_key_of(order.order_no),
        amount_fen=order.paid_fen if amount_fen is None else amount_fen,
        at=order.paid_at or clock.now(),
    )


async def refunded() -> str:
    order, code = await a_receipt()
    await sql(
        "UPDATE orders_order SET state = 'closed', close_reason = 'refunded' WHERE id = $1",
        order.id,
    )
    return code


async def cancelled() -> str:
    code = await unpaid()
    await sql("UPDATE orders_order SET state = 'closed', close_reason = 'cancelled'")
    return code


async def expired() -> str:
    order, code = await a_receipt()
    long_ago = clock.now() - timedelta(days=400)
    await sql("UPDATE orders_order SET paid_at = $2 WHERE id = $1", order.id, long_ago)
    return code


async def other_amount() -> str:
    order, _ = await a_receipt()
    return await minted(order, amount_fen=1)


async def foreign_key() -> str:
    order, _ = await a_receipt()
    kid = (await receipt_key_of(order.store_id)).kid
    return mint(
        ReceiptKey(kid, b"x" * 32),
        store_id=order.store_id,
        order_key=order_key_of(order.order_no),
        amount_fen=order.paid_fen,
        at=order.paid_at or clock.now(),
    )


async def other_store() -> str:
    """Signed by a store that is not the one it names."""
    order, _ = await a_receipt()
    other, _ = await a_receipt()
    return mint(
        await receipt_key_of(other.store_id),
        store_id=order.store_id,
        order_key=order_key_of(order.order_no),
        amount_fen=order.paid_fen,
        at=order.paid_at or clock.now(),
    )


async def nonsense() -> str:
    return "A" * 42


async def short() -> str:
    return "abc"


@pytest.mark.parametrize(
    ("make", "status", "text", "english"),
    [
        (unpaid, 409, "尚未付款", "not paid yet"),
        (refunded, 409, "已退款", "was refunded"),
        (cancelled, 409, "没有可开票金额", "can be invoiced"),
        (expired, 409, "已过自助开票期限", "is over"),
        (other_amount, 409, "金额与订单不一致", "not the order"),
        (foreign_key, 404, "无法识别", "not known"),
        (other_store, 404, "无法识别", "not known"),
        (nonsense, 404, "无法识别", "not known"),
        (short, 404, "无法识别", "not known"),
    ],
)
async def test_a_code_that_cannot_be_invoiced_says_what_to_do(
    client: httpx2.AsyncClient,
    make: Callable[[], Awaitable[str]],
    status: int,
    text: str,
    english: str,
) -> None:
    code = await make()

    page = await client.get(f"/i/{code}")
    sent = await client.post(f"/i/{code}", data=FORM, headers=ENGLISH)

    assert (page.status_code, sent.status_code) == (status, status)
    assert text in page.text
    assert english in sent.text
    assert await InvoiceRequest.all().count() == 0


async def test_a_code_is_tried_ten_times_a_minute(client: httpx2.AsyncClient) -> None:
    _, code = await a_receipt()

    statuses = [(await client.get(f"/i/{code}")).status_code for _ in range(12)]

    assert statuses == [200] * 10 + [429] * 2


async def test_guessing_is_stopped_and_hits_nothing(client: httpx2.AsyncClient) -> None:
    _, code = await a_receipt()
    tail = "ABCDEFGHIJKLMNO"
    guesses = [code[:-2] + a + b for a in tail[:4] for b in "AQgw"[:4]]

    statuses = [(await client.get(f"/i/{g}/status")).status_code for g in guesses if g != code]

    assert set(statuses) <= {404, 429}
    assert statuses.count(404) <= 10


async def test_a_hundred_thousand_guesses_hit_nothing() -> None:
    order, _ = await a_receipt()
    key = await receipt_key_of(order.store_id)
    wrong = ReceiptKey(key.kid, b"another secret...")
    moment = datetime(2025, 11, 21, tzinfo=UTC)
    hits = 0
    for number in range(100_000):
        guess = mint(wrong, store_id=1, order_key=number, amount_fen=100, at=moment)
        try:
            check(guess, key)
            hits += 1
        except BadReceiptCode:
            continue

    assert hits == 0


async def test_there_is_no_file_before_there_is_an_invoice(client: httpx2.AsyncClient) -> None:
    _, code = await a_receipt()
    for path in ("status", "invoice.pdf"):
        assert (await client.get(f"/i/{code}/{path}")).status_code == 404
    await client.post(f"/i/{code}", data=FORM)

    assert (await client.get(f"/i/{code}/invoice.pdf")).status_code == 404


async def test_the_providers_callback_makes_us_ask(client: httpx2.AsyncClient) -> None:
    _, code = await a_receipt()
    await client.post(f"/i/{code}", data=FORM)
    await tell_everyone()
    row = await InvoiceRequest.get()
    assert row.state is RequestState.SUBMITTED
    lie = {"operater": "callback", "orderno": row.request_no, "content": '{"c_status": "1"}'}

    taken = await client.post(f"/callbacks/tax/{row.callback_token}", data=lie)

    assert taken.json() == {"status": "0000", "message": "同步成功"}
    assert await OutboxRow.filter(name="invoicing.ask").count() == 1
    assert (await InvoiceRequest.get()).state is RequestState.SUBMITTED


async def test_a_callback_that_is_not_the_providers_is_refused(client: httpx2.AsyncClient) -> None:
    _, code = await a_receipt()
    await client.post(f"/i/{code}", data=FORM)
    row = await InvoiceRequest.get()
    good = {"operater": "callback", "orderno": row.request_no}

    answers = [
        await client.post("/callbacks/tax/cb_guessed", data=good),
        await client.post(f"/callbacks/tax/{row.callback_token}", data={**good, "orderno": "x"}),
        await client.post(f"/callbacks/tax/{row.callback_token}", data={"operater": "hello"}),
        await client.post(f"/callbacks/tax/{row.callback_token}", content=b"\xff\x00"),
    ]

    assert [answer.status_code for answer in answers] == [404, 404, 422, 422]
    assert [answer.json()["error"]["code"].partition(".")[0] for answer in answers] == [
        *["invoicing"] * 2,
        *["backends"] * 2,
    ]
    assert not await OutboxRow.filter(name="invoicing.ask").exists()
