"""Reading what the provider says as if a stranger said it (threat S30)."""

import re
from decimal import Decimal
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, TypeAdapter, ValidationError
from pydantic.alias_generators import to_camel

MOST_BYTES = 1_000_000
NEW_NUMBER = re.compile(r"\d{20}")
OLD_NUMBER = re.compile(r"\d{8}")
OLD_CODE = re.compile(r"\d{10}|\d{12}")


class BadAnswer(Exception):
    """The text says what was wrong, without repeating what was said."""


def _fen(value: object) -> int:
    """Yuan, as a text or a number, with at most two decimals."""
    try:
        cents = Decimal(str(value)) * 100
    except ArithmeticError:
        raise ValueError("no amount") from None
    if not cents.is_finite() or cents != cents.to_integral_value() or abs(cents) > 10**14:
        raise ValueError("no amount")
    return int(cents)


def _text(value: object) -> str:
    """Numbers may come as numbers; absent ones as null."""
    return "" if value is None else str(value) if isinstance(value, str | int) else "?"


Text = Annotated[str, BeforeValidator(_text), Field(max_length=2000)]
Fen = Annotated[int, BeforeValidator(_fen)]


class Answer(BaseModel):
    """`{code, describe, result}` of every method."""

    model_config = ConfigDict(frozen=True)

    code: Text
    describe: Text = ""
    result: Any = None

    @property
    def has_fields(self) -> bool:
        return isinstance(self.result, dict)


class InvoiceItem(BaseModel):
    """One result of queryInvoiceResult."""

    model_config = ConfigDict(frozen=True, alias_generator=to_camel)

    order_no: Text
    status: Text
    serial_no: Text = ""
    fail_cause: Text = ""
    pdf_url: Text = ""
    invoice_time: int = Field(default=0, ge=0, le=10**14)  # milliseconds
    invoice_code: Text = ""
    invoice_no: Text = ""
    all_electronic_invoice_number: Text = ""
    ex_tax_amount: Fen = 0
    tax_amount: Fen = 0
    order_amount: Fen = 0

    @property
    def number(self) -> str:
        """Raises BadAnswer for what is no invoice number."""
        for text in (self.all_electronic_invoice_number, self.invoice_no):
            if NEW_NUMBER.fullmatch(text) or (self.code and OLD_NUMBER.fullmatch(text)):
                return text
        raise BadAnswer("no invoice number")

    @property
    def code(self) -> str:
        """Of the invoices before 数电票; empty otherwise."""
        return self.invoice_code if OLD_CODE.fullmatch(self.invoice_code) else ""


ITEMS: TypeAdapter[list[InvoiceItem]] = TypeAdapter(list[InvoiceItem])


def read_answer(raw: bytes) -> Answer:
    """Raises BadAnswer."""
    if len(raw) > MOST_BYTES:
        raise BadAnswer("too long")
    try:
        return Answer.model_validate_json(raw)
    except ValidationError:
        raise BadAnswer("unreadable") from None


def read_items(answer: Answer) -> list[InvoiceItem]:
    """Raises BadAnswer."""
    try:
        return ITEMS.validate_python(answer.result)
    except ValidationError:
        raise BadAnswer("unreadable result") from None
