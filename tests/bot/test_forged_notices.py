"""A good notice of WeChat Pay, bent in every way we know: refused, and no trace of it (S8)."""

import base64
import json
import time
from collections.abc import Callable
from typing import Any

import httpx2
import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as effort
from hypothesis import strategies as st

from core.inbox import InboxRow
from core.settings import Settings
from tests.scenes.wechat import Json, PayPlatform, as_bytes, envelope, payment

Delivery = tuple[dict[str, str], bytes]


@pytest.fixture
def platform(secrets: dict[str, Any]) -> PayPlatform:
    [merchant] = secrets["world"]["merchants"]
    return PayPlatform(
        merchant["platform_private_key_pem"], merchant["platform_key_id"], merchant["api_v3_key"]
    )


@pytest.fixture
def said(settings: Settings) -> Json:
    assert settings.pay
    return payment(mch_id=settings.pay.mch_id, app_id=settings.pay.app_id)


def good(platform: PayPlatform, said: Json | str) -> Delivery:
    body = as_bytes(envelope(platform.seal(said)))
    return platform.sign(body), body


def without(headers: dict[str, str], name: str) -> dict[str, str]:
    return {key: value for key, value in headers.items() if key != name}


STRANGER = base64.b64encode(b"s" * 256).decode()


def with_headers(change: Callable[[dict[str, str]], dict[str, str]]) -> Callable[..., Delivery]:
    def bend(platform: PayPlatform, said: Json) -> Delivery:
        headers, body = good(platform, said)
        return change(headers), body

    return bend


def with_signing(**changes: str) -> Callable[..., Delivery]:
    def bend(platform: PayPlatform, said: Json) -> Delivery:
        body = as_bytes(envelope(platform.seal(said)))
        return platform.sign(body, **changes), body

    return bend


def with_body(change: Callable[[bytes], bytes]) -> Callable[..., Delivery]:
    """Signed first, changed on the way."""

    def bend(platform: PayPlatform, said: Json) -> Delivery:
        headers, body = good(platform, said)
        return headers, change(body)

    return bend


def with_envelope(change: Callable[[PayPlatform, Json], object]) -> Callable[..., Delivery]:
    """Signed by the platform, and yet not what it would send."""

    def bend(platform: PayPlatform, said: Json) -> Delivery:
        body = change(platform, said)
        raw = body if isinstance(body, bytes) else json.dumps(body).encode()
        return platform.sign(raw), raw

    return bend


def with_resource(**changes: Any) -> Callable[..., Delivery]:
    return with_envelope(lambda platform, said: envelope(platform.seal(said, **changes)))


def saying(change: Callable[[Json], Json | str]) -> Callable[..., Delivery]:
    """Signed and sealed by the platform; what it says does not read, or is not for us."""
    return lambda platform, said: good(platform, change(said))


def amount(**changes: Any) -> Callable[[Json], Json]:
    return lambda said: said | {"amount": said["amount"] | changes}


def flipped(text: str) -> str:
    raw = bytearray(base64.b64decode(text))
    raw[-1] ^= 1
    return base64.b64encode(raw).decode()


BENT: dict[str, Callable[..., Delivery]] = {
    "no signature": with_headers(lambda h: without(h, "Wechatpay-Signature")),
    "no serial": with_headers(lambda h: without(h, "Wechatpay-Serial")),
    "no timestamp": with_headers(lambda h: without(h, "Wechatpay-Timestamp")),
    "no nonce": with_headers(lambda h: without(h, "Wechatpay-Nonce")),
    "no headers at all": with_headers(lambda _: {}),
    "another nonce": with_headers(lambda h: h | {"Wechatpay-Nonce": "x"}),
    "another second": with_headers(
        lambda h: h | {"Wechatpay-Timestamp": str(int(h["Wechatpay-Timestamp"]) - 1)}
    ),
    "an old signature": with_signing(timestamp=str(int(time.time()) - 302)),
    "a signature of the future": with_signing(timestamp=str(int(time.time()) + 100_000)),
    "a signature of 2001": with_signing(timestamp="1000000000"),
    "a timestamp with a sign": with_signing(timestamp=f"+{int(time.time())}"),
    "a timestamp in words": with_signing(timestamp="now"),
    "an endless timestamp": with_signing(timestamp="1" * 5000),
    "an unknown serial": with_signing(serial="PUB_KEY_ID_0"),
    "a serial of another case": with_headers(
        lambda h: h | {"Wechatpay-Serial": h["Wechatpay-Serial"].lower()}
    ),
    "a probe": with_headers(
        lambda h: h | {"Wechatpay-Signature": "WECHATPAY/SIGNTEST/" + h["Wechatpay-Signature"]}
    ),
    "a signature by nobody": with_signing(signature=STRANGER),
    "an empty signature": with_signing(signature=""),
    "a signature not in base64": with_signing(signature="!!!!"),
    "a flipped bit in the signature": with_headers(
        lambda h: h | {"Wechatpay-Signature": flipped(h["Wechatpay-Signature"])}
    ),
    "another signature type": with_signing(kind="WECHATPAY2-SM2-WITH-SM3"),
    "no body": with_body(lambda _: b""),
    "a byte more": with_body(lambda body: body + b" "),
    "a byte less": with_body(lambda body: body[:-1]),
    "the same JSON in other bytes": with_body(lambda body: json.dumps(json.loads(body)).encode()),
    "another event type": with_body(lambda body: body.replace(b"TRANSACTION", b"REFUND")),
    "not JSON": with_envelope(lambda *_: b"paid"),
    "a list": with_envelope(lambda *_: []),
    "no resource": with_envelope(lambda *_: {"id": "1", "event_type": "TRANSACTION.SUCCESS"}),
    "a resource in plain words": with_envelope(lambda _, said: envelope(said)),
    "two resources": with_envelope(
        lambda platform, said: as_bytes(envelope(platform.seal(said))).replace(
            b'"resource":', b'"resource": {}, "resource":', 1
        )
    ),
    "very deep": with_envelope(lambda *_: b'{"resource":' * 5000 + b"1" + b"}" * 5000),
    "too long": with_envelope(lambda p, said: envelope(p.seal(said), summary="长" * 40_000)),
    "another algorithm": with_resource(algorithm="AEAD_SM4_GCM"),
    "a short nonce": with_resource(nonce="123"),
    "another nonce inside": with_resource(nonce="0" * 12),
    "other associated data": with_resource(associated_data="refund"),
    "no ciphertext": with_resource(ciphertext=""),
    "ciphertext not in base64": with_resource(ciphertext="~~~~"),
    "ciphertext that is a number": with_resource(ciphertext=1),
    "another original type": with_resource(original_type=None),
    "sealed under another key": with_envelope(
        lambda p, said: envelope(PayPlatform(p.private_key_pem, p.key_id, "k" * 32).seal(said))
    ),
    "another merchant": saying(lambda said: said | {"mchid": "1900009999"}),
    "no merchant": saying(lambda said: {k: v for k, v in said.items() if k != "mchid"}),
    "no transaction id": saying(lambda said: said | {"transaction_id": None}),
    "a transaction id with a nul": saying(lambda said: said | {"transaction_id": "42\0"}),
    "half a surrogate": saying(lambda said: json.dumps(said).replace("OTHERS", "\\ud800")),
    "an amount in words": saying(amount(total="39900")),
    "an amount with a fraction": saying(amount(total=399.0)),
    "a negative amount": saying(amount(total=-1)),
    "an endless amount": saying(amount(total=10**30)),
    "a true amount": saying(amount(total=True)),
    "no currency": saying(amount(currency=None)),
    "no payer": saying(lambda said: said | {"payer": {}}),
    "a time without a zone": saying(lambda said: said | {"success_time": "2026-11-21T10:00:00"}),
    "a time out of time": saying(lambda said: said | {"success_time": "9999-12-31T23:59:59-23:59"}),
    "a sealed list": saying(lambda _: "[]"),
    "sealed nonsense": saying(lambda _: "paid"),
    "a sealed bomb": saying(lambda _: "[" * 20_000),
}


async def test_a_good_notice_is_kept_once_however_often_it_comes(
    client: httpx2.AsyncClient, platform: PayPlatform, said: Json
) -> None:
    headers, body = good(platform, said)
    answers = [
        await client.post("/callbacks/pay", content=body, headers=headers) for _ in range(50)
    ]
    for _ in range(50):  # told again: sealed and signed afresh, and the fields in another order
        headers, body = good(platform, dict(reversed(said.items())))
        answers.append(await client.post("/callbacks/pay", content=body, headers=headers))

    assert {answer.status_code for answer in answers} == {204}
    [row] = await InboxRow.all()
    assert (row.source, row.facts["kind"]) == ("wechat_pay", "transaction")
    assert json.loads(row.body) == said


async def test_a_bent_notice_is_refused_and_leaves_no_trace(
    client: httpx2.AsyncClient, platform: PayPlatform, said: Json
) -> None:
    answers = {}
    for name, bend in BENT.items():
        headers, body = bend(platform, said)
        answers[name] = (await client.post("/callbacks/pay", content=body, headers=headers)).text

    assert answers == dict.fromkeys(BENT, '{"code":"FAIL","message":"refused"}')
    assert await InboxRow.all().count() == 0


async def test_a_header_said_twice_is_refused(
    client: httpx2.AsyncClient, platform: PayPlatform, said: Json
) -> None:
    headers, body = good(platform, said)
    for name in headers:
        twice = [*headers.items(), (name, headers[name])]
        answer = await client.post("/callbacks/pay", content=body, headers=twice)

        assert answer.status_code == 400
    assert await InboxRow.all().count() == 0


async def test_a_kind_we_do_not_know_is_kept_unread(
    client: httpx2.AsyncClient, platform: PayPlatform, said: Json
) -> None:
    for kind in ("profitsharing", "something_new", "长" * 80):
        body = as_bytes(envelope(platform.seal(said, original_type=kind)))
        answer = await client.post(
            "/callbacks/profit-sharing", content=body, headers=platform.sign(body)
        )

        assert answer.status_code == 204
    assert await InboxRow.all().count() == 3


async def test_payments_are_told_by_post_only(client: httpx2.AsyncClient) -> None:
    for path in ("pay", "refund", "profit-sharing", "transfer"):
        for method in ("GET", "PUT", "DELETE", "PATCH"):
            assert (await client.request(method, f"/callbacks/{path}")).status_code == 405


PATIENT = effort(suppress_health_check=list(HealthCheck), deadline=None, max_examples=100)
PARTS = st.lists(st.one_of(st.none(), st.binary(max_size=200)), max_size=3)


@PATIENT
@given(parts=PARTS, is_signed=st.booleans())
async def test_no_bytes_break_the_intake(
    client: httpx2.AsyncClient,
    platform: PayPlatform,
    said: Json,
    parts: list[bytes | None],
    is_signed: bool,  # noqa: FBT001
) -> None:
    """Any body, even one the platform signs: refused or kept, never a crash."""
    headers, body = good(platform, said)
    bent = b"".join(body if part is None else part for part in parts)
    signed = platform.sign(bent) if is_signed else headers
    answer = await client.post("/callbacks/pay", content=bent, headers=signed)

    assert answer.status_code in {204, 400}
