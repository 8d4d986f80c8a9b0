"""What can be done with printers, tills and ERPs: a door. `sending` is for this room's jobs."""

from devices.rules import ConflictAnswer
from devices.service.marks import mark_order
from devices.service.printers import add_printer, switch_off_printer
from devices.service.receipts import print_receipt, reprint
from devices.service.stock_feeds import StockLine, StockTaken, take_stock
from devices.service.till_booking import resolve_till_members_with
from devices.service.till_conflicts import Resolve, resolve_conflict
from devices.service.till_intake import Answered, FileTaken, Uploaded, take_file, take_receipts
from devices.till.sheets import Item

__all__ = [
    "Answered",
    "ConflictAnswer",
    "FileTaken",
    "Item",
    "Resolve",
    "StockLine",
    "StockTaken",
    "Uploaded",
    "add_printer",
    "mark_order",
    "print_receipt",
    "reprint",
    "resolve_conflict",
    "resolve_till_members_with",
    "switch_off_printer",
    "take_file",
    "take_receipts",
    "take_stock",
]
