"""What can be done about invoices: a door. `issuing` and `delivering` are for this room's jobs."""

from invoicing.service.issuing import hear_callback
from invoicing.service.requesting import note_paid_order, request_invoice

__all__ = ["hear_callback", "note_paid_order", "request_invoice"]
