"""What can be done about invoices: a door. `issuing` and `delivering` are for this room's jobs."""

from invoicing.rules.buyers import Buyer, BuyerKind, read_buyer
from invoicing.service.adopting import cancel_draft
from invoicing.service.comparing import settle_stray
from invoicing.service.delivering import note_bounce, send_invoice
from invoicing.service.holding import let_go_on
from invoicing.service.issuing import hear_callback
from invoicing.service.requesting import note_amount_differs, request_again, request_invoice
from invoicing.service.reversing import note_red
from invoicing.service.ruling import (
    RouteDraft,
    TaxClassDraft,
    TaxCodeRow,
    add_route,
    add_tax_class,
    end_rule,
    load_tax_codes,
    set_terms,
)
from invoicing.service.sales import (
    BoxLine,
    BoxReceipt,
    note_box_refund,
    note_box_sale,
    note_paid_order,
    withdraw_paper,
)

__all__ = [
    "BoxLine",
    "BoxReceipt",
    "Buyer",
    "BuyerKind",
    "RouteDraft",
    "TaxClassDraft",
    "TaxCodeRow",
    "add_route",
    "add_tax_class",
    "cancel_draft",
    "end_rule",
    "hear_callback",
    "let_go_on",
    "load_tax_codes",
    "note_amount_differs",
    "note_bounce",
    "note_box_refund",
    "note_box_sale",
    "note_paid_order",
    "note_red",
    "read_buyer",
    "request_again",
    "request_invoice",
    "send_invoice",
    "set_terms",
    "settle_stray",
    "withdraw_paper",
]
