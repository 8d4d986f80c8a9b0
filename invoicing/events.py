from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from core.events import Event


@dataclass(frozen=True, slots=True)
class InvoiceIssued(Event):
    """There is a blue invoice (蓝字发票); its file may follow."""

    name: ClassVar[str] = "invoicing.invoice_issued"
    invoice_id: int
    order_id: int
    order_no: str
    store_id: int
    number: str
    incl_fen: int
    at: datetime
