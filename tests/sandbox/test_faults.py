"""Failures on request, at the line and inside answers."""

import asyncio
import time

import httpx2
import pytest

from sandbox.msg_crypto import Refused
from tests.scenes.wechat_world import (
    MCH,
    ToyMerchant,
    check_signed,
    playing,
    prepay_body,
    receiving,
    world_config,
)

JSAPI = "/v3/pay/transactions/jsapi"
TOKEN = {"grant_type": "client_credential", "appid": "wx1111111111111111"}


async def test_a_fault_counts_down_and_then_all_is_well() -> None:
    async with playing() as play:
        await play.sim("POST", "/faults", match="/cgi-bin/token", kind="errcode:45009", times=2)
        await play.sim("POST", "/faults", match="GET /cgi-bin/tok*", kind="http500")
        asked = {**TOKEN, "secret": "mini-secret"}

        codes = [(await play.http.get("/cgi-bin/token", params=asked)) for _ in range(4)]

        assert [answer.status_code for answer in codes] == [200, 200, 500, 200]
        assert codes[0].json()["errcode"] == 45009
        assert codes[3].json()["access_token"]
        assert await play.sim("GET", "/faults") == []
        calls = await play.sim("GET", "/calls?path=/cgi-bin/token")
        assert [call.get("fault") for call in calls] == ["errcode", "errcode", "http500", None]


async def test_the_line_may_break_hang_or_speak_rubbish() -> None:
    async with playing() as play:
        asked = {**TOKEN, "secret": "mini-secret"}
        await play.sim("POST", "/faults", match="/cgi-bin/token", kind="reset")
        with pytest.raises(httpx2.TransportError):
            await play.http.get("/cgi-bin/token", params=asked)

        await play.sim("POST", "/faults", match="/cgi-bin/token", kind="timeout")
        with pytest.raises(httpx2.TimeoutException):
            await play.http.get("/cgi-bin/token", params=asked, timeout=0.1)

        await play.sim("POST", "/faults", match="/cgi-bin/token", kind="slow", delay_s=0.2)
        begun = time.monotonic()
        assert (await play.http.get("/cgi-bin/token", params=asked)).json()["access_token"]
        assert time.monotonic() - begun >= 0.2

        await play.sim("POST", "/faults", match="/cgi-bin/token", kind="garbage")
        rubbish = await play.http.get("/cgi-bin/token", params=asked)
        assert rubbish.content.startswith(b"\xff\xfe")

        await play.sim("POST", "/faults", match="/cgi-bin/token", kind="429")
        assert (await play.http.get("/cgi-bin/token", params=asked)).status_code == 429


async def test_an_answer_may_be_lost_after_the_effect() -> None:
    async with playing() as play:
        merchant, body = ToyMerchant(play.http), prepay_body(await play.openid())
        await play.sim("POST", "/faults", match=JSAPI, kind="reset", when="after")
        with pytest.raises(httpx2.TransportError):
            await merchant.call("POST", JSAPI, body)

        assert len(await play.sim("GET", "/orders")) == 1
        assert (await merchant.call("POST", JSAPI, body)).status_code == 200


async def test_a_notice_may_come_before_the_prepay_answer() -> None:
    async with playing() as play, receiving() as receiver:
        merchant, openid = ToyMerchant(play.http), await play.openid()
        body = prepay_body(openid, notify_url=receiver.url)
        order = {"match": JSAPI, "kind": "slow", "delay_s": 1, "when": "after"}
        await play.sim("POST", "/faults", **order)
        prepaying = asyncio.create_task(merchant.call("POST", JSAPI, body))
        for _ in range(20):
            if await play.sim("GET", "/orders"):
                break

        await play.sim("POST", "/orders/T202611220001/pay")

        await receiver.wait_for(1)
        assert not prepaying.done()
        assert (await prepaying).json()["prepay_id"]


async def test_an_order_may_be_paid_after_its_close_or_twice() -> None:
    async with playing() as play, receiving() as receiver:
        merchant, openid = ToyMerchant(play.http), await play.openid()
        number, path = "T202611220001", "/v3/pay/transactions/out-trade-no/T202611220001/close"
        await merchant.call("POST", JSAPI, prepay_body(openid, notify_url=receiver.url))
        await merchant.call("POST", path, {"mchid": MCH})

        first = await play.sim("POST", f"/orders/{number}/pay")
        refused = await play.http.post(f"/_sim/orders/{number}/pay")
        second = await play.sim("POST", f"/orders/{number}/pay", again=True)

        assert refused.status_code == 409
        assert first["transaction_id"] != second["transaction_id"]
        assert first["out_trade_no"] == second["out_trade_no"]
        await receiver.wait_for(2)
        assert (await play.sim("GET", "/invariants"))["ok"]


async def test_calls_past_the_limit_of_a_minute_are_refused() -> None:
    limits = {"calls_per_minute": {"/cgi-bin/token": 1, JSAPI: 0}}
    async with playing(world_config(limits=limits)) as play:
        asked = {**TOKEN, "secret": "mini-secret"}

        codes = [(await play.get("/cgi-bin/token", **asked)).get("errcode") for _ in range(2)]
        pay = await ToyMerchant(play.http).call("POST", JSAPI, {})

        assert codes == [None, 45009]
        assert pay.status_code == 429
        check_signed(pay)
        await play.sim("POST", "/clock", advance_s=60)
        assert "errcode" not in await play.get("/cgi-bin/token", **asked)


async def test_pay_errors_are_signed_and_their_effect_may_have_happened() -> None:
    async with playing() as play:
        merchant, body = ToyMerchant(play.http), prepay_body(await play.openid())

        await play.sim("POST", "/faults", match="/v3/pay", kind="http500", when="after")
        unknown = await merchant.call("POST", JSAPI, body)
        assert (unknown.status_code, unknown.json()["code"]) == (500, "SYSTEM_ERROR")
        check_signed(unknown)
        assert len(await play.sim("GET", "/orders")) == 1

        await play.sim("POST", "/faults", match="/v3/pay", kind="429")
        assert (await merchant.call("POST", JSAPI, body)).status_code == 429
        await play.sim("POST", "/faults", match="/v3/pay", kind="errcode", code="NOT_ENOUGH")
        assert (await merchant.call("POST", JSAPI, body)).json()["code"] == "NOT_ENOUGH"


@pytest.mark.parametrize(
    "kind", ["wrong_signature", "unsigned", "wrong_serial", "stale", "signtest"]
)
async def test_an_answer_may_be_signed_wrong(kind: str) -> None:
    async with playing() as play:
        merchant = ToyMerchant(play.http)
        await play.sim("POST", "/faults", match="/v3/", kind=kind)

        answer = await merchant.call(
            "GET", f"/v3/pay/transactions/out-trade-no/T00000001?mchid={MCH}"
        )

        with pytest.raises(Refused):
            check_signed(answer)


async def test_an_unknown_kind_of_fault_is_refused() -> None:
    async with playing() as play:
        refused = await play.http.post("/_sim/faults", json={"match": "/", "kind": "magic"})

        assert refused.status_code == 422
        await play.sim("POST", "/faults", match="/", kind="reset")
        await play.sim("DELETE", "/faults")
        assert await play.sim("GET", "/faults") == []
