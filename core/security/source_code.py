"""The source (来源) on a share card (分享卡片): guide, store, group and product, signed.

Version byte, four numbers of seven bits a byte, the first 10 bytes of HMAC-SHA-256; base64url. With
ids below two million it is at most 31 characters, so it also fits the 32 of a mini-program code's
`scene`. It says where somebody came from and grants nothing.
"""

import base64
import binascii
import hashlib
import hmac
from dataclasses import dataclass

from core import settings
from core.errors import Invalid

VERSION = 1
MAC_BYTES = 10
MAX_LENGTH = 66  # four ids of nine bytes


class BadSourceCode(Invalid):
    code = "security.bad_source_code"
    zh = "分享来源无效，请重新打开分享卡片"
    en = "This card's source is not ours: open the shared card again."


@dataclass(frozen=True, slots=True)
class Source:
    """Who shared: a guide of a store, perhaps into a customer group, perhaps one product."""

    guide_id: int
    store_id: int
    group_id: int | None = None
    product_id: int | None = None


def mint_source(
    guide_id: int, store_id: int, group_id: int | None = None, product_id: int | None = None
) -> str:
    """The code for a card's path. The same source always gets the same code.

    Raises ValueError for an id that is not a row's.
    """
    ids = (guide_id, store_id, group_id or 0, product_id or 0)
    if guide_id <= 0 or store_id <= 0 or min(ids) < 0 or max(ids) >= 2**63:
        raise ValueError("not ids of rows")
    said = bytes([VERSION]) + b"".join(_number(value) for value in ids)
    return _text(said + _mac(said))


def read_source(code: str) -> Source:
    """The source of a card. Raises BadSourceCode when it was altered or is not ours."""
    raw = _bytes(code)
    said, mac = raw[:-MAC_BYTES], raw[-MAC_BYTES:]
    if not hmac.compare_digest(_mac(said), mac) or said[:1] != bytes([VERSION]):
        raise BadSourceCode()
    guide_id, store_id, group_id, product_id = _numbers(said[1:])
    return Source(guide_id, store_id, group_id or None, product_id or None)


def _mac(said: bytes) -> bytes:
    key = settings.current().signing_key.get_secret_value().encode()
    return hmac.digest(key, b"source\0" + said, hashlib.sha256)[:MAC_BYTES]


def _number(value: int) -> bytes:
    """LEB128: seven bits a byte, the lowest first, a set top bit means more to come."""
    out = bytearray()
    while value > 127:
        out.append(value & 127 | 128)
        value >>= 7
    return bytes([*out, value])


def _numbers(raw: bytes) -> list[int]:
    """Read what `_number` wrote; the signature has said already that it did."""
    numbers, value, shift = list[int](), 0, 0
    for byte in raw:
        value |= (byte & 127) << shift
        shift += 7
        if byte < 128:
            numbers.append(value)
            value = shift = 0
    return numbers


def _text(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def _bytes(code: str) -> bytes:
    """Strict: one spelling for one code."""
    if not (0 < len(code) <= MAX_LENGTH and code.isascii()):
        raise BadSourceCode()
    try:
        raw = base64.b64decode(code + "=" * (-len(code) % 4), altchars=b"-_", validate=True)
    except binascii.Error:
        raise BadSourceCode() from None
    if _text(raw) != code or len(raw) <= MAC_BYTES:
        raise BadSourceCode()
    return raw
