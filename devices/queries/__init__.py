"""What can be asked about papers, tills and what ERPs said. Views leave, models never do."""

from devices.queries.marks import MarkView, marks_of, order_numbered
from devices.queries.papers import (
    PaperView,
    PrinterView,
    document_of_order,
    paper_bytes,
    papers_of_order,
    printer_view,
    printers_of,
    profile_of,
    receipt_code_of,
    view_of,
)
from devices.queries.templates import TemplateView, template_for, text_for
from devices.queries.tills import (
    Day,
    OddReceipt,
    OpenConflict,
    TillState,
    odd_receipts,
    open_conflicts,
    till_state,
    tills_for,
)

__all__ = [
    "Day",
    "MarkView",
    "OddReceipt",
    "OpenConflict",
    "PaperView",
    "PrinterView",
    "TemplateView",
    "TillState",
    "document_of_order",
    "marks_of",
    "odd_receipts",
    "open_conflicts",
    "order_numbered",
    "paper_bytes",
    "papers_of_order",
    "printer_view",
    "printers_of",
    "profile_of",
    "receipt_code_of",
    "template_for",
    "text_for",
    "till_state",
    "tills_for",
    "view_of",
]
