"""Reading the bureau's answers, which are signed, and still as if a stranger said them (S30)."""

from datetime import datetime
from typing import Any

from pydantic import BaseModel, ConfigDict

from core.clock import SHOP_ZONE
from invoicing.backends.wire import BadAnswer, Fen, Text, as_model, read_model

__all__ = ["BadAnswer", "Row", "Said", "read_row", "read_said"]


class Said(BaseModel):
    """`{code, message, data}` of every answer."""

    model_config = ConfigDict(frozen=True)

    code: Text
    message: Text = ""
    data: Any = None

    def text(self, name: str) -> str:
        value = self.data.get(name) if isinstance(self.data, dict) else None
        return str(value)[:2000] if isinstance(value, str | int) else ""

    def long_text(self, name: str) -> str:
        """A file in base64; the answer as a whole is limited."""
        value = self.data.get(name) if isinstance(self.data, dict) else None
        return value if isinstance(value, str) else ""

    @property
    def rows(self) -> list[Any]:
        """Raises BadAnswer when it is no list."""
        if not isinstance(self.data, list):
            raise BadAnswer("no list")
        return self.data


class Row(BaseModel):
    """An invoice under the bureau's pinyin names."""

    model_config = ConfigDict(frozen=True)

    requestId: Text = ""  # noqa: N815  theirs
    zt: Text = ""
    sbdm: Text = ""
    sbyy: Text = ""
    fphm: Text = ""
    fppz: Text = ""
    kprq: Text = ""
    hjje: Fen = 0
    hjse: Fen = 0
    jshj: Fen = 0
    xsfnsrsbh: Text = ""
    gmfnsrsbh: Text | None = None
    hzqrdbh: Text = ""

    @property
    def issued_at(self) -> datetime:
        """China time. Raises BadAnswer."""
        try:
            found = datetime.strptime(self.kprq, "%Y-%m-%d %H:%M:%S")  # noqa: DTZ007
        except ValueError:
            raise BadAnswer("no time") from None
        return found.replace(tzinfo=SHOP_ZONE)


def read_said(raw: bytes) -> Said:
    """Raises BadAnswer."""
    return read_model(Said, raw)


def read_row(value: object) -> Row:
    """Raises BadAnswer."""
    return as_model(Row, value)
