"""The title QR (便捷开票二维码) that companies carry about: `$01` + base64 + `$`. Pure.

The payload is name `</>` tax number `</>` address and phone `</>` bank and account `</>` CRC.
Generators differ in the bytes they sum, so either sum is right, and a wrong one is only said.
"""

import base64
import binascii
from dataclasses import dataclass

from invoicing.protocol.face_qr import crc16
from invoicing.rules.tax_numbers import normalise
from invoicing.rules.texts import clean

SEPARATOR = "</>"
MOST = 2_000  # characters; the largest version of the QR that the rule allows holds fewer


@dataclass(frozen=True, slots=True)
class TitleCard:
    """What a title QR says, as it was written; `is_sum_right` None: it carries no sum."""

    title: str
    tax_no: str
    address_phone: str
    bank_account: str
    is_sum_right: bool | None


def read_title_qr(text: str) -> TitleCard | None:
    """The fields of a title QR, by camera or by a scanner that types; None for any other text."""
    scanned = text.strip()
    if not (scanned.startswith("$01") and scanned.endswith("$") and len(scanned) <= MOST):
        return None
    payload = _payload(scanned[3:-1])
    fields = payload.split(SEPARATOR) if payload is not None else []
    if len(fields) < 4:
        return None
    title, tax_no, address_phone, bank_account = (clean(field) for field in fields[:4])
    summed = SEPARATOR.join(fields[:4]) + SEPARATOR
    given = fields[4].strip().upper() if len(fields) > 4 else ""
    is_right = given in _sums(summed) if given else None
    return TitleCard(title, normalise(tax_no), address_phone, bank_account, is_right)


def _payload(encoded: str) -> str | None:
    bare = encoded.strip().rstrip("=")
    try:
        raw = base64.b64decode(bare + "=" * (-len(bare) % 4), validate=True)
    except (binascii.Error, ValueError):
        return None
    for encoding in ("utf-8", "gb18030"):
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    return None


def _sums(text: str) -> set[str]:
    return {f"{crc16(text.encode(name, 'replace')):04X}" for name in ("gbk", "utf-8")}
