"""What can be done about invoices: a door. `issuing` and `delivering` are for this room's jobs."""

from invoicing.rules.buyers import Buyer, BuyerKind, read_buyer
from invoicing.service.issuing import hear_callback
from invoicing.service.requesting import note_paid_order, request_invoice

__all__ = [
    "Buyer",
    "BuyerKind",
    "hear_callback",
    "note_paid_order",
    "read_buyer",
    "request_invoice",
]
