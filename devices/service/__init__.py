"""What can be done with printers, tills and ERPs: a door. `sending` is for this room's jobs."""

from devices.protocol.blocks import (
    Align,
    Barcode,
    Block,
    Buzz,
    Cut,
    Feed,
    Pair,
    QrCode,
    Rule,
    Sign,
    Text,
)
from devices.protocol.profile import Profile
from devices.rules import ConflictAnswer, DocumentKind, PrinterRole, Transport
from devices.service.accounts import AccountDraft, enrol_printer, put_account
from devices.service.deciding import cancel_paper, decide_stale, move_paper
from devices.service.marks import mark_order
from devices.service.papers import Paper, print_document, reprint
from devices.service.printers import PrinterDraft, add_printer, put_printer, switch_off_printer
from devices.service.receipts import print_invoice_slip, print_receipt
from devices.service.stock_feeds import StockLine, StockTaken, take_stock
from devices.service.templates import edit_template
from devices.service.till_booking import resolve_till_members_with
from devices.service.till_conflicts import Resolve, resolve_conflict
from devices.service.till_intake import Answered, FileTaken, Uploaded, take_file, take_receipts
from devices.till.sheets import Item

__all__ = [
    "AccountDraft",
    "Align",
    "Answered",
    "Barcode",
    "Block",
    "Buzz",
    "ConflictAnswer",
    "Cut",
    "DocumentKind",
    "Feed",
    "FileTaken",
    "Item",
    "Pair",
    "Paper",
    "PrinterDraft",
    "PrinterRole",
    "Profile",
    "QrCode",
    "Resolve",
    "Rule",
    "Sign",
    "StockLine",
    "StockTaken",
    "Text",
    "Transport",
    "Uploaded",
    "add_printer",
    "cancel_paper",
    "decide_stale",
    "edit_template",
    "enrol_printer",
    "mark_order",
    "move_paper",
    "print_document",
    "print_invoice_slip",
    "print_receipt",
    "put_account",
    "put_printer",
    "reprint",
    "resolve_conflict",
    "resolve_till_members_with",
    "switch_off_printer",
    "take_file",
    "take_receipts",
    "take_stock",
]
