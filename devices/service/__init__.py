"""What can be done with printers: a door. `sending` is for this room's jobs."""

from devices.service.printers import add_printer, switch_off_printer
from devices.service.receipts import print_receipt, reprint

__all__ = ["add_printer", "print_receipt", "reprint", "switch_off_printer"]
