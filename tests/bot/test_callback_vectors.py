"""The vectors once more, at the real addresses of a running shop with the vectors' keys."""

import time
from typing import Any
from urllib.parse import urlencode

import httpx2
import pytest

from core.inbox import InboxRow
from core.settings import Group, MiniProgram, OfficialAccount, Pay, Settings, WeCom, configure
from tests.scenes.vectors import KEYRING, is_accepted, of_kind, pem_by_serial
from tests.scenes.wechat import PayPlatform
from trade.payments.protocol.keys import PlatformKeys
from trade.payments.protocol.untrusted import Untrusted
from trade.payments.protocol.verifying import check_signature

Vector = dict[str, Any]
PAY_PATHS = (
    "/callbacks/pay",
    "/callbacks/refund",
    "/callbacks/profit-sharing",
    "/callbacks/transfer",
)
Outcome = tuple[bool, int]  # answered with 2xx, rows added

ACCOUNTS: dict[str, tuple[str, type[Group], str]] = {
    "/callbacks/wecom": ("wecom", WeCom, "corp_id"),
    "/callbacks/official-account": ("official_account", OfficialAccount, "app_id"),
    "/callbacks/mini-program": ("mini_program", MiniProgram, "app_id"),
}


def say(settings: Settings, path: str, keys: dict[str, str]) -> None:
    """Let the account behind `path` have the keys of a vector."""
    name, group, id_field = ACCOUNTS[path]
    given = {
        id_field: keys.get("receive_id", "wx1"),
        "token": keys["token"],
        "encoding_aes_key": keys.get("encoding_aes_key", "a" * 43),
        "secret": "s",
    }
    more = {"contact_secret": "s"} if group is WeCom else {}
    made = group.model_validate(given | more)
    configure(settings.model_copy(update={name: made}))


async def outcome_of(response: httpx2.Response, rows_before: int) -> Outcome:
    assert response.status_code < 500
    return response.is_success, await InboxRow.all().count() - rows_before


def wanted(vector: Vector) -> Outcome:
    return (True, 1) if is_accepted(vector) else (False, 0)


@pytest.mark.parametrize("path", ACCOUNTS)
async def test_sealed_messages_are_kept_once_or_refused(
    client: httpx2.AsyncClient, settings: Settings, path: str
) -> None:
    ended: dict[str, Outcome] = {}
    for vector in of_kind("msgcrypt.decrypt"):
        say(settings, path, vector["keys"])
        rows = await InboxRow.all().count()
        query, body = urlencode(vector["input"]["query"]), vector["input"]["body"].encode()
        tries = [await client.post(f"{path}?{query}", content=body) for _ in range(3)]
        response = tries[-1]
        ended[vector["id"]] = await outcome_of(response, rows)
        if response.is_success:
            kept = await InboxRow.all().order_by("-id").first()
            assert kept is not None
            assert kept.body == vector["expect"]["plaintext"]

    assert ended == {vector["id"]: wanted(vector) for vector in of_kind("msgcrypt.decrypt")}


async def test_wecom_hears_its_echo_and_nothing_else(
    client: httpx2.AsyncClient, settings: Settings
) -> None:
    for vector in of_kind("msgcrypt.verify_url"):
        say(settings, "/callbacks/wecom", vector["keys"])
        asked = vector["input"]["query_string"]
        response = await client.get(f"/callbacks/wecom?{asked}")
        if not is_accepted(vector):
            assert 400 <= response.status_code < 500
            continue

        assert (response.status_code, response.text) == (200, vector["expect"]["body"])
        assert response.headers["content-type"].startswith("text/plain")
        for forged in (asked.replace("timestamp=1", "timestamp=2"), asked.partition("&")[2]):
            assert (await client.get(f"/callbacks/wecom?{forged}")).status_code == 400


@pytest.mark.parametrize("path", ["/callbacks/official-account", "/callbacks/mini-program"])
async def test_accounts_hear_their_echo_when_the_signature_holds(
    client: httpx2.AsyncClient, settings: Settings, path: str
) -> None:
    for vector in of_kind("mp.signature"):
        say(settings, path, vector["keys"])
        response = await client.get(f"{path}?{urlencode(vector['input'])}")
        echo = vector["input"]["echostr"]

        told = (response.status_code, response.text)
        assert told == ((200, echo) if is_accepted(vector) else (400, "refused"))


def pay_of(vector: Vector, mch_id: str) -> Pay:
    [(serial, pem)] = pem_by_serial(KEYRING[vector["keys"]["keyring"]]).items()
    return Pay(
        mch_id=mch_id,
        app_id="wx1",
        merchant_serial=KEYRING["merchant"]["serial_no"],
        merchant_key_pem=KEYRING["merchant"]["private_key"],
        api_v3_key=vector["keys"]["apiv3_key"],
        public_key_id=serial,
        public_key_pem=pem,
    )


def age_of(age_s: int) -> int:
    """The same side of the five minutes, but not so near that a slow machine crosses over."""
    if abs(age_s) > 300:
        return age_s + (60 if age_s > 0 else -60)
    return max(-240, min(240, age_s))


def told_now(vector: Vector) -> dict[str, str]:
    """The headers as they would be today: as old as in the vector, signed as well or as badly."""
    given, entry = vector["input"], KEYRING[vector["keys"]["keyring"]]
    headers, body = dict(given["headers"]), given["body"].encode()
    stamp = headers.get("Wechatpay-Timestamp", "")
    if not stamp.isdecimal():
        return headers
    headers["Wechatpay-Timestamp"] = str(int(time.time()) - age_of(given["now"] - int(stamp)))
    [serial] = pem_by_serial(entry)
    named = {**given["headers"], "Wechatpay-Serial": serial}.items()
    try:
        check_signature(named, body, keys=PlatformKeys(pem_by_serial(entry)), now=int(stamp))
    except Untrusted:
        return headers
    platform = PayPlatform(entry["private_key_for_the_simulator"], serial, "")
    signed = platform.sign(
        body, timestamp=headers["Wechatpay-Timestamp"], nonce=headers["Wechatpay-Nonce"]
    )
    return headers | {"Wechatpay-Signature": signed["Wechatpay-Signature"]}


async def test_pay_notices_are_kept_once_or_refused(
    client: httpx2.AsyncClient, settings: Settings
) -> None:
    ended: dict[str, Outcome] = {}
    expected: dict[str, Outcome] = {}
    for vector in of_kind("pay3.notify"):
        pay = pay_of(vector, KEYRING["merchant"]["mchid"])
        configure(settings.model_copy(update={"pay": pay}))
        await InboxRow.all().delete()
        headers, body = told_now(vector), vector["input"]["body"].encode()
        tries = [await client.post(path, content=body, headers=headers) for path in PAY_PATHS]
        response = tries[-1]
        ended[vector["id"]] = await outcome_of(response, 0)
        either = is_accepted(vector) is None
        expected[vector["id"]] = ended[vector["id"]] if either else wanted(vector)
        if response.is_error:
            assert response.json() == {"code": "FAIL", "message": "refused"}

    assert ended == expected


async def test_a_notice_for_another_merchant_is_refused(
    client: httpx2.AsyncClient, settings: Settings
) -> None:
    for vector in of_kind("pay3.notify"):
        configure(settings.model_copy(update={"pay": pay_of(vector, "1900009999")}))
        headers, body = told_now(vector), vector["input"]["body"].encode()
        response = await client.post("/callbacks/pay", content=body, headers=headers)

        assert response.status_code == 400
    assert await InboxRow.all().count() == 0
