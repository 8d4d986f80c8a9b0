"""The QR on the face of an invoice (票面二维码): seven fields and a CRC-16/BUYPASS of them."""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class FaceQr:
    """`amount` is as printed; `is_crc_right` None means that the text carries no CRC."""

    kind: str
    code: str
    number: str
    amount: str
    day: str
    check: str
    is_crc_right: bool | None


def crc16(data: bytes) -> int:
    """Polynomial 0x8005, start 0, not reflected, no final xor."""
    crc = 0
    for byte in data:
        crc ^= byte << 8
        for _ in range(8):
            crc = (crc << 1 ^ 0x8005) & 0xFFFF if crc & 0x8000 else crc << 1
    return crc


def _crc_of(fields: list[str]) -> str:
    text = ",".join(fields) + ("" if fields[6] else ",")
    return f"{crc16(text.encode()):04X}"


def face_qr(
    *, kind: str, number: str, amount: str, day: date, code: str = "", check: str = ""
) -> str:
    """The text for an invoice. A fully digital one (数电票) has no code and no check, and its
    amount is with tax; that of a tax disc has both, and its amount is without."""
    fields = ["01", kind, code, number, amount, f"{day:%Y%m%d}", check]
    return ",".join([*fields, _crc_of(fields)])


def read_face_qr(text: str) -> FaceQr | None:
    """Fields of anybody's invoice; None when it is no invoice QR. A wrong CRC is only said."""
    fields = text.strip().removesuffix(",").split(",")
    if len(fields) not in (7, 8) or fields[0] != "01" or not fields[5].isdigit():
        return None
    given = fields[7] if len(fields) == 8 else ""
    is_right = given.upper() == _crc_of(fields[:7]) if given else None
    kind, code, number, amount, day, check = fields[1:7]
    return FaceQr(kind, code, number, amount, day, check, is_right)
