"""The SMS provider: signed, once per id, and strict about what it is given."""

import hashlib
import hmac
import json
import time
from collections.abc import AsyncIterator
from typing import Any

import httpx2
import pytest

from sandbox.server import running
from tests.scenes.outside import SMS, outside

MESSAGE = {"to": "13800138000", "text": "【木棉与麻】您的发票已开具。", "id": "sms-1"}


@pytest.fixture
async def http() -> AsyncIterator[httpx2.AsyncClient]:
    async with (
        running(outside()) as world,
        httpx2.AsyncClient(base_url=world.http, trust_env=False) as client,
    ):
        yield client


def signed(body: bytes, nonce: str, *, age_s: int = 0, secret: str = SMS["secret"]) -> Any:
    stamp = str(int(time.time()) - age_s)
    sign = hmac.new(secret.encode(), stamp.encode() + nonce.encode() + body, hashlib.sha256)
    head = {"X-Sms-App": SMS["app_key"], "X-Sms-Timestamp": stamp, "X-Sms-Nonce": nonce}
    return {**head, "X-Sms-Sign": sign.hexdigest()}


async def send(http: httpx2.AsyncClient, message: Any, nonce: str = "n1", **how: Any) -> Any:
    body = json.dumps(message, ensure_ascii=False).encode()
    return await http.post("/sms/send", content=body, headers=signed(body, nonce, **how))


async def test_one_id_is_one_message(http: httpx2.AsyncClient) -> None:
    first = await send(http, MESSAGE)
    again = await send(http, MESSAGE, "n2")

    assert (first.json()["duplicate"], again.json()["duplicate"]) == (False, True)
    (kept,) = (await http.get("/_sim/sms", params={"to": "13800138000"})).json()
    assert kept["text"] == MESSAGE["text"]


async def test_an_id_does_not_carry_another_text(http: httpx2.AsyncClient) -> None:
    await send(http, MESSAGE)
    other = await send(http, {**MESSAGE, "text": "别的"}, "n2")

    assert (other.status_code, other.json()["code"]) == (409, "id_reused")


@pytest.mark.parametrize(
    ("how", "code"),
    [({"secret": "wrong"}, "bad_signature"), ({"age_s": 400}, "stale"), ({"nonce": ""}, "stale")],
)
async def test_a_wrong_signature_is_refused(
    http: httpx2.AsyncClient, how: dict[str, Any], code: str
) -> None:
    answer = await send(http, MESSAGE, **how)

    assert (answer.status_code, answer.json()["code"]) == (401, code)
    assert (await http.get("/_sim/sms")).json() == []


async def test_a_request_sent_again_as_it_was_is_a_replay(http: httpx2.AsyncClient) -> None:
    await send(http, MESSAGE)
    replayed = await send(http, MESSAGE)

    assert replayed.json()["code"] == "replayed"


@pytest.mark.parametrize(
    "message",
    [
        {**MESSAGE, "to": "12345"},
        {**MESSAGE, "text": ""},
        {**MESSAGE, "extra": "1"},
        {**MESSAGE, "id": 7},
        [],
        {"to": "13800138000"},
    ],
)
async def test_a_message_that_cannot_be_sent_is_refused(
    http: httpx2.AsyncClient, message: Any
) -> None:
    answer = await send(http, message)

    assert answer.status_code in {400, 422}
    assert (await http.get("/_sim/sms")).json() == []
