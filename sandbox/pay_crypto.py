"""Signatures and encryption of WeChat Pay v3, both sides, with `cryptography` alone."""

import base64
import binascii
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from cryptography.exceptions import InvalidSignature, InvalidTag
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from sandbox.msg_crypto import Refused

SCHEME = "WECHATPAY2-SHA256-RSA2048"
PROBE = "WECHATPAY/SIGNTEST/"
FIELD = re.compile(r'([a-z_]+)="([^"]*)"')
FIELDS = {"mchid", "nonce_str", "signature", "timestamp", "serial_no"}


@lru_cache(maxsize=64)
def private_key(pem: str) -> rsa.RSAPrivateKey:
    """An RSA private key from PEM. Raises ValueError when it is of another kind."""
    key = serialization.load_pem_private_key(pem.encode(), password=None)
    if not isinstance(key, rsa.RSAPrivateKey):
        raise ValueError("not an RSA private key")
    return key


@lru_cache(maxsize=64)
def public_key(pem: str) -> rsa.RSAPublicKey:
    """An RSA public key from PEM. Raises ValueError when it is of another kind."""
    key = serialization.load_pem_public_key(pem.encode())
    if not isinstance(key, rsa.RSAPublicKey):
        raise ValueError("not an RSA public key")
    return key


def lines(*parts: str | bytes) -> bytes:
    """Each part followed by a line feed: the text that is signed."""
    return b"".join((p.encode() if isinstance(p, str) else p) + b"\n" for p in parts)


def sign(pem: str, text: bytes) -> str:
    """RSA PKCS#1 v1.5 with SHA-256, base64."""
    return base64.b64encode(
        private_key(pem).sign(text, padding.PKCS1v15(), hashes.SHA256())
    ).decode()


def check(pem: str, text: bytes, signature: str) -> None:
    """Raises Refused unless the signature is this key's over exactly this text."""
    try:
        given = base64.b64decode(signature, validate=True)
        public_key(pem).verify(given, text, padding.PKCS1v15(), hashes.SHA256())
    except (InvalidSignature, binascii.Error, ValueError):
        raise Refused("signature") from None


@dataclass(frozen=True, slots=True)
class Authorization:
    """The five values of an Authorization header."""

    mchid: str
    nonce_str: str
    signature: str
    timestamp: str
    serial_no: str


def read_authorization(header: str) -> Authorization:
    """Parse the header strictly: the scheme, a space, five quoted fields. Raises Refused."""
    scheme, _, rest = header.partition(" ")
    fields = dict(FIELD.findall(rest))
    plain = ",".join(f'{key}="{value}"' for key, value in FIELD.findall(rest))
    if scheme != SCHEME or set(fields) != FIELDS or plain != rest.replace(", ", ","):
        raise Refused("authorization syntax")
    return Authorization(**fields)


def check_fresh(timestamp: str, now: float, window_s: int = 300) -> None:
    """Raises Refused unless the text is whole seconds within the window around `now`."""
    if not re.fullmatch(r"[0-9]{1,12}", timestamp) or abs(now - int(timestamp)) > window_s:
        raise Refused("timestamp")


def pay_sign_text(app_id: str, timestamp: str, nonce: str, package: str) -> bytes:
    """What the five values of wx.requestPayment are signed over."""
    return lines(app_id, timestamp, nonce, package)


def seal(api_v3_key: str, plain: bytes, associated_data: str, nonce: str) -> str:
    """AEAD_AES_256_GCM, base64 of ciphertext and tag."""
    sealed = AESGCM(api_v3_key.encode()).encrypt(nonce.encode(), plain, associated_data.encode())
    return base64.b64encode(sealed).decode()


def unseal(api_v3_key: str, resource: Mapping[str, Any]) -> bytes:
    """The plain bytes of a `resource`. Raises Refused."""
    if resource.get("algorithm") != "AEAD_AES_256_GCM":
        raise Refused("algorithm")
    try:
        return AESGCM(api_v3_key.encode()).decrypt(
            str(resource["nonce"]).encode(),
            base64.b64decode(resource["ciphertext"], validate=True),
            str(resource.get("associated_data") or "").encode(),
        )
    except (InvalidTag, KeyError, TypeError, ValueError, binascii.Error):
        raise Refused("resource") from None


def decrypt_field(pem: str, ciphertext: str) -> str:
    """A sensitive field: RSA-OAEP with SHA-1. Raises Refused."""
    scheme = padding.OAEP(padding.MGF1(hashes.SHA1()), hashes.SHA1(), None)  # noqa: S303
    try:
        return private_key(pem).decrypt(base64.b64decode(ciphertext), scheme).decode()
    except (ValueError, binascii.Error):
        raise Refused("field") from None


def check_headers(
    headers: Mapping[str, str], body: bytes, keys: Mapping[str, str], now: float
) -> None:
    """What a receiver asks of an answer or notice; `keys` are platform keys by serial.

    Raises Refused on an unknown serial, another signature type, a stale timestamp or a bad
    signature.
    """
    given = {name.lower(): value for name, value in headers.items()}
    if given.get("wechatpay-signature-type", SCHEME) != SCHEME:
        raise Refused("signature type")
    pem = keys.get(given.get("wechatpay-serial", ""))
    if pem is None:
        raise Refused("serial")
    stamp = given.get("wechatpay-timestamp", "")
    check_fresh(stamp, now)
    text = lines(stamp, given.get("wechatpay-nonce", ""), body)
    check(pem, text, given.get("wechatpay-signature", ""))


def open_notice(
    headers: Mapping[str, str], body: bytes, *, keys: Mapping[str, str], api_v3_key: str, now: float
) -> tuple[str, dict[str, Any]]:
    """`resource.original_type` and the decrypted resource of a notice. Raises Refused."""
    check_headers(headers, body, keys, now)
    try:
        resource = json.loads(body)["resource"]
        content = json.loads(unseal(api_v3_key, resource))
        return str(resource["original_type"]), content
    except (ValueError, KeyError, TypeError):
        raise Refused("notice") from None
