"""What can be asked about invoices: a door."""

from invoicing.queries.codes import Scanned, check_invoiceable, good_until, net_paid_fen, scanned
from invoicing.queries.files import find_pdf
from invoicing.queries.requests import InvoiceView, RequestView, latest_request
from invoicing.rules.delivery import DeliveryState
from invoicing.rules.states import RequestState

__all__ = [
    "DeliveryState",
    "InvoiceView",
    "RequestState",
    "RequestView",
    "Scanned",
    "check_invoiceable",
    "find_pdf",
    "good_until",
    "latest_request",
    "net_paid_fen",
    "scanned",
]
