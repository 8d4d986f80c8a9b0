"""Tables of invoice requests, invoices, their files and deliveries. Private to this room.

Who the buyer is stands encrypted, in one column: title, tax number and mail are personal.
"""

from invoicing.models.papers import Delivery, Document
from invoicing.models.ruling import Route, RulesEdition, TaxClass, TaxCode, Terms
from invoicing.models.wishes import (
    Covered,
    Invoice,
    InvoiceableOrder,
    InvoiceRequest,
    SaleReturn,
    Stray,
)

__all__ = [
    "Covered",
    "Delivery",
    "Document",
    "Invoice",
    "InvoiceRequest",
    "InvoiceableOrder",
    "Route",
    "RulesEdition",
    "SaleReturn",
    "Stray",
    "TaxClass",
    "TaxCode",
    "Terms",
]
