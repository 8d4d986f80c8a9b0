"""Reading what Nuonuo says as if a stranger said it (threat S30)."""

from typing import Any

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError
from pydantic.alias_generators import to_camel

from invoicing.backends.wire import BadAnswer, Fen, Text, code_of, number_of, read_model

__all__ = ["Answer", "BadAnswer", "Form", "InvoiceItem", "read_answer", "read_items"]


class Answer(BaseModel):
    """`{code, describe, result}` of every method."""

    model_config = ConfigDict(frozen=True)

    code: Text
    describe: Text = ""
    result: Any = None

    @property
    def has_fields(self) -> bool:
        return isinstance(self.result, dict)

    def field(self, name: str) -> str:
        """A text of the result; empty where there is none."""
        value = self.result.get(name, "") if isinstance(self.result, dict) else ""
        return str(value)[:2000] if isinstance(value, str | int) else ""

    @property
    def rows(self) -> object:
        return self.result.get("list") if isinstance(self.result, dict) else None


class InvoiceItem(BaseModel):
    """One result of queryInvoiceResult."""

    model_config = ConfigDict(frozen=True, alias_generator=to_camel)

    order_no: Text
    status: Text
    serial_no: Text = ""
    fail_cause: Text = ""
    pdf_url: Text = ""
    ofd_url: Text = ""
    xml_url: Text = ""
    invoice_time: int = Field(default=0, ge=0, le=10**14)  # milliseconds
    invoice_code: Text = ""
    invoice_no: Text = ""
    all_electronic_invoice_number: Text = ""
    ex_tax_amount: Fen = 0
    tax_amount: Fen = 0
    order_amount: Fen = 0
    check_code: Text = ""
    cipher_text: Text = ""
    invoice_kind: Text = ""
    invoice_type: Text = ""
    sale_tax_num: Text | None = None
    buyer_tax_num: Text | None = None
    bill_no: Text = ""

    @property
    def number(self) -> str:
        """Raises BadAnswer for what is no invoice number."""
        return number_of(self.all_electronic_invoice_number, self.invoice_no, code=self.code)

    @property
    def code(self) -> str:
        """Of the invoices before 数电票; empty otherwise."""
        return code_of(self.invoice_code)


class Form(BaseModel):
    """One result of queryInvoiceRedConfirm."""

    model_config = ConfigDict(frozen=True, alias_generator=to_camel)

    bill_id: Text = ""
    bill_no: Text
    bill_status: Text


ITEMS: TypeAdapter[list[InvoiceItem]] = TypeAdapter(list[InvoiceItem])
FORMS: TypeAdapter[list[Form]] = TypeAdapter(list[Form])


def read_answer(raw: bytes) -> Answer:
    """Raises BadAnswer."""
    return read_model(Answer, raw)


def read_items(value: object) -> list[InvoiceItem]:
    """Raises BadAnswer."""
    try:
        return ITEMS.validate_python(value)
    except ValidationError:
        raise BadAnswer("unreadable result") from None


def read_forms(value: object) -> list[Form]:
    """Raises BadAnswer."""
    try:
        return FORMS.validate_python(value)
    except ValidationError:
        raise BadAnswer("unreadable result") from None
