"""User data of a mini program and JS-SDK signatures, as the WeChat client makes them."""

import base64
import binascii
import hashlib
import hmac
import json
from typing import Any

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from sandbox.msg_crypto import Refused


def encrypt_data(session_key: str, iv: bytes, data: dict[str, Any]) -> str:
    """`encryptedData` of a wx call: AES-128-CBC, PKCS#7 to 16, base64."""
    plain = json.dumps(data, ensure_ascii=False, separators=(",", ":")).encode()
    pad = 16 - len(plain) % 16
    encryptor = _cipher(session_key, iv).encryptor()
    sealed = encryptor.update(plain + bytes([pad]) * pad) + encryptor.finalize()
    return base64.b64encode(sealed).decode()


def decrypt_data(session_key: str, iv: str, encrypted: str, app_id: str) -> str:
    """The JSON text of `encryptedData` that is meant for this app id. Raises Refused."""
    try:
        sealed = base64.b64decode(encrypted, validate=True)
        start = base64.b64decode(iv, validate=True)
        decryptor = _cipher(session_key, start).decryptor()
        plain = decryptor.update(sealed) + decryptor.finalize()
    except (binascii.Error, ValueError):
        raise Refused("encrypted data") from None
    text = _unpad(plain)
    _check_watermark(text, app_id)
    return text


def raw_signature(raw: str, session_key: str) -> str:
    """Hex SHA-1 of rawData and the session key as text."""
    return hashlib.sha1((raw + session_key).encode(), usedforsecurity=False).hexdigest()


def session_signature(message: str, session_key: str) -> str:
    """Hex HMAC-SHA256 with the session key as base64 text."""
    return hmac.digest(session_key.encode(), message.encode(), hashlib.sha256).hex()


def page_signature(*, ticket: str, nonce: str, timestamp: str, url: str) -> str:
    """The JS-SDK signature of a page; `url` is cut at its fragment."""
    text = (
        f"jsapi_ticket={ticket}&noncestr={nonce}&timestamp={timestamp}&url={url.partition('#')[0]}"
    )
    return hashlib.sha1(text.encode(), usedforsecurity=False).hexdigest()


def _cipher(session_key: str, iv: bytes) -> Cipher[modes.CBC]:
    return Cipher(algorithms.AES128(base64.b64decode(session_key)), modes.CBC(iv))


def _unpad(plain: bytes) -> str:
    pad = plain[-1] if plain else 0
    if not 1 <= pad <= 16 or plain[-pad:] != bytes([pad]) * pad:
        raise Refused("padding")
    try:
        return plain[:-pad].decode()
    except UnicodeDecodeError:
        raise Refused("not UTF-8") from None


def _check_watermark(text: str, app_id: str) -> None:
    try:
        watermark = json.loads(text)["watermark"]["appid"]
    except (ValueError, KeyError, TypeError):
        raise Refused("no watermark") from None
    if watermark != app_id:
        raise Refused("watermark of another app")
