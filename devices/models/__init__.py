"""Tables of printers and tills. Private: other rooms come through `service` and `queries`."""

from devices.models.papers import (
    Contract,
    PrintAccount,
    PrintAgent,
    Printer,
    PrintJob,
    PrintTemplate,
)
from devices.models.tills import (
    OrderMark,
    StockMessage,
    TillConflict,
    TillReceipt,
    TillUpload,
)

__all__ = [
    "Contract",
    "OrderMark",
    "PrintAccount",
    "PrintAgent",
    "PrintJob",
    "PrintTemplate",
    "Printer",
    "StockMessage",
    "TillConflict",
    "TillReceipt",
    "TillUpload",
]
