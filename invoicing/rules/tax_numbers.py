"""Taxpayer numbers (纳税人识别号): normal form, check digits, doubts, look-alikes.

GB 32100-2015 for the unified social credit code, GB 11714 for the organisation code inside,
GB 11643 for identity cards. Only the impossible is refused: refusing a valid one loses an invoice.
"""

import re
import unicodedata
from dataclasses import dataclass
from enum import StrEnum

from invoicing.errors import TaxNumberWrong

CREDIT_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
CREDIT_SHAPE = re.compile(rf"[{CREDIT_ALPHABET}]{{2}}[0-9]{{6}}[{CREDIT_ALPHABET}]{{10}}")
IDENTITY_SHAPE = re.compile(r"[0-9]{17}[0-9X]")
IDENTITY_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
ORGANISATION_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)
LOOK_ALIKES = str.maketrans("OIZS", "0125")
LENGTHS = (15, 17, 18, 20)


class Kind(StrEnum):
    CREDIT_CODE = "credit_code"  # 统一社会信用代码
    IDENTITY = "identity"  # 个体户以身份证号为税号
    OLD = "old"  # 15, 17 or 20 characters


class Doubt(StrEnum):
    """Not wrong, but to be compared with the licence before an invoice is made of it."""

    INNER_DIGIT = "inner_digit"
    OLD_FORM = "old_form"
    IDENTITY_DIGIT = "identity_digit"


@dataclass(frozen=True, slots=True)
class TaxNumber:
    number: str
    kind: Kind
    doubts: tuple[Doubt, ...] = ()


def normalise(text: str) -> str:
    """Half-width, upper case, without blanks, hyphens and invisible characters."""
    half = unicodedata.normalize("NFKC", text).upper()
    kept = (c for c in half if not c.isspace() and unicodedata.category(c) not in {"Cf", "Pd"})
    return "".join(kept)


def is_credit_code(number: str) -> bool:
    """Shape and check digit (powers of 3 modulo 31) are right."""
    if not CREDIT_SHAPE.fullmatch(number):
        return False
    values = [CREDIT_ALPHABET.index(c) for c in number]
    weighted = sum(value * pow(3, place, 31) for place, value in enumerate(values[:17]))
    return values[17] == -weighted % 31


def is_identity(number: str) -> bool:
    if not IDENTITY_SHAPE.fullmatch(number):
        return False
    weighted = sum(int(c) * w for c, w in zip(number, IDENTITY_WEIGHTS, strict=False))
    return number[17] == "10X98765432"[weighted % 11]


def is_organisation_code(code: str) -> bool:
    """Nine characters whose last is the check digit of GB 11714."""
    weighted = sum(int(c, 36) * w for c, w in zip(code, ORGANISATION_WEIGHTS, strict=False))
    return code[8] == "0123456789X0"[-weighted % 11]


def look_alike(number: str) -> str | None:
    """The number with O, I, Z, S read as 0, 1, 2, 5, if that makes it a right one."""
    mended = number.translate(LOOK_ALIKES)
    return mended if mended != number and is_credit_code(mended) else None


def read_tax_number(text: str) -> TaxNumber:
    """Raises TaxNumberWrong for what no taxpayer can have; the rest comes with its doubts."""
    number = normalise(text)
    if not number:
        raise TaxNumberWrong(reason="missing")
    if not re.fullmatch("[0-9A-Z]+", number):
        raise TaxNumberWrong(reason="characters")
    if len(number) not in LENGTHS:
        raise TaxNumberWrong(reason="length", length=len(number))
    return _eighteen(number) if len(number) == 18 else _old(number)


def _eighteen(number: str) -> TaxNumber:
    if is_credit_code(number):
        inner = () if is_organisation_code(number[8:17]) else (Doubt.INNER_DIGIT,)
        return TaxNumber(number, Kind.CREDIT_CODE, inner)
    if is_identity(number):
        return TaxNumber(number, Kind.IDENTITY)
    raise TaxNumberWrong(reason="check", suggestion=look_alike(number))


def _old(number: str) -> TaxNumber:
    doubts = [Doubt.OLD_FORM]
    if len(number) == 15 and not is_organisation_code(number[6:]):
        doubts.append(Doubt.INNER_DIGIT)
    if len(number) == 20 and not is_identity(number[:18]):
        doubts.append(Doubt.IDENTITY_DIGIT)
    return TaxNumber(number, Kind.OLD, tuple(doubts))
