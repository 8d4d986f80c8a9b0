"""Notices of payments and refunds: the real schedule, signatures, and what can go wrong."""

import asyncio
from datetime import datetime
from typing import Any

import pytest
from starlette.responses import Response

from sandbox.msg_crypto import Refused
from tests.scenes.wechat_world import (
    MCH,
    Play,
    Receiver,
    ToyMerchant,
    open_notice,
    playing,
    prepay_body,
    receiving,
)

JSAPI = "/v3/pay/transactions/jsapi"
REFUNDS = "/v3/refund/domestic/refunds"


async def buy(play: Play, receiver: Receiver, number: str = "T202611220001") -> dict[str, Any]:
    """u1 buys; answers the transaction."""
    merchant = ToyMerchant(play.http)
    body = prepay_body(await play.openid(), number, notify_url=receiver.url)
    prepay_id = (await merchant.call("POST", JSAPI, body)).json()["prepay_id"]
    paid = await play.sim("POST", "/users/u1/pay", **merchant.sheet(prepay_id))
    return dict(paid["transaction"])


def fail() -> Response:
    return Response('{"code":"FAIL","message":"no"}', 500)


async def test_a_payment_is_told_signed_and_encrypted() -> None:
    async with playing() as play, receiving() as receiver:
        paid = await buy(play, receiver)

        route, content = open_notice((await receiver.wait_for(1))[0])

        assert route == "transaction"
        assert content == paid
        await asyncio.sleep(0.05)
        assert (await play.sim("GET", "/callbacks"))[0]["status"] == "accepted"


async def test_a_refused_notice_comes_again_on_the_real_schedule() -> None:
    async with playing() as play, receiving() as receiver:
        receiver.answers = [fail() for _ in range(16)]
        begun = play.world.now()
        await buy(play, receiver)
        await receiver.wait_for(1)

        await play.sim("POST", "/clock", advance_s=86400 + 3600)

        tries = (await play.sim("GET", "/callbacks"))[0]["tries"]
        after = [
            round((datetime.fromisoformat(one["at"]) - begun).total_seconds() / 5) * 5
            for one in tries
        ]
        expected = [0]
        for pause in (15, 15, 30, 180, 600, 1200, 1800, 1800, 1800, 3600):
            expected.append(expected[-1] + pause)
        for pause in (10800, 10800, 10800, 21600, 21600):
            expected.append(expected[-1] + pause)
        assert after == expected
        assert expected[-1] == 24 * 3600 + 4 * 60
        ids = {open_notice(got)[1]["transaction_id"] for got in receiver.got}
        nonces = {got["headers"]["wechatpay-nonce"] for got in receiver.got}
        assert (len(ids), len(nonces)) == (1, 16)
        assert (await play.sim("GET", "/callbacks"))[0]["status"] == "given up"


async def test_two_hundred_with_fail_inside_counts_as_taken() -> None:
    async with playing() as play, receiving() as receiver:
        receiver.answers = [Response('{"code":"FAIL"}', 200)]
        await buy(play, receiver)
        await receiver.wait_for(1)

        await play.sim("POST", "/clock", advance_s=3600)

        assert len(receiver.got) == 1


async def test_nobody_listening_is_tried_again_later() -> None:
    async with playing() as play, receiving() as receiver:
        closed = Receiver(url="http://127.0.0.1:9/notify")
        await buy(play, closed)
        await asyncio.sleep(0.1)
        doc = play.world.collection("callbacks")[(await play.sim("GET", "/callbacks"))[0]["id"]]
        doc["url"] = receiver.url

        await play.sim("POST", "/clock", advance_s=16)

        assert len(receiver.got) == 1
        assert doc["tries"][0]["status"] == 0


async def test_a_notice_outside_this_machine_is_never_sent() -> None:
    async with playing() as play:
        await buy(play, Receiver(url="https://pay.example.com/notify"))
        await asyncio.sleep(0.05)

        tried = (await play.sim("GET", "/callbacks"))[0]["tries"][0]
        assert (tried["status"], tried["error"]) == (0, "not an address on this machine")


@pytest.mark.parametrize(
    "kind", ["wrong_signature", "signtest", "stale", "wrong_serial", "wrong_key"]
)
async def test_a_spoiled_notice_is_refused_by_a_strict_receiver_and_the_true_one_follows(
    kind: str,
) -> None:
    async with playing() as play, receiving() as receiver:
        await play.sim("POST", "/faults", match="notice", kind=kind)
        receiver.answers = [fail()]
        await buy(play, receiver)
        await receiver.wait_for(1)

        with pytest.raises(Refused):
            open_notice(receiver.got[0])
        await play.sim("POST", "/clock", advance_s=16)
        assert open_notice(receiver.got[1])[0] == "transaction"


@pytest.mark.parametrize(
    ("kind", "field", "value"),
    [("wrong_amount", "amount", 12346), ("other_mchid", "mchid", "1999999999")],
)
async def test_a_notice_may_lie_about_its_facts(kind: str, field: str, value: object) -> None:
    async with playing() as play, receiving() as receiver:
        await play.sim("POST", "/faults", match="TRANSACTION.SUCCESS T2026", kind=kind)
        await buy(play, receiver)

        content = open_notice((await receiver.wait_for(1))[0])[1]

        told = content[field]["total"] if field == "amount" else content[field]
        assert told == value


async def test_a_notice_may_come_twice_late_or_never() -> None:
    async with playing() as play, receiving() as receiver:
        await play.sim("POST", "/faults", match="T20261122dup", kind="duplicate")
        await play.sim("POST", "/faults", match="T20261122late", kind="slow", delay_s=600)
        await play.sim("POST", "/faults", match="T20261122drop", kind="drop")

        await buy(play, receiver, "T20261122dup")
        await receiver.wait_for(2)
        await buy(play, receiver, "T20261122late")
        await buy(play, receiver, "T20261122drop")
        await asyncio.sleep(0.05)

        assert len(receiver.got) == 2
        assert open_notice(receiver.got[0])[1] == open_notice(receiver.got[1])[1]
        await play.sim("POST", "/clock", advance_s=86400)
        assert len(receiver.got) == 3


async def test_a_notice_can_be_sent_again_by_hand() -> None:
    async with playing() as play, receiving() as receiver:
        await buy(play, receiver)
        await receiver.wait_for(1)
        notice_id = (await play.sim("GET", "/callbacks"))[0]["id"]

        await play.sim("POST", f"/callbacks/{notice_id}/resend")
        await play.sim("POST", f"/callbacks/{notice_id}/resend", fault="wrong_route")

        assert len(receiver.got) == 3
        assert open_notice(receiver.got[2])[0] == "refund"


async def test_refunds_end_by_the_clock_and_add_up() -> None:
    async with playing() as play, receiving() as receiver:
        merchant, paid = ToyMerchant(play.http), await buy(play, receiver)
        await receiver.wait_for(1)
        amount = {"refund": 5000, "total": 12345, "currency": "CNY"}
        body = {
            "transaction_id": paid["transaction_id"],
            "out_refund_no": "R1",
            "notify_url": receiver.url,
            "amount": amount,
        }

        first = await merchant.call("POST", REFUNDS, body)
        again = await merchant.call("POST", REFUNDS, body)

        assert first.json()["status"] == "PROCESSING"
        assert again.json() == first.json()
        changed = await merchant.call("POST", REFUNDS, {**body, "reason": "其他"})
        assert changed.json()["code"] == "INVALID_REQUEST"
        await play.sim("POST", "/clock", advance_s=4)
        assert (await merchant.call("GET", f"{REFUNDS}/R1")).json()["status"] == "SUCCESS"
        route, told = open_notice((await receiver.wait_for(2))[1])
        assert (route, told["refund_status"], told["amount"]["refund"]) == (
            "refund",
            "SUCCESS",
            5000,
        )
        query = f"/v3/pay/transactions/id/{paid['transaction_id']}?mchid={MCH}"
        assert (await merchant.call("GET", query)).json()["trade_state"] == "REFUND"
        too_much = {**body, "out_refund_no": "R2", "amount": {**amount, "refund": 7346}}
        assert (await merchant.call("POST", REFUNDS, too_much)).status_code == 400
        rest = {**body, "out_refund_no": "R3", "amount": {**amount, "refund": 7345}}
        assert (await merchant.call("POST", REFUNDS, rest)).status_code == 200
        await play.sim("POST", "/clock", advance_s=4)
        books = await play.sim("GET", "/invariants")
        assert books["ok"]
        assert set(books["balances"].values()) == {0}


async def test_refunds_may_be_abnormal_or_closed() -> None:
    async with playing() as play, receiving() as receiver:
        merchant, paid = ToyMerchant(play.http), await buy(play, receiver)
        amount = {"refund": 100, "total": 12345, "currency": "CNY"}
        for number, outcome in (("R1", "ABNORMAL"), ("R2", "CLOSED")):
            await play.sim("POST", f"/merchants/{MCH}/refund_outcome", outcome=outcome)
            body = {"out_trade_no": paid["out_trade_no"], "out_refund_no": number}
            await merchant.call("POST", REFUNDS, {**body, "amount": amount})
            await play.sim("POST", "/clock", advance_s=4)
            shown = (await merchant.call("GET", f"{REFUNDS}/{number}")).json()
            assert shown["status"] == outcome
            assert "success_time" not in shown
        assert (await play.sim("GET", "/invariants"))["ok"]


async def test_refunds_of_unpaid_or_unknown_orders_are_refused() -> None:
    async with playing() as play, receiving() as receiver:
        merchant = ToyMerchant(play.http)
        body = prepay_body(await play.openid(), notify_url=receiver.url)
        await merchant.call("POST", JSAPI, body)
        amount = {"refund": 100, "total": 12345, "currency": "CNY"}

        async def code(number: str, **changes: Any) -> tuple[int, str]:
            asked = {"out_trade_no": number, "out_refund_no": "R1", "amount": amount, **changes}
            answer = await merchant.call("POST", REFUNDS, asked)
            return answer.status_code, answer.json()["code"]

        assert await code("T202611220001") == (403, "TRADE_ERROR")
        assert await code("T000000") == (404, "RESOURCE_NOT_EXISTS")
        assert await code("T202611220001", out_refund_no="坏") == (400, "PARAM_ERROR")
