"""Every WeChat vector against our side of the wire, without I/O."""

import base64
import json
from collections.abc import Callable
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from bot.protocol.encrypted_data import open_encrypted_data
from bot.protocol.envelope import encrypted_part, read_query
from bot.protocol.msgcrypt import MsgCrypt
from bot.protocol.signatures import (
    is_account_signature,
    jssdk_signature,
    raw_data_signature,
    session_signature,
)
from bot.protocol.untrusted import Untrusted
from tests.scenes.vectors import KEYRING, VECTORS, is_accepted, pem_by_serial
from trade.payments.protocol import untrusted as pay
from trade.payments.protocol.keys import Merchant, PlatformKeys, private_key
from trade.payments.protocol.legacy import sign_v2
from trade.payments.protocol.notices import open_notice
from trade.payments.protocol.sealing import open_aead, open_certificates, open_field
from trade.payments.protocol.signing import (
    authorization,
    request_message,
    sheet_message,
    sign,
    sign_sheet,
)
from trade.payments.protocol.verifying import check_signature

Vector = dict[str, Any]


def crypt_of(vector: Vector) -> MsgCrypt:
    return MsgCrypt(**vector["keys"])


def signed_query(query: dict[str, str]) -> dict[str, str]:
    return {
        "signature": query.get("msg_signature", ""),
        "timestamp": query.get("timestamp", ""),
        "nonce": query.get("nonce", ""),
    }


def decrypt(vector: Vector) -> None:
    encrypt = encrypted_part(vector["input"]["body"].encode())
    plaintext = crypt_of(vector).open(encrypt, **signed_query(vector["input"]["query"]))

    assert plaintext == vector["expect"]["plaintext"]


def verify_url(vector: Vector) -> None:
    query = read_query(vector["input"]["query_string"].encode())
    echo = crypt_of(vector).open(query["echostr"], **signed_query(query))

    assert echo == vector["expect"]["body"]


def encrypt(vector: Vector) -> None:
    given = vector["input"]
    sealed = crypt_of(vector).seal(
        given["plaintext"],
        timestamp=given["timestamp"],
        nonce=given["nonce"],
        prefix=bytes.fromhex(given["random16_hex"]),
    )

    assert sealed.encrypt == vector["expect"]["encrypt"]
    assert sealed.signature == vector["expect"]["msg_signature"]


def account_signature(vector: Vector) -> None:
    given = {name: vector["input"][name] for name in ("signature", "timestamp", "nonce")}
    if not is_account_signature(vector["keys"]["token"], **given):
        raise Untrusted("signature")


def jssdk(vector: Vector) -> None:
    given = vector["input"]
    signature = jssdk_signature(
        vector["keys"]["ticket"],
        nonce=given["noncestr"],
        timestamp=given["timestamp"],
        url=given["url"],
    )

    assert signature == vector["expect"]["signature"]


def encrypted_data(vector: Vector) -> None:
    given, keys = vector["input"], vector["keys"]
    data = open_encrypted_data(
        given["encryptedData"],
        iv=given["iv"],
        session_key=keys["session_key"],
        app_id=keys["appid"],
    )

    assert data == json.loads(vector["expect"]["plaintext"])


def raw_signature(vector: Vector) -> None:
    made = raw_data_signature(vector["keys"]["session_key"], vector["input"]["rawData"])
    assert made == vector["expect"]["signature"]


def session_hmac(vector: Vector) -> None:
    made = session_signature(vector["keys"]["session_key"], vector["input"]["message"])
    assert made == vector["expect"]["signature"]


def request_sign(vector: Vector) -> None:
    given, entry = vector["input"], KEYRING[vector["keys"]["keyring"]]
    body, key = given["body"].encode(), private_key(entry["private_key"])
    where = {"method": given["method"], "target": given["url_path_and_query"]}
    when = {"timestamp": given["timestamp"], "nonce": given["nonce_str"], "body": body}
    message = request_message(*where.values(), **when)
    header = authorization(Merchant(entry["mchid"], entry["serial_no"], key), **where, **when)

    assert message.decode() == vector["expect"]["message"]
    assert sign(message, key) == vector["expect"]["signature"]
    assert parts_of(header) == parts_of(vector["expect"]["authorization"])


def parts_of(header: str) -> tuple[str, set[str]]:
    """The parts of an Authorization header stand in no promised order."""
    schema, _, parts = header.partition(" ")
    return schema, set(parts.split(","))


def pay_sign(vector: Vector) -> None:
    given, key = vector["input"], private_key(KEYRING[vector["keys"]["keyring"]]["private_key"])
    package = given["package"].removeprefix("prepay_id=")
    when = {"timestamp": given["timeStamp"], "nonce": given["nonceStr"]}
    message = sheet_message(app_id=given["appId"], package=given["package"], **when)
    made = sign_sheet(key, app_id=given["appId"], prepay_id=package, **when)

    assert message.decode() == vector["expect"]["message"]
    assert (made.sign_type, made.pay_sign, made.package) == (
        vector["expect"]["signType"],
        vector["expect"]["paySign"],
        given["package"],
    )


def platform_keys(vector: Vector) -> PlatformKeys:
    return PlatformKeys(pem_by_serial(KEYRING[vector["keys"]["keyring"]]))


def response_verify(vector: Vector) -> None:
    given = vector["input"]
    check_signature(
        given["headers"].items(),
        given["body"].encode(),
        keys=platform_keys(vector),
        now=given["now"],
    )


def notify(vector: Vector) -> None:
    given = vector["input"]
    notice = open_notice(
        given["headers"].items(),
        given["body"].encode(),
        keys=platform_keys(vector),
        api_v3_key=vector["keys"]["apiv3_key"],
        now=given["now"],
    )

    if is_accepted(vector):
        said = (notice.original_type, notice.event_type, notice.plaintext)
        assert said == tuple(
            vector["expect"][name] for name in ("route", "event_type", "plaintext")
        )


def aead(vector: Vector) -> None:
    made = open_aead(**vector["input"], api_v3_key=vector["keys"]["apiv3_key"])
    assert made == vector["expect"]["plaintext"]


def oaep(vector: Vector) -> None:
    key = private_key(KEYRING[vector["keys"]["keyring"]]["private_key"])
    assert open_field(vector["input"]["ciphertext"], key) == vector["expect"]["plaintext"]


def certificates(vector: Vector) -> None:
    given, expect = vector["input"], vector["expect"]
    body = given["body"].encode()
    pems = open_certificates(body, api_v3_key=vector["keys"]["apiv3_key"])
    now = int(given["headers"]["Wechatpay-Timestamp"])
    check_signature(given["headers"].items(), body, keys=PlatformKeys(pems), now=now)

    assert list(pems) == [expect["serial_no"]]
    assert der_of(pems[expect["serial_no"]]) == der_of(expect["certificate"])


def der_of(pem: str) -> bytes:
    certificate = x509.load_pem_x509_certificate(pem.encode())
    key = certificate.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return base64.b64encode(certificate.public_bytes(Encoding.DER) + key)


def legacy_sign(vector: Vector) -> None:
    given = vector["input"]
    made = sign_v2(given["params"], **vector["keys"], sign_type=given["sign_type"])
    assert made == vector["expect"]["sign"]


CHECKS: dict[str, Callable[[Vector], None]] = {
    "msgcrypt.decrypt": decrypt,
    "msgcrypt.verify_url": verify_url,
    "msgcrypt.encrypt": encrypt,
    "mp.signature": account_signature,
    "jssdk.signature": jssdk,
    "wxa.encrypted_data": encrypted_data,
    "wxa.raw_signature": raw_signature,
    "wxa.session_hmac": session_hmac,
    "pay3.request_sign": request_sign,
    "pay3.paysign": pay_sign,
    "pay3.response_verify": response_verify,
    "pay3.notify": notify,
    "pay3.aead": aead,
    "pay3.oaep_decrypt": oaep,
    "pay3.certificates": certificates,
    "pay2.sign": legacy_sign,
}


@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: str(vector["id"]))
def test_a_vector_ends_as_the_platform_would_have_it(vector: Vector) -> None:
    check = CHECKS[vector["kind"]]
    wanted = vector["expect"].get("result", "accept")
    try:
        check(vector)
        ended = "accept"
    except (Untrusted, pay.Untrusted):
        ended = "reject"

    assert wanted in {ended, "either"}
