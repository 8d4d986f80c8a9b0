"""Reading what Baiwang says as if a stranger said it (threat S30)."""

from datetime import datetime
from typing import Any

from pydantic import BaseModel, ConfigDict, TypeAdapter, ValidationError
from pydantic.alias_generators import to_camel

from core.clock import SHOP_ZONE
from invoicing.backends.wire import BadAnswer, Fen, Text, read_model

__all__ = ["BadAnswer", "Reply", "Row", "Said", "read_reply", "rows_of"]


class Said(BaseModel):
    """A code and the words that explain it."""

    model_config = ConfigDict(frozen=True)

    code: Text = ""
    message: Text = ""


class Reply(BaseModel):
    """`{success, errorResponse, response}` of every method."""

    model_config = ConfigDict(frozen=True, alias_generator=to_camel)

    success: bool
    error_response: Said = Said()
    response: Any = None

    @property
    def said(self) -> Said:
        return self.error_response

    def field(self, name: str) -> Any:
        """Part of the response; None where there is none."""
        return self.response.get(name) if isinstance(self.response, dict) else None

    def text(self, name: str) -> str:
        value = self.field(name)
        return str(value)[:2000] if isinstance(value, str | int) else ""


class Row(BaseModel):
    """An invoice, or why there is none."""

    model_config = ConfigDict(frozen=True, alias_generator=to_camel)

    serial_no: Text = ""
    status: Text = ""
    error_code: Text = ""
    error_message: Text = ""
    invoice_qdno: Text = ""
    invoice_no: Text = ""
    invoice_code: Text = ""
    invoice_type: Text = ""
    invoice_type_code: Text = ""
    invoice_date: Text = ""
    invoice_total_price: Fen = 0
    invoice_total_tax: Fen = 0
    invoice_total_price_tax: Fen = 0
    seller_tax_no: Text | None = None
    buyer_tax_no: Text | None = None
    pdf_url: Text = ""
    ofd_url: Text = ""
    xml_url: Text = ""
    red_confirm_no: Text = ""

    @property
    def issued_at(self) -> datetime:
        """China time, as 20251121140320. Raises BadAnswer."""
        try:
            found = datetime.strptime(self.invoice_date, "%Y%m%d%H%M%S")  # noqa: DTZ007
        except ValueError:
            raise BadAnswer("no time") from None
        return found.replace(tzinfo=SHOP_ZONE)


ROWS: TypeAdapter[list[Row]] = TypeAdapter(list[Row])


def read_reply(raw: bytes) -> Reply:
    """Raises BadAnswer."""
    return read_model(Reply, raw)


def rows_of(value: object) -> list[Row]:
    """None is no row. Raises BadAnswer."""
    try:
        return ROWS.validate_python(value or [])
    except ValidationError:
        raise BadAnswer("unreadable rows") from None
