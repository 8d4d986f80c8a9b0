"""News of this room."""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from core.events import Event


@dataclass(frozen=True, slots=True)
class InvoiceIssued(Event):
    """There is a blue invoice (蓝字发票); its file may follow. It may cover several sales."""

    name: ClassVar[str] = "invoicing.invoice_issued"
    invoice_id: int
    sale_ids: tuple[int, ...]
    order_no: str
    order_nos: tuple[str, ...]
    store_id: int
    tax_entity_id: int
    kind: str
    code: str
    number: str
    ex_fen: int
    tax_fen: int
    incl_fen: int
    at: datetime


@dataclass(frozen=True, slots=True)
class InvoiceHeld(Event):
    """A seller's requests wait: somebody of the seller has to act. Once for each time it stops.

    `reason` is a word of ours (HoldReason), `said` what the backend said, `account_id` 0 when it
    is no matter of one account.
    """

    name: ClassVar[str] = "invoicing.invoice_held"
    tax_entity_id: int
    account_id: int
    store_id: int
    request_no: str
    reason: str
    said: str
    at: datetime


@dataclass(frozen=True, slots=True)
class RequestExpired(Event):
    """A guest's wish waited for a sale that never came: the shop is to look at its upload."""

    name: ClassVar[str] = "invoicing.request_expired"
    request_no: str
    store_id: int
    at: datetime


@dataclass(frozen=True, slots=True)
class SaleReduced(Event):
    """A part of a sale that a box read was given back. `cause` is unique to the refund."""

    name: ClassVar[str] = "invoicing.sale_reduced"
    sale_id: int
    cause: str
    fen: int
    at: datetime
