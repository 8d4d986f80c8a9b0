"""Pure decisions of the counter: what a scan says, what a weighed piece costs, when money fits."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

MOST_LINES = 50
MOST_FEN = 9_999_999_99
SLOT = "counter-{code}-{slot}"  # the SKU that stands for the n-th typed price of a department
VALUE = slice(7, 12)  # of a scale label: 2 flag + 5 item + 5 value + check


class ScanKind(StrEnum):
    GOODS = "goods"  # 商品条码: a GTIN, shown as EAN-13
    PIECE = "piece"  # 店内码: our own SKU code
    SCALE = "scale"  # 秤签: item, and weight or amount
    PAY = "pay"  # 付款码: the customer's, for paying
    UNKNOWN = "unknown"


class ScaleValue(StrEnum):
    """What the five digits behind the item of a scale's label say (秤签内容)."""

    WEIGHT = "weight"  # 克
    AMOUNT = "amount"  # 分


@dataclass(frozen=True, slots=True)
class Scan:
    """What a scanner read. `text` is the GTIN as 13 digits, the item of a label, or the SKU code.

    `value` of a scale's label: grams, or fen. `weight_g` and `amount_fen` of the long labels that
    say both. `pieces` is above 1 for a case with a count inside.
    """

    kind: ScanKind
    text: str
    value: int = 0
    weight_g: int | None = None
    amount_fen: int | None = None
    pieces: int = 1


SYMBOLOGY = re.compile(r"^\][A-Za-z][0-9A-Za-z]")
PAY_CODE = re.compile(r"1[0-5][0-9]{16}")
FIXED = {
    "00": 18,
    "01": 14,
    "02": 14,
    "11": 6,
    "12": 6,
    "13": 6,
    "15": 6,
    "16": 6,
    "17": 6,
    "20": 2,
}
WEIGHED = re.compile(r"(310|392)(\d)")
GS = "\x1d"


def check_digit(digits: str) -> int:
    """Of GTINs: weights 3, 1 from the right, modulo 10."""
    total = sum(int(digit) * (3 if at % 2 == 0 else 1) for at, digit in enumerate(reversed(digits)))
    return -total % 10


def is_gtin(text: str) -> bool:
    is_number = text.isascii() and text.isdigit() and len(text) in {8, 12, 13, 14}
    return is_number and check_digit(text[:-1]) == int(text[-1])


def read_scan(raw: str) -> Scan:
    """What these characters of a scanner or a keyboard mean. Never raises.

    Symbology ids (`]E0`), line ends and full-width digits are taken off; FNC1 may come as 1d or as
    `<GS>`.
    """
    text = SYMBOLOGY.sub("", raw.strip("\r\n\t ").replace("<GS>", GS)).strip(GS)
    is_number = text.isascii() and text.isdigit()
    if is_number and PAY_CODE.fullmatch(text):
        return Scan(ScanKind.PAY, text)
    if is_number and len(text) == 18 and text[:2] in SCALE_FLAGS:
        return _long_label(text)
    if is_number and len(text) == 13 and text[:2] in SCALE_FLAGS and is_gtin(text):
        return Scan(ScanKind.SCALE, text[2:7], int(text[VALUE]))
    if is_gtin(text):
        return _goods(text)
    if found := _application(text):
        return found
    return Scan(ScanKind.PIECE if text else ScanKind.UNKNOWN, text[:40])


SCALE_FLAGS = {f"2{digit}" for digit in range(10)}


def _long_label(text: str) -> Scan:
    """2 flag + 5 item + 5 weight + 5 amount + check, of 18 digits (Code 128)."""
    if check_digit(text[:-1]) != int(text[-1]):
        return Scan(ScanKind.UNKNOWN, text)
    weight_g, amount_fen = int(text[VALUE]), int(text[12:17])
    return Scan(ScanKind.SCALE, text[2:7], weight_g, weight_g=weight_g, amount_fen=amount_fen)


def _goods(text: str) -> Scan:
    """UPC-A is EAN-13 with a leading 0; a case (ITF-14) keeps its own number, never a stripped one.

    Indicator 0 of a GTIN-14 is the single piece.
    """
    if len(text) == 14:
        if text[0] != "0":
            return Scan(ScanKind.PIECE, text)
        text = text[1:]
    return Scan(ScanKind.GOODS, text.rjust(13, "0"))


def _application(text: str) -> Scan | None:
    """GS1 element strings (AI): GTIN, weight, amount, count. None: it is something else."""
    found, rest = {}, text
    while rest:
        part = _element(rest)
        if part is None:
            return None
        name, value, rest = part
        found[name] = value
    gtin = found.get("01") or found.get("02")
    if gtin is None or not is_gtin(gtin):
        return None
    weight = next((v for name, v in found.items() if name.startswith("310")), None)
    goods = _goods(gtin)
    pieces = int(found.get("30") or found.get("37") or 1)
    grams = _grams(found) if weight else None
    return Scan(goods.kind, goods.text, weight_g=grams, pieces=max(pieces, 1))


def _element(text: str) -> tuple[str, str, str] | None:
    name = text[:2]
    if not (name.isascii() and name.isdigit()):
        return None
    if name in FIXED:
        size = 2 + FIXED[name]
        value = text[2:size]
        return (name, value, text[size:].lstrip(GS)) if len(value) == FIXED[name] else None
    if weighed := WEIGHED.match(text):
        if weighed[1] == "310":
            return text[:4], text[4:10], text[10:].lstrip(GS)
        value, _, rest = text[4:].partition(GS)
        return text[:4], value, rest
    value, _, rest = text[2:].partition(GS)
    return (name, value, rest) if name in {"10", "21", "30", "37"} else None


def _grams(found: dict[str, str]) -> int | None:
    """AI 310n: six digits of kilograms with n decimals."""
    for name, value in found.items():
        if name.startswith("310") and value.isascii() and value.isdigit():
            return int(int(value) * 1_000 // 10 ** int(name[3]))
    return None


def weighed_fen(list_fen: int, weight_g: int) -> int:
    """What so many grams cost at `list_fen` the kilogram, rounded half up."""
    return (list_fen * weight_g * 2 + 1_000) // 2_000


def weight_text(title: str, weight_g: int) -> str:
    """How a weighed piece is called on paper: `苹果 0.532kg`."""
    return f"{title[:100]} {weight_g / 1000:.3f}kg"


def slots_of(prices: Sequence[tuple[str, str, int]]) -> list[tuple[int, int]]:
    """Typed lines as (slot, place of the first line like it), by (department, name, price).

    Lines alike share a slot of their department; others take the next one. An order has one line of
    a SKU, and each slot is a SKU.
    """
    first: dict[tuple[str, str, int], tuple[int, int]] = {}
    taken: dict[str, int] = {}
    found = []
    for place, line in enumerate(prices):
        if line not in first:
            taken[line[0]] = taken.get(line[0], 0) + 1
            first[line] = (taken[line[0]], place)
        found.append(first[line])
    return found


def is_paid_in_full(payable_fen: int, tenders: Sequence[int]) -> bool:
    return sum(tenders) == payable_fen
