"""Bills of the sandbox, for a merchant who does everything right and for one who does not."""

import csv
import gzip
import hashlib
import io
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from core.clock import SHOP_ZONE
from tests.scenes.wechat_world import MCH, MINI, Play, ToyMerchant, playing


@pytest.fixture
async def play() -> AsyncIterator[Play]:
    async with playing() as play:
        yield play


async def a_day_of_trade(play: Play, merchant: ToyMerchant) -> str:
    """One payment of 10.00 and a refund of 3.00; then it is a quarter past ten on the next day."""
    body = {
        "appid": MINI,
        "mchid": MCH,
        "description": '羊毛大衣,`"特价"',
        "out_trade_no": "BILL-0001",
        "notify_url": "https://shop.example/callbacks/pay",
        "amount": {"total": 1_000, "currency": "CNY"},
        "payer": {"openid": await play.openid()},
    }
    await merchant.call("POST", "/v3/pay/transactions/jsapi", body)
    await play.sim("POST", "/orders/BILL-0001/pay", mch_id=MCH)
    refund = {
        "out_trade_no": "BILL-0001",
        "out_refund_no": "BACK-0001",
        "amount": {"refund": 300, "total": 1_000, "currency": "CNY"},
    }
    await merchant.call("POST", "/v3/refund/domestic/refunds", refund)
    day = play.world.now().astimezone(SHOP_ZONE).date()
    morning = datetime.combine(day + timedelta(days=1), datetime.min.time(), SHOP_ZONE)
    await play.sim("POST", "/clock", now=(morning + timedelta(hours=10.25)).isoformat())
    return str(day)


async def link_to(merchant: ToyMerchant, day: str, kind: str = "tradebill") -> dict[str, Any]:
    answer = await merchant.call("GET", f"/v3/bill/{kind}?bill_date={day}&tar_type=GZIP")
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


async def file_of(merchant: ToyMerchant, link: dict[str, Any]) -> bytes:
    target = "/v3/" + link["download_url"].partition("/v3/")[2]
    answer = await merchant.call("GET", target)
    assert answer.status_code == 200, answer.text
    assert "wechatpay-signature" not in answer.headers
    return gzip.decompress(answer.content)


async def test_a_bill_has_payments_refunds_and_their_sums(play: Play) -> None:
    merchant = ToyMerchant(play.http)
    day = await a_day_of_trade(play, merchant)
    link = await link_to(merchant, day)
    text = await file_of(merchant, link)
    header, paid, back, names, sums, *rest = text.decode("utf-8-sig").split("\r\n")

    assert hashlib.sha1(text).hexdigest() == link["hash_value"]  # noqa: S324
    assert text.startswith(b"\xef\xbb\xbf")
    assert header.startswith("交易时间,公众账号ID,商户号,")
    assert paid.startswith(f"`{day} ")
    assert ",`BILL-0001,`" in paid
    assert '羊毛大衣,`"特价"' in paid
    assert ",`BACK-0001,`3.00," in back
    assert names.startswith("总交易单数,")
    assert sums == "`2,`10.00,`3.00,`0.00,`0.05000,`10.00,`3.00"
    assert rest == [""]


async def test_the_fund_flow_bill_tells_the_balance(play: Play) -> None:
    merchant = ToyMerchant(play.http)
    day = await a_day_of_trade(play, merchant)
    text = (await file_of(merchant, await link_to(merchant, day, "fundflowbill"))).decode()
    rows = list(csv.reader(io.StringIO(text.removeprefix("\ufeff"))))

    assert [row[6] for row in rows[1:3]] == ["`9.94", "`2.98"] or len(rows) == 5
    assert rows[-1][0] == "`2"


async def test_a_bill_comes_at_ten_and_a_link_lives_five_minutes(play: Play) -> None:
    merchant = ToyMerchant(play.http)
    day = await a_day_of_trade(play, merchant)
    link = await link_to(merchant, day)
    await play.sim("POST", "/clock", advance_s=301)
    target = "/v3/" + link["download_url"].partition("/v3/")[2]
    late = await merchant.call("GET", target)
    unsigned = await play.http.get(target)
    today = str(play.world.now().astimezone(SHOP_ZONE).date())
    early = await merchant.call("GET", f"/v3/bill/tradebill?bill_date={today}")
    empty = await merchant.call("GET", "/v3/bill/tradebill?bill_date=2026-02-30")

    assert (late.status_code, unsigned.status_code) == (403, 401)
    assert (early.json()["code"], empty.json()["code"]) == ("PARAM_ERROR", "PARAM_ERROR")


async def test_a_day_without_trade_and_a_day_too_long_ago_have_none(play: Play) -> None:
    merchant = ToyMerchant(play.http)
    await a_day_of_trade(play, merchant)
    now = play.world.now().astimezone(SHOP_ZONE).date()
    quiet = await merchant.call("GET", f"/v3/bill/tradebill?bill_date={now - timedelta(days=5)}")
    old = await merchant.call("GET", f"/v3/bill/tradebill?bill_date={now - timedelta(days=100)}")

    assert quiet.json()["code"] == "NO_STATEMENT_EXIST"
    assert old.json()["code"] == "INVALID_REQUEST"


async def test_a_bill_is_spoiled_on_request(play: Play) -> None:
    merchant = ToyMerchant(play.http)
    day = await a_day_of_trade(play, merchant)
    await play.sim(
        "POST", f"/bills/{MCH}/{day}", edits=[{"kind": "missing", "number": "BILL-0001"}]
    )
    missing = await file_of(merchant, await link_to(merchant, day))
    wrong = await play.http.post(f"/_sim/bills/{MCH}/{day}", json={"edits": [{"kind": "odd"}]})
    await play.sim("POST", f"/bills/{MCH}/{day}", edits=[{"kind": "not_ready"}])
    answer = await merchant.call("GET", f"/v3/bill/tradebill?bill_date={day}")

    assert missing.decode().count("BILL-0001") == 1  # its refund names it
    assert wrong.status_code == 422
    assert answer.json()["code"] == "NO_STATEMENT_EXIST"
    assert play.world.now() > datetime(2026, 1, 1, tzinfo=UTC)
