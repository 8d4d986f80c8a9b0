"""WeChat Pay v3: orders, the phone's payment, and what a wrong client gets."""

import secrets
import time
from typing import Any

import pytest

from tests.scenes.wechat_world import (
    KEYRING,
    MCH,
    MINI,
    Play,
    ToyMerchant,
    check_signed,
    playing,
    prepay_body,
)

JSAPI = "/v3/pay/transactions/jsapi"
BY_NUMBER = "/v3/pay/transactions/out-trade-no/T202611220001"


async def prepaid(play: Play, **changes: Any) -> str:
    """A prepay id for u1."""
    merchant = ToyMerchant(play.http)
    answer = await merchant.call("POST", JSAPI, prepay_body(await play.openid(), **changes))
    assert answer.status_code == 200, answer.text
    check_signed(answer)
    return str(answer.json()["prepay_id"])


async def test_a_payment_is_debited_once_and_found_by_both_queries() -> None:
    async with playing() as play:
        merchant = ToyMerchant(play.http)
        sheet = merchant.sheet(await prepaid(play))
        unpaid = (await merchant.call("GET", f"{BY_NUMBER}?mchid={MCH}")).json()

        paid = await play.sim("POST", "/users/u1/pay", **sheet)

        assert unpaid["trade_state"] == "NOTPAY"
        assert "transaction_id" not in unpaid
        assert paid["errMsg"] == "requestPayment:ok"
        transaction_id = paid["transaction"]["transaction_id"]
        assert len(transaction_id) == 28
        by_number = await merchant.call("GET", f"{BY_NUMBER}?mchid={MCH}")
        by_id = f"/v3/pay/transactions/id/{transaction_id}?mchid={MCH}"
        assert (await merchant.call("GET", by_id)).json() == by_number.json()
        assert by_number.json()["trade_state"] == "SUCCESS"
        assert by_number.json()["amount"] == {
            "total": 12345,
            "currency": "CNY",
            "payer_total": 12345,
            "payer_currency": "CNY",
        }
        again = await play.http.post("/_sim/users/u1/pay", json=sheet)
        assert again.status_code == 409
        books = await play.sim("GET", "/invariants")
        assert books["ok"]
        assert books["balances"] == {
            "person:u1": -12345,
            "platform:coupons": 0,
            f"merchant:{MCH}": 12271,
            "platform:fee": 74,
        }


async def test_a_coupon_of_the_platform_lowers_what_the_payer_pays() -> None:
    async with playing() as play:
        sheet = ToyMerchant(play.http).sheet(await prepaid(play))

        paid = (await play.sim("POST", "/users/u1/pay", **sheet, coupon_fen=345))["transaction"]

        assert (paid["amount"]["total"], paid["amount"]["payer_total"]) == (12345, 12000)
        assert paid["promotion_detail"][0]["amount"] == 345
        assert (await play.sim("GET", "/invariants"))["ok"]


async def test_the_phone_refuses_a_sheet_that_the_client_would_refuse() -> None:
    async with playing() as play:
        merchant = ToyMerchant(play.http)
        prepay_id = await prepaid(play)
        good = merchant.sheet(prepay_id)
        stranger = ToyMerchant(play.http, key=KEYRING["stranger"]["private_key"])
        wrong = [
            {**good, "nonceStr": "other"},
            {**good, "timeStamp": int(good["timeStamp"])},
            {**good, "signType": "MD5"},
            {**good, "package": "prepay_id=unknown"},
            {**good, "appId": "wx0"},
            {name: value for name, value in good.items() if name != "paySign"},
            merchant.sheet(prepay_id, app_id="wx0"),
            stranger.sheet(prepay_id),
        ]

        for sheet in wrong:
            answer = await play.http.post("/_sim/users/u1/pay", json=sheet)
            assert answer.status_code == 409, sheet
            assert answer.json()["errMsg"].startswith("requestPayment:fail")
        other = await play.http.post("/_sim/users/u2/pay", json=good)
        assert other.status_code == 409
        await play.sim("POST", "/users/u1/pay", **good)


async def test_prepaying_again_is_fresh_but_other_parameters_are_refused() -> None:
    async with playing() as play:
        merchant, openid = ToyMerchant(play.http), await play.openid()
        first = await prepaid(play)

        assert await prepaid(play) != first
        changed = prepay_body(openid, amount={"total": 1, "currency": "CNY"})
        refused = await merchant.call("POST", JSAPI, changed)
        assert (refused.status_code, refused.json()["code"]) == (403, "OUT_TRADE_NO_USED")
        check_signed(refused)


async def test_a_closed_order_cannot_be_paid_nor_prepaid() -> None:
    async with playing() as play:
        merchant = ToyMerchant(play.http)
        sheet = merchant.sheet(await prepaid(play))

        closed = await merchant.call("POST", f"{BY_NUMBER}/close", {"mchid": MCH})

        assert (closed.status_code, closed.content) == (204, b"")
        check_signed(closed)
        assert (await play.http.post("/_sim/users/u1/pay", json=sheet)).status_code == 409
        again = await merchant.call("POST", JSAPI, prepay_body(await play.openid()))
        assert again.json()["code"] == "ORDER_CLOSED"
        state = (await merchant.call("GET", f"{BY_NUMBER}?mchid={MCH}")).json()
        assert state["trade_state"] == "CLOSED"


async def test_a_paid_order_cannot_be_closed() -> None:
    async with playing() as play:
        merchant = ToyMerchant(play.http)
        await play.sim("POST", "/users/u1/pay", **merchant.sheet(await prepaid(play)))

        refused = await merchant.call("POST", f"{BY_NUMBER}/close", {"mchid": MCH})

        assert (refused.status_code, refused.json()["code"]) == (400, "ORDERPAID")


async def test_orders_and_prepay_ids_end_by_the_clock() -> None:
    async with playing() as play:
        merchant = ToyMerchant(play.http)
        sheet = merchant.sheet(await prepaid(play))
        await play.sim("POST", "/clock", advance_s=7201)

        late = await play.http.post("/_sim/users/u1/pay", json=sheet)
        assert late.status_code == 409
        assert "过期" in late.json()["errMsg"]
        await play.sim("POST", "/clock", advance_s=7 * 86400)
        state = (await merchant.call("GET", f"{BY_NUMBER}?mchid={MCH}")).json()
        assert state["trade_state"] == "CLOSED"


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"appid": "wx0"}, "APPID_MCHID_NOT_MATCH"),
        ({"mchid": "1"}, "PARAM_ERROR"),
        ({"description": ""}, "PARAM_ERROR"),
        ({"description": "x" * 128}, "PARAM_ERROR"),
        ({"out_trade_no": "short"}, "PARAM_ERROR"),
        ({"out_trade_no": "T20261122 001"}, "PARAM_ERROR"),
        ({"attach": "x" * 129}, "PARAM_ERROR"),
        ({"notify_url": "http://127.0.0.1/n?tenant=1"}, "PARAM_ERROR"),
        ({"notify_url": "ftp://127.0.0.1/n"}, "PARAM_ERROR"),
        ({"amount": {"total": 0}}, "PARAM_ERROR"),
        ({"amount": {"total": 1.5}}, "PARAM_ERROR"),
        ({"amount": {"total": True}}, "PARAM_ERROR"),
        ({"amount": {"total": 1, "currency": "USD"}}, "PARAM_ERROR"),
        ({"payer": {"openid": "oForeign"}}, "PARAM_ERROR"),
        ({"time_expire": "2026-01-01T00:00:00+08:00"}, "PARAM_ERROR"),
        ({"time_expire": "tomorrow"}, "PARAM_ERROR"),
        ({"time_expire": "2026-12-01T00:00:00"}, "PARAM_ERROR"),
    ],
)
async def test_wrong_fields_are_named(changes: dict[str, Any], code: str) -> None:
    async with playing() as play:
        body = {**prepay_body(await play.openid()), **changes}

        refused = await ToyMerchant(play.http).call("POST", JSAPI, body)

        assert (refused.status_code, refused.json()["code"]) == (400, code)
        assert await play.sim("GET", "/orders") == []


async def test_requests_that_are_not_signed_exactly_are_refused() -> None:
    async with playing() as play:
        merchant, body = ToyMerchant(play.http), prepay_body(await play.openid())
        used = secrets.token_hex(16)
        assert (await merchant.call("POST", JSAPI, body, nonce=used)).status_code == 200
        good = merchant.authorization("POST", JSAPI, b"")
        wrong: list[dict[str, Any]] = [
            {"timestamp": int(time.time()) - 301},
            {"timestamp": int(time.time()) + 301},
            {"timestamp": "now"},
            {"nonce": used},
            {"nonce": "x" * 33},
            {"path": "/v3/pay/transactions/native"},
            {"signed_body": b"null"},
            {"key": KEYRING["stranger"]["private_key"]},
            {"serial": "0" * 40},
            {"header": "Bearer 1"},
            {"header": good.replace("serial_no", "serial")},
            {"header": good.replace("WECHATPAY2-SHA256-RSA2048", "WECHATPAY2-SM2-WITH-SM3")},
            {"header": good + ",extra"},
        ]

        for spoilt in wrong:
            refused = await merchant.call("POST", JSAPI, body, **spoilt)
            assert (refused.status_code, refused.json()["code"]) == (401, "SIGN_ERROR"), spoilt
        unsigned_query = f"{BY_NUMBER}?mchid={MCH}"
        refused = await merchant.call("GET", unsigned_query, path=BY_NUMBER)
        assert refused.status_code == 401


async def test_queries_of_another_merchant_or_number_find_nothing() -> None:
    async with playing() as play:
        merchant = ToyMerchant(play.http)

        unknown = await merchant.call("GET", f"{BY_NUMBER}?mchid={MCH}")
        foreign = await merchant.call("GET", f"{BY_NUMBER}?mchid=1900000001")

        assert (unknown.status_code, unknown.json()["code"]) == (404, "ORDER_NOT_EXIST")
        assert (foreign.status_code, foreign.json()["code"]) == (400, "PARAM_ERROR")
        check_signed(unknown)


async def test_certificates_are_refused_in_public_key_mode() -> None:
    async with playing() as play:
        refused = await ToyMerchant(play.http).call("GET", "/v3/certificates")

        assert (refused.status_code, refused.json()["code"]) == (404, "RESOURCE_NOT_EXISTS")
        check_signed(refused)


async def test_a_merchant_made_by_the_admin_can_sell() -> None:
    async with playing() as play:
        made = await play.sim("POST", "/merchants", mch_id="1900000109", app_ids=[MINI])

        assert made["platform_key_id"].startswith("PUB_KEY_ID_")
        assert made["merchant_private_key_pem"].startswith("-----BEGIN PRIVATE KEY-----")
        assert play.world.merchants["1900000109"].app_ids == (MINI,)
