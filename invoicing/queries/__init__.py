"""What can be asked about invoices: a door."""

from invoicing.backends.port import Format, Kind
from invoicing.queries.codes import (
    Awaited,
    Scanned,
    check_invoiceable,
    good_until,
    look_up,
    scanned,
)
from invoicing.queries.files import (
    DeliveryView,
    FileView,
    InvoiceFound,
    LinkView,
    deliveries_of,
    files_of,
    find_file,
    find_pdf,
    invoice_by_number,
    link_of,
)
from invoicing.queries.requests import (
    InvoiceView,
    RequestView,
    latest_request,
    requests_of,
    wish_of,
)
from invoicing.queries.sales import SaleLine, SaleView, open_fen, sale_of, sale_of_order
from invoicing.queries.short_codes import short_codes_at
from invoicing.queries.terms import StrayView, routes, strays, tax_classes, terms_of
from invoicing.queries.windows import last_day_at
from invoicing.rules.delivery import Channel, DeliveryState
from invoicing.rules.files import Origin
from invoicing.rules.sales import HoldReason, SaleSource, SaleState
from invoicing.rules.states import RequestState
from invoicing.rules.terms import Terms

__all__ = [
    "Awaited",
    "Channel",
    "DeliveryState",
    "DeliveryView",
    "FileView",
    "Format",
    "HoldReason",
    "InvoiceFound",
    "InvoiceView",
    "Kind",
    "LinkView",
    "Origin",
    "RequestState",
    "RequestView",
    "SaleLine",
    "SaleSource",
    "SaleState",
    "SaleView",
    "Scanned",
    "StrayView",
    "Terms",
    "check_invoiceable",
    "deliveries_of",
    "files_of",
    "find_file",
    "find_pdf",
    "good_until",
    "invoice_by_number",
    "last_day_at",
    "latest_request",
    "link_of",
    "look_up",
    "open_fen",
    "requests_of",
    "routes",
    "sale_of",
    "sale_of_order",
    "scanned",
    "short_codes_at",
    "strays",
    "tax_classes",
    "terms_of",
    "wish_of",
]
