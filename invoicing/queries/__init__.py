"""What can be asked about invoices: a door."""

from invoicing.backends.port import Kind
from invoicing.queries.codes import (
    Awaited,
    Scanned,
    check_invoiceable,
    good_until,
    look_up,
    scanned,
)
from invoicing.queries.files import find_pdf
from invoicing.queries.requests import (
    InvoiceView,
    RequestView,
    latest_request,
    requests_of,
    wish_of,
)
from invoicing.queries.sales import SaleLine, SaleView, open_fen, sale_of, sale_of_order
from invoicing.queries.terms import terms_of
from invoicing.rules.delivery import DeliveryState
from invoicing.rules.sales import HoldReason, SaleSource, SaleState
from invoicing.rules.states import RequestState
from invoicing.rules.terms import Terms

__all__ = [
    "Awaited",
    "DeliveryState",
    "HoldReason",
    "InvoiceView",
    "Kind",
    "RequestState",
    "RequestView",
    "SaleLine",
    "SaleSource",
    "SaleState",
    "SaleView",
    "Scanned",
    "Terms",
    "check_invoiceable",
    "find_pdf",
    "good_until",
    "latest_request",
    "look_up",
    "open_fen",
    "requests_of",
    "sale_of",
    "sale_of_order",
    "scanned",
    "terms_of",
    "wish_of",
]
