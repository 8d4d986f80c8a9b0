"""The code on a receipt (小票码): which order of which store, how much, when; valid offline.

31 bytes, big-endian: version 1, key id 2, store id 4, order key 6, amount in fen 4, minutes since
2020 4, and the first 10 bytes of HMAC-SHA-256 over the rest; as base64url 42 characters. Pure: no
table, no clock. Whoever copies a code gains nothing: it names one order, invoiced once.
"""

import base64
import binascii
import hashlib
import hmac
import struct
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from core.errors import NotFound

VERSION = 1
HEAD = struct.Struct(">BHI6sII")
MAC_BYTES = 10
LENGTH = 42
CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
LOOK_ALIKES = str.maketrans("OIL", "011")
EPOCH = datetime(2020, 1, 1, tzinfo=UTC)
MAX_MINUTES = 2**31 - 1  # the year 6103; a moment of Python ends with 9999


class BadReceiptCode(NotFound):
    """Forged, altered or unknown: all look alike."""

    code = "security.bad_receipt_code"
    zh = "小票码无效，请扫描小票上的原始二维码"
    en = "This is not a code of ours: scan the one printed on the receipt."


@dataclass(frozen=True, slots=True)
class ReceiptKey:
    """The secret of one store or box. `kid` is 1 to 65535; the secret has 16 bytes or more."""

    kid: int
    secret: bytes = field(repr=False)

    def __post_init__(self) -> None:
        if not 0 < self.kid < 2**16 or len(self.secret) < 16:
            raise ValueError("not a receipt key")


@dataclass(frozen=True, slots=True)
class ReceiptCode:
    """What a code says. `at` is the minute of the sale, in UTC."""

    kid: int
    store_id: int
    order_key: bytes
    amount_fen: int
    at: datetime


def order_key_of(order_no: str) -> bytes:
    """Six bytes that stand for an order number in its code."""
    return hashlib.sha256(order_no.encode()).digest()[:6]


def mint(
    key: ReceiptKey, *, store_id: int, order_key: bytes | int, amount_fen: int, at: datetime
) -> str:
    """The 42 characters for a receipt. The same sale always gets the same code.

    `order_key` is six bytes, or a till's running number below 2**48. Raises ValueError when a
    value does not fit: an amount above 42,949,672.95 yuan, a moment before 2020.
    """
    named = order_key.to_bytes(6, "big") if isinstance(order_key, int) else order_key
    minutes = (at - EPOCH) // timedelta(minutes=1)
    if len(named) != 6:
        raise ValueError("an order key has six bytes")
    if minutes > MAX_MINUTES:
        raise ValueError("a receipt code cannot say this sale")
    try:
        head = HEAD.pack(VERSION, key.kid, store_id, named, amount_fen, minutes)
    except struct.error:
        raise ValueError("a receipt code cannot say this sale") from None
    return _text(head + _mac(key, head))


def read(code: str) -> ReceiptCode:
    """What a code says, before it is believed: find the key by `kid`, then `check`.

    Raises BadReceiptCode for anything that `mint` cannot have made.
    """
    version, kid, store_id, order_key, amount_fen, minutes = HEAD.unpack(_bytes(code)[: HEAD.size])
    if version != VERSION or kid == 0 or minutes > MAX_MINUTES:
        raise BadReceiptCode()
    return ReceiptCode(kid, store_id, order_key, amount_fen, EPOCH + timedelta(minutes=minutes))


def check(code: str, key: ReceiptKey) -> ReceiptCode:
    """What a code says, once its signature holds; compared in constant time.

    Raises BadReceiptCode when it is not `key`'s.
    """
    said, raw = read(code), _bytes(code)
    is_ours = hmac.compare_digest(_mac(key, raw[: HEAD.size]), raw[HEAD.size :])
    if not is_ours or said.kid != key.kid:
        raise BadReceiptCode()
    return said


def short_of(code: str) -> str:
    """Eight letters and digits to be typed with the total, where nothing can be scanned.

    40 bits of the signature, in the alphabet of Crockford: no I, L, O, U. Raises BadReceiptCode.
    """
    number = int.from_bytes(_bytes(code)[HEAD.size : HEAD.size + 5], "big")
    return "".join(CROCKFORD[number >> shift & 31] for shift in range(35, -5, -5))


def typed_short(text: str) -> str:
    """A short code as somebody typed it: any case, blanks and hyphens, O for 0, I or L for 1."""
    kept = "".join(c for c in text.upper() if c.isalnum())
    return kept.translate(LOOK_ALIKES)


def _mac(key: ReceiptKey, head: bytes) -> bytes:
    return hmac.digest(key.secret, b"receipt\0" + head, hashlib.sha256)[:MAC_BYTES]


def _text(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def _bytes(code: str) -> bytes:
    """Strict: one spelling for one code."""
    if len(code) != LENGTH or not code.isascii():
        raise BadReceiptCode()
    try:
        raw = base64.b64decode(code + "==", altchars=b"-_", validate=True)
    except binascii.Error:
        raise BadReceiptCode() from None
    if _text(raw) != code:
        raise BadReceiptCode()
    return raw
