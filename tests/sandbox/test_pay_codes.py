"""Pay codes at the sandbox, as a foreign client meets them."""

from typing import Any

import pytest

from tests.scenes.wechat_world import MCH, Play, ToyMerchant, check_signed, playing, prepay_body

CODEPAY = "/v3/pay/transactions/codepay"
BY_NUMBER = "/v3/pay/transactions/out-trade-no/T202611220001"


async def charge(play: Play, code: str, **changes: Any) -> tuple[int, dict[str, Any]]:
    body = prepay_body(await play.openid(), **changes)
    del body["notify_url"]
    answer = await ToyMerchant(play.http).call(
        "POST", CODEPAY, {**body, "payer": {"auth_code": code}}
    )
    check_signed(answer)
    return answer.status_code, answer.json()


async def code_of(play: Play, manner: str) -> str:
    return str((await play.sim("POST", "/users/u1/pay_code", manner=manner))["code"])


async def test_a_code_is_good_for_one_charge() -> None:
    async with playing() as play:
        code = await code_of(play, "free")
        status, paid = await charge(play, code)
        again = await charge(play, code, out_trade_no="T202611220002")
        same_number = await charge(play, await code_of(play, "free"))

        assert (status, paid["trade_state"], paid["trade_type"]) == (200, "SUCCESS", "MICROPAY")
        assert (again[0], again[1]["code"]) == (403, "AUTHCODEEXPIRE")
        assert (same_number[0], same_number[1]["code"]) == (403, "OUT_TRADE_NO_USED")


@pytest.mark.parametrize("confirms", [True, False], ids=["confirmed", "never confirmed"])
async def test_a_password_is_waited_for_and_a_reversal_gives_all_back(*, confirms: bool) -> None:
    async with playing() as play:
        merchant = ToyMerchant(play.http)
        status, said = await charge(play, await code_of(play, "asks"))
        if confirms:
            await play.sim("POST", "/users/u1/confirm_code")
        between = (await merchant.call("GET", f"{BY_NUMBER}?mchid={MCH}")).json()
        for _ in range(2):
            reversed_ = await merchant.call("POST", f"{BY_NUMBER}/reverse", {"mchid": MCH})
            assert reversed_.status_code == 200
        after = (await merchant.call("GET", f"{BY_NUMBER}?mchid={MCH}")).json()
        books = await play.sim("GET", "/invariants")

        assert (status, said["code"]) == (202, "USERPAYING")
        assert between["trade_state"] == ("SUCCESS" if confirms else "USERPAYING")
        assert after["trade_state"] == "REVOKED"
        assert books["ok"]
        assert not any(books["balances"].values())


async def test_a_short_purse_and_a_wrong_code_are_refused() -> None:
    async with playing() as play:
        short = await charge(play, await code_of(play, "short"))
        wrong = await charge(play, "28" + "0" * 16)

        assert (short[0], short[1]["code"]) == (403, "NOTENOUGH")
        assert (wrong[0], wrong[1]["code"]) == (400, "AUTH_CODE_INVALID")


async def test_whoever_scans_a_native_code_pays_once() -> None:
    async with playing() as play:
        merchant = ToyMerchant(play.http)
        body = prepay_body(await play.openid())
        del body["payer"]
        made = (await merchant.call("POST", "/v3/pay/transactions/native", body)).json()
        paid = await play.sim("POST", "/users/u2/scan", qr=made["code_url"])
        again = await play.http.post("/_sim/users/u1/scan", json={"qr": made["code_url"]})

        assert (paid["kind"], paid["transaction"]["trade_type"]) == ("payment", "NATIVE")
        assert again.status_code == 409
