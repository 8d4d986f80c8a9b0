"""What a cell of a file may hold, and what any row is."""

import re
from datetime import date
from typing import Annotated, Any, ClassVar

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StringConstraints,
)
from pydantic_core import PydanticCustomError

from trade.catalog.rules import is_barcode
from trade.stores.rules import is_taxpayer_no


def fault(kind: str) -> PydanticCustomError:
    """A fault whose kind is the last part of a refusal's code."""
    return PydanticCustomError(kind, "refused")


def _shaped(pattern: str, kind: str) -> BeforeValidator:
    shape = re.compile(pattern, re.ASCII)

    def check(value: Any) -> Any:
        if isinstance(value, str) and not shape.fullmatch(value):
            raise fault(kind)
        return value

    return BeforeValidator(check)


def _plain(text: str) -> str:
    if any(ord(letter) < 32 or 127 <= ord(letter) < 160 for letter in text):
        raise fault("control_character")
    return text


def _flag(value: Any) -> Any:
    known = {"true": True, "false": False}
    if isinstance(value, str) and value.lower() not in known:
        raise fault("bad_flag")
    return known[value.lower()] if isinstance(value, str) else value


def _passes(test: Any, kind: str) -> AfterValidator:
    def check(value: str) -> str:
        if not test(value):
            raise fault(kind)
        return value

    return AfterValidator(check)


def _is_picture(text: str) -> bool:
    return bool(re.fullmatch(r"(/(?!/)|https://)[\w./%~+:-]+", text, re.ASCII))


def _are_barcodes(text: str) -> bool:
    return all(is_barcode(code) for code in text.split("|")) if text else True


def _is_spec(text: str) -> bool:
    """`material=白橡木|legs=铁`: each axis once, with a value of at most 40 letters."""
    parts = [part.partition("=") for part in text.split("|")] if text else []
    names = [name for name, _, _ in parts]
    return len(set(names)) == len(names) and all(
        name and value.strip() and len(value) <= 40 for name, _, value in parts
    )


def pairs_of(spec: str) -> dict[str, str]:
    parts = (part.partition("=") for part in spec.split("|") if part)
    return {name.strip(): value.strip() for name, _, value in parts}


Code = Annotated[str, _shaped(r"[A-Za-z0-9._-]{1,32}", "bad_code")]
Number = Annotated[int, _shaped(r"[0-9]{1,15}", "bad_number"), Field(le=10**11)]
Bp = Annotated[int, _shaped(r"[0-9]{1,15}", "bad_number"), Field(le=10_000)]
Degrees = Annotated[float, _shaped(r"-?[0-9]{1,3}(\.[0-9]{1,9})?", "bad_place")]
Flag = Annotated[bool, BeforeValidator(_flag)]
Day = Annotated[date, _shaped(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", "bad_date")]
Picture = Annotated[str, StringConstraints(max_length=200), _passes(_is_picture, "bad_picture")]
Barcode = Annotated[str, _passes(is_barcode, "bad_barcode")]
TaxpayerNo = Annotated[str, _passes(is_taxpayer_no, "bad_taxpayer_no")]
TaxCode = Annotated[str, _shaped(r"[0-9]{19}", "bad_tax_code")]
Plain = AfterValidator(_plain)
Spec = Annotated[str, StringConstraints(max_length=400), Plain, _passes(_is_spec, "bad_spec")]
Short = Annotated[str, StringConstraints(max_length=20), Plain]
Name = Annotated[str, StringConstraints(max_length=40), Plain]
Title = Annotated[str, StringConstraints(max_length=100), Plain]
Text = Annotated[str, StringConstraints(max_length=2_000), Plain]


class Row(BaseModel):
    """`KEYS` are the columns that, together, may stand only once in the file."""

    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True)

    FILE: ClassVar[str]
    KEYS: ClassVar[tuple[tuple[str, ...], ...]]
