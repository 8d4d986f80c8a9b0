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
from devices.rules import (
    CLOUDS,
    COLUMNS,
    ConflictAnswer,
    ContractState,
    DocumentKind,
    Encoding,
    PrinterCondition,
    PrinterRole,
    PrintState,
    QrWay,
    SignedBy,
    Transport,
)
from devices.service.accounts import AccountDraft, enrol_printer, put_account
from devices.service.agents import make_agent, revoke_agent
from devices.service.contracts import make_contract, sign_on_paper, sign_on_phone, void_contract
from devices.service.deciding import cancel_paper, decide_stale, move_paper
from devices.service.marks import mark_order
from devices.service.papers import Paper, print_document, reprint
from devices.service.picks import print_pick_ticket
from devices.service.printers import PrinterDraft, add_printer, put_printer, switch_off_printer
from devices.service.receipts import (
    find_last_days_with,
    print_invoice_slip,
    print_receipt,
    show_short_codes_where,
)
from devices.service.stock_feeds import StockLine, StockTaken, take_stock
from devices.service.templates import edit_template
from devices.service.till_booking import resolve_till_members_with
from devices.service.till_conflicts import Resolve, resolve_conflict
from devices.service.till_intake import Answered, FileTaken, Uploaded, take_file, take_receipts
from devices.till.sheets import Item

__all__ = [
    "CLOUDS",
    "COLUMNS",
    "AccountDraft",
    "Align",
    "Answered",
    "Barcode",
    "Block",
    "Buzz",
    "ConflictAnswer",
    "ContractState",
    "Cut",
    "DocumentKind",
    "Encoding",
    "Feed",
    "FileTaken",
    "Item",
    "Pair",
    "Paper",
    "PrintState",
    "PrinterCondition",
    "PrinterDraft",
    "PrinterRole",
    "Profile",
    "QrCode",
    "QrWay",
    "Resolve",
    "Rule",
    "Sign",
    "SignedBy",
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
    "find_last_days_with",
    "make_agent",
    "make_contract",
    "mark_order",
    "move_paper",
    "print_document",
    "print_invoice_slip",
    "print_pick_ticket",
    "print_receipt",
    "put_account",
    "put_printer",
    "reprint",
    "resolve_conflict",
    "resolve_till_members_with",
    "revoke_agent",
    "show_short_codes_where",
    "sign_on_paper",
    "sign_on_phone",
    "switch_off_printer",
    "take_file",
    "take_receipts",
    "take_stock",
    "void_contract",
]
