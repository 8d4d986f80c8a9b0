"""The shape of one receipt, the same by API, JSONL and CSV. `docs/howto/connect-a-till.md`."""

import hashlib
import json
import re
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field, ValidationError
from pydantic.alias_generators import to_camel
from pydantic_core import PydanticCustomError

from devices.errors import TillNumberMangled, TillUnreadable
from devices.rules import ReceiptKind

MOST_LINES, MOST_TENDERS = 200, 10
MOST_FEN = 10**11
MANGLED = re.compile(r"\d(\.\d+)?[eE]\+?\d{1,3}")
CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._/#-]*")


def _code(text: str) -> str:
    if MANGLED.fullmatch(text):
        raise PydanticCustomError("mangled_number", "refused")
    if not CODE.fullmatch(text):  # no formula, no control character, nothing a sheet would run
        raise PydanticCustomError("bad_code", "refused")
    return text


def _member(text: str) -> str:
    bare = re.sub(r"[\s-]", "", text)
    if MANGLED.fullmatch(bare):
        raise PydanticCustomError("mangled_number", "refused")
    if not re.fullmatch(r"\+?[A-Za-z0-9_]{1,39}", bare):
        raise PydanticCustomError("bad_member", "refused")
    return bare


Code = Annotated[str, Field(min_length=1, max_length=40), AfterValidator(_code)]
Short = Annotated[str, Field(min_length=1, max_length=20), AfterValidator(_code)]
Member = Annotated[str, Field(max_length=40), AfterValidator(_member)]
Fen = Annotated[int, Field(ge=0, le=MOST_FEN)]


class Shape(BaseModel):
    model_config = ConfigDict(
        alias_generator=to_camel, extra="forbid", frozen=True, hide_input_in_errors=True
    )


class Line(Shape):
    """One kind of goods, by our SKU code or by its barcode. `price_fen` is for one piece."""

    sku: Code | None = None
    barcode: Code | None = None
    quantity: Annotated[int, Field(ge=1, le=9_999)]
    price_fen: Fen
    discount_fen: Fen = 0
    payable_fen: Fen


class Tender(Shape):
    """How much came (sale) or went back (return) with what."""

    kind: Literal["cash", "card", "wechat", "alipay", "other", "stored_value"]
    amount_fen: Annotated[int, Field(ge=1, le=MOST_FEN)]
    reference: Annotated[str, Field(max_length=40), AfterValidator(_code)] | None = None


class Origin(Shape):
    """The receipt that is taken back; by default of the same store and till."""

    receipt_no: Code
    till: Short | None = None
    store_code: Code | None = None


class Receipt(Shape):
    """One receipt of one till. `discount_fen` is off the whole, on top of the lines' own."""

    kind: ReceiptKind = ReceiptKind.SALE
    store_code: Code
    till: Short
    receipt_no: Code
    sequence: Annotated[int, Field(ge=1, le=10**15)] | None = None
    sold_at: AwareDatetime
    clerk: Code | None = None
    member: Member | None = None
    of: Origin | None = None
    lines: Annotated[tuple[Line, ...], Field(max_length=MOST_LINES)] = ()
    discount_fen: Fen = 0
    total_fen: Fen = 0
    tenders: Annotated[tuple[Tender, ...], Field(max_length=MOST_TENDERS)] = ()

    def content(self) -> dict[str, Any]:
        """All it says but for the member, as JSON values."""
        return self.model_dump(mode="json", by_alias=True, exclude={"member"})

    @property
    def digest(self) -> str:
        """The same for the same content; the member is compared by a blind index of its own."""
        moment = f"{self.sold_at.timestamp():.6f}"
        text = json.dumps({**self.content(), "soldAt": moment}, sort_keys=True)
        return hashlib.sha256(text.encode()).hexdigest()


def read_receipt(value: object) -> Receipt:
    """Raises TillUnreadable and TillNumberMangled, whose facts name places and repeat no value."""
    if not isinstance(value, dict):
        raise TillUnreadable(receipt="dict_type")
    try:
        text = json.dumps(value, ensure_ascii=False, allow_nan=False)
        if "\\u0000" in text:
            raise TillUnreadable(receipt="nul_character")
        return Receipt.model_validate_json(text.encode(), strict=True)
    except ValidationError as error:
        faults = {"/".join(map(str, e["loc"])) or "receipt": e["type"] for e in error.errors()[:10]}
        mangled = [place for place, kind in faults.items() if kind == "mangled_number"]
        if mangled:
            raise TillNumberMangled(place=mangled[0]) from None
        raise TillUnreadable(**faults) from None
    except (ValueError, RecursionError):
        raise TillUnreadable(receipt="json_invalid") from None
