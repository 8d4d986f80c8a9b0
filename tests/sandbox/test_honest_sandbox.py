"""The sandbox's own cryptography against the published and generated vectors, as the receiver."""

import base64
import json
import os
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import serialization
from wechatpy.enterprise.crypto import WeChatCrypto  # type: ignore[import-untyped]

from sandbox import msg_crypto, pay_crypto, wxa_crypto
from sandbox.msg_crypto import Refused, Seal, Sealed

HOME = Path(__file__).parents[1] / "data" / "wechat-vectors.json"
FILE = json.loads(Path(os.environ.get("WECHAT_VECTORS", HOME)).read_text(encoding="utf-8"))
Vector = dict[str, Any]


def of(*kinds: str) -> pytest.MarkDecorator:
    chosen = [vector for vector in FILE["vectors"] if vector["kind"] in kinds]
    return pytest.mark.parametrize("vector", chosen, ids=[vector["id"] for vector in chosen])


def seal_of(vector: Vector) -> Seal:
    keys = vector["keys"]
    return Seal(keys["token"], keys["encoding_aes_key"], keys["receive_id"])


def public_pem(entry: Vector) -> str:
    if "public_key" in entry:
        return str(entry["public_key"])
    certificate = x509.load_pem_x509_certificate(entry["certificate"].encode())
    pem = certificate.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    return pem.decode()


def platform_keys(vector: Vector) -> dict[str, str]:
    entry = FILE["keyring"][vector["keys"]["keyring"]]
    return {entry.get("id", entry.get("serial_no")): public_pem(entry)}


def outcome(vector: Vector, receive: Any) -> Any:
    """What the receiver made of it; a refusal counts only where the vector allows one."""
    try:
        found = receive()
    except Refused:
        assert vector["expect"]["result"] in {"reject", "either"}
        return None
    assert vector["expect"]["result"] in {"accept", "either"}
    return found


@of("msgcrypt.decrypt")
def test_callbacks_open_or_are_refused(vector: Vector) -> None:
    given, query = vector["input"], vector["input"]["query"]

    def receive() -> str:
        encrypt = msg_crypto.read_envelope(given["body"], given["format"])
        signature = query.get("msg_signature", "")
        return seal_of(vector).open(Sealed(encrypt, signature, query["timestamp"], query["nonce"]))

    text = outcome(vector, receive)

    assert text == vector["expect"].get("plaintext")


@of("msgcrypt.verify_url")
def test_url_checks_are_answered(vector: Vector) -> None:
    query = vector["input"]["query"]
    sealed = Sealed(query["echostr"], query["msg_signature"], query["timestamp"], query["nonce"])

    text = outcome(vector, lambda: seal_of(vector).open(sealed))

    assert text == vector["expect"].get("body")


@of("msgcrypt.encrypt")
def test_frames_are_made_as_the_platform_makes_them(vector: Vector) -> None:
    given = vector["input"]

    sealed = seal_of(vector).close(
        given["plaintext"],
        given["timestamp"],
        given["nonce"],
        prefix=bytes.fromhex(given["random16_hex"]),
    )

    assert sealed.encrypt == vector["expect"]["encrypt"]
    assert sealed.signature == vector["expect"]["msg_signature"]


@of("mp.signature")
def test_plain_signatures(vector: Vector) -> None:
    given = {key: vector["input"][key] for key in ("signature", "timestamp", "nonce")}

    outcome(vector, lambda: msg_crypto.check_plain(token=vector["keys"]["token"], **given))


@of("jssdk.signature")
def test_page_signatures(vector: Vector) -> None:
    given = vector["input"]

    made = wxa_crypto.page_signature(
        ticket=vector["keys"]["ticket"],
        nonce=given["noncestr"],
        timestamp=given["timestamp"],
        url=given["url"],
    )

    assert made == vector["expect"]["signature"]


@of("wxa.encrypted_data")
def test_user_data_opens_or_is_refused(vector: Vector) -> None:
    given, keys = vector["input"], vector["keys"]

    text = outcome(
        vector,
        lambda: wxa_crypto.decrypt_data(
            keys["session_key"], given["iv"], given["encryptedData"], keys["appid"]
        ),
    )

    assert text == vector["expect"].get("plaintext")


@of("wxa.raw_signature")
def test_raw_data_signatures(vector: Vector) -> None:
    made = wxa_crypto.raw_signature(vector["input"]["rawData"], vector["keys"]["session_key"])

    assert made == vector["expect"]["signature"]


@of("wxa.session_hmac")
def test_session_signatures(vector: Vector) -> None:
    made = wxa_crypto.session_signature(vector["input"]["message"], vector["keys"]["session_key"])

    assert made == vector["expect"]["signature"]


@of("pay3.request_sign")
def test_requests_of_a_merchant_are_verified(vector: Vector) -> None:
    given = vector["input"]

    header = pay_crypto.read_authorization(vector["expect"]["authorization"])

    assert header.nonce_str == given["nonce_str"]
    text = pay_crypto.lines(
        given["method"],
        given["url_path_and_query"],
        header.timestamp,
        header.nonce_str,
        given["body"],
    )
    assert text == vector["expect"]["message"].encode()
    pay_crypto.check(FILE["keyring"]["merchant"]["public_key"], text, header.signature)


@of("pay3.paysign")
def test_the_phone_verifies_the_five_values(vector: Vector) -> None:
    given = vector["input"]

    text = pay_crypto.pay_sign_text(
        given["appId"], given["timeStamp"], given["nonceStr"], given["package"]
    )

    merchant = FILE["keyring"]["merchant"]
    pay_crypto.check(merchant["public_key"], text, vector["expect"]["paySign"])
    assert pay_crypto.sign(merchant["private_key"], text) == vector["expect"]["paySign"]


@of("pay3.response_verify", "pay3.certificates")
def test_answers_are_verified(vector: Vector) -> None:
    given, now = vector["input"], vector["input"].get("now")
    vector["expect"].setdefault("result", "accept")
    now = now if now is not None else int(given["headers"]["Wechatpay-Timestamp"])

    outcome(
        vector,
        lambda: pay_crypto.check_headers(
            given["headers"], given["body"].encode(), platform_keys(vector), now
        ),
    )


@of("pay3.notify")
def test_notices_open_or_are_refused(vector: Vector) -> None:
    given = vector["input"]

    found = outcome(
        vector,
        lambda: pay_crypto.open_notice(
            given["headers"],
            given["body"].encode(),
            keys=platform_keys(vector),
            api_v3_key=vector["keys"]["apiv3_key"],
            now=given["now"],
        ),
    )

    if found is not None and "route" in vector["expect"]:
        assert found[0] == vector["expect"]["route"]


@of("pay3.aead")
def test_resources_open_and_close(vector: Vector) -> None:
    given = {"algorithm": "AEAD_AES_256_GCM", **vector["input"]}
    key, plain = vector["keys"]["apiv3_key"], vector["expect"]["plaintext"]

    assert pay_crypto.unseal(key, given).decode() == plain
    again = pay_crypto.seal(key, plain.encode(), given.get("associated_data", ""), given["nonce"])
    assert again == given["ciphertext"]


@of("pay3.oaep_decrypt")
def test_sensitive_fields_open(vector: Vector) -> None:
    merchant = FILE["keyring"]["merchant"]

    plain = pay_crypto.decrypt_field(merchant["private_key"], vector["input"]["ciphertext"])

    assert plain == vector["expect"]["plaintext"]


def test_user_data_that_the_phone_makes_is_read_back() -> None:
    session_key = base64.b64encode(b"k" * 16).decode()
    data = {"phoneNumber": "13800138000", "watermark": {"appid": "wx1", "timestamp": 1}}

    sealed = wxa_crypto.encrypt_data(session_key, b"i" * 16, data)

    iv = base64.b64encode(b"i" * 16).decode()
    assert json.loads(wxa_crypto.decrypt_data(session_key, iv, sealed, "wx1")) == data


@pytest.mark.parametrize("size", [1, 11, 12, 13, 31, 32, 33, 5000])
def test_frames_open_with_a_library_that_is_not_ours(size: int) -> None:
    token, key, corp = "token00", "dVi6zZTg4DRcovtXQaVxbycULl2m5zX52ILgYPSsvQQ", "ww333"
    sealed = Seal(token, key, corp).close("店" * size, "1767226617", "5261863137")

    envelope = {"Encrypt": sealed.encrypt}
    given = (sealed.signature, sealed.timestamp, sealed.nonce)
    text = WeChatCrypto(token, key, corp).decrypt_message(envelope, *given)

    assert text == "店" * size
