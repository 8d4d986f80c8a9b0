"""Callback encryption of WeCom, official accounts and mini programs (WXBizMsgCrypt), both ways.

Written from the manual with nothing of the shop in it: an error there must not hide here.
"""

import base64
import binascii
import hashlib
import hmac
import json
import secrets
from dataclasses import dataclass
from xml.etree import ElementTree

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

BLOCK = 32
"""PKCS#7 pads to 32, twice the cipher's block."""


class Refused(Exception):
    """A message that a strict receiver does not accept; the text says why, for the log only."""


def sorted_sha1(*parts: str) -> str:
    """Hex SHA-1 of the parts sorted by code point and joined with nothing."""
    return hashlib.sha1("".join(sorted(parts)).encode(), usedforsecurity=False).hexdigest()


def same(given: str, right: str) -> bool:
    """Constant-time comparison that takes any text."""
    return hmac.compare_digest(given.encode("utf-8", "surrogatepass"), right.encode())


def check_plain(*, token: str, signature: str, timestamp: str, nonce: str) -> None:
    """The plain URL signature of official accounts and mini programs. Raises Refused."""
    if not same(signature, sorted_sha1(token, timestamp, nonce)):
        raise Refused("signature")


@dataclass(frozen=True, slots=True)
class Sealed:
    """An encrypted message and the query or envelope values that vouch for it."""

    encrypt: str
    signature: str
    timestamp: str
    nonce: str


@dataclass(frozen=True, slots=True)
class Seal:
    """The keys of one callback: token, 43-character EncodingAESKey and receive id."""

    token: str
    encoding_aes_key: str
    receive_id: str

    def close(self, text: str, timestamp: str, nonce: str, prefix: bytes = b"") -> Sealed:
        """Encrypt and sign; the 16-byte prefix is fresh unless one is given."""
        message = text.encode()
        frame = (prefix or secrets.token_bytes(16)) + len(message).to_bytes(4, "big") + message
        frame += self.receive_id.encode()
        pad = BLOCK - len(frame) % BLOCK
        encryptor = self._cipher().encryptor()
        encrypted = encryptor.update(frame + bytes([pad]) * pad) + encryptor.finalize()
        encrypt = base64.b64encode(encrypted).decode()
        signature = sorted_sha1(self.token, timestamp, nonce, encrypt)
        return Sealed(encrypt, signature, timestamp, nonce)

    def open(self, sealed: Sealed) -> str:
        """The text of a sealed message, strictly. Raises Refused."""
        right = sorted_sha1(self.token, sealed.timestamp, sealed.nonce, sealed.encrypt)
        if not same(sealed.signature, right):
            raise Refused("signature")
        return self._unframe(self._decrypt(sealed.encrypt))

    def _cipher(self) -> Cipher[modes.CBC]:
        key = base64.b64decode(self.encoding_aes_key + "=")
        return Cipher(algorithms.AES256(key), modes.CBC(key[:16]))

    def _decrypt(self, encrypt: str) -> bytes:
        try:
            encrypted = base64.b64decode(encrypt, validate=True)
        except (binascii.Error, ValueError):
            raise Refused("base64") from None
        if not encrypted or len(encrypted) % BLOCK:
            raise Refused("length")
        decryptor = self._cipher().decryptor()
        return decryptor.update(encrypted) + decryptor.finalize()

    def _unframe(self, frame: bytes) -> str:
        pad = frame[-1]
        if not 1 <= pad <= BLOCK or frame[-pad:] != bytes([pad]) * pad:
            raise Refused("padding")
        body = frame[16:-pad]
        size = int.from_bytes(body[:4], "big")
        message, receive_id = body[4 : 4 + size], body[4 + size :]
        if len(body) < 4 or len(message) != size:
            raise Refused("length field")
        if not hmac.compare_digest(receive_id, self.receive_id.encode()):
            raise Refused("receive id")
        try:
            return message.decode()
        except UnicodeDecodeError:
            raise Refused("not UTF-8") from None


def read_envelope(body: str, form: str) -> str:
    """The encrypted text of a POST body in `xml` or `json`. Raises Refused."""
    found = _json_encrypt(body) if form == "json" else _xml_encrypt(body)
    if not isinstance(found, str) or not found:
        raise Refused("no Encrypt")
    return found


def _json_encrypt(body: str) -> object:
    try:
        envelope = json.loads(body)
    except ValueError:
        raise Refused("not JSON") from None
    if not isinstance(envelope, dict):
        raise Refused("not an object")
    return envelope.get("Encrypt", envelope.get("encrypt"))


def _xml_encrypt(body: str) -> str | None:
    if "<!" in body.replace("<![CDATA[", ""):
        raise Refused("declaration")
    try:
        root = ElementTree.fromstring(body)  # noqa: S314  # no declaration got this far
    except ElementTree.ParseError:
        raise Refused("not XML") from None
    found = root.findall("Encrypt")
    if len(found) != 1:
        raise Refused("not exactly one Encrypt")
    return found[0].text
