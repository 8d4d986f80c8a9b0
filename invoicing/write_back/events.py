from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from core.events import Event


@dataclass(frozen=True, slots=True)
class InvoiceVersionWritten(Event):
    """An invoice or a red letter is told to the ERP in a new version, once."""

    name: ClassVar[str] = "write_back.version_written"
    version_id: int
    subject: str
    at: datetime
