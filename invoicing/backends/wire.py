"""What the adapters share in speaking JSON: amounts, rates, reading answers like a stranger's."""

import json
import re
from decimal import Decimal
from typing import Annotated, TypeVar

from pydantic import BaseModel, BeforeValidator, Field, ValidationError

from invoicing.rules.tax import Policy, TaxLine

MOST_BYTES = 1_000_000
NEW_NUMBER = re.compile(r"\d{20}")
OLD_NUMBER = re.compile(r"\d{8}")
OLD_CODE = re.compile(r"\d{10}|\d{12}")
M = TypeVar("M", bound=BaseModel)


class BadAnswer(Exception):
    """The text says what was wrong, without repeating what was said."""


def fen_of(value: object) -> int:
    """Yuan, as a text or a number, with at most two decimals. Raises ValueError."""
    try:
        cents = Decimal(str(value)) * 100
    except ArithmeticError:
        raise ValueError("no amount") from None
    if not cents.is_finite() or cents != cents.to_integral_value() or abs(cents) > 10**14:
        raise ValueError("no amount")
    return int(cents)


def text_of(value: object) -> str:
    """Numbers may come as numbers; absent ones as null."""
    return "" if value is None else str(value) if isinstance(value, str | int) else "?"


Text = Annotated[str, BeforeValidator(text_of), Field(max_length=2000)]
Fen = Annotated[int, BeforeValidator(fen_of)]


def read_model(kind: type[M], raw: bytes) -> M:
    """Raises BadAnswer."""
    if len(raw) > MOST_BYTES:
        raise BadAnswer("too long")
    try:
        return kind.model_validate_json(raw)
    except ValidationError:
        raise BadAnswer("unreadable") from None


def as_model(kind: type[M], value: object) -> M:
    """Raises BadAnswer."""
    try:
        return kind.model_validate(value)
    except ValidationError:
        raise BadAnswer("unreadable result") from None


def compact(value: object) -> str:
    """JSON as it is signed: no blanks, Chinese as it is."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def plain_yuan(fen: int) -> str:
    """`1234.56`: no thousands commas on the wire."""
    return f"{'-' if fen < 0 else ''}{abs(fen) // 100}.{abs(fen) % 100:02d}"


def rate_text(tax_bp: int) -> str:
    """`0.13`; `0` for none."""
    return f"{tax_bp / 10_000:.4f}".rstrip("0").rstrip(".") or "0"


def policy_code(line: TaxLine) -> str:
    """The bureau's number of a line's policy; empty for none (invoicing.md 4.3)."""
    if line.policy is Policy.SIMPLE:
        return {300: "08", 500: "09", 150: "10"}.get(line.tax_bp, "01")
    return {Policy.EXEMPT: "03", Policy.NOT_TAXED: "04"}.get(line.policy, "")


def zero_flag(line: TaxLine) -> str:
    """Why there is no tax: 1 exempt, 2 not taxed, 3 plain zero rate; empty where there is some."""
    if line.tax_bp:
        return ""
    return {Policy.EXEMPT: "1", Policy.NOT_TAXED: "2"}.get(line.policy, "3")


def cut(text: str, most: int) -> str:
    """At a character's border, without a blank left at the end."""
    return text[:most].rstrip()


def number_of(*texts: str, code: str = "") -> str:
    """The first that is an invoice number: 20 digits, or 8 with a code. Raises BadAnswer."""
    for text in texts:
        if NEW_NUMBER.fullmatch(text) or (code and OLD_NUMBER.fullmatch(text)):
            return text
    raise BadAnswer("no invoice number")


def code_of(text: str) -> str:
    """Of the invoices before 数电票; empty otherwise."""
    return text if OLD_CODE.fullmatch(text) else ""
