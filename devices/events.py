"""What devices tell: sales that boxes read from the paper of tills, printers that fail."""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from core.events import Event

Line = tuple[str, str, int]  # name, quantity as printed, amount in fen


@dataclass(frozen=True, slots=True)
class TillSaleRead(Event):
    """A code box (动码盒子) read a sale, or a refund (`kind`), and the platform has it.

    `order_key` is the one in the receipt code: hex of `order_key_of("<day> <order_no>")`; `code`
    is the printed code, or one made for a paper that a person typed in. A refund names the sale it
    takes back: `origin_no` as printed, `origin_key` once that sale is here, empty before; then it
    is told once more. Amounts of a refund are negative. Told again, nothing else is in it:
    `paper_id` is one paper. Two sales of one number and day differ in `due_fen`.
    """

    name: ClassVar[str] = "devices.till_sale_read"
    paper_id: int
    box_id: int
    store_id: int
    order_no: str
    order_key: str
    code: str
    kind: str
    due_fen: int
    sold_at: datetime
    lines: tuple[Line, ...]
    origin_no: str
    origin_key: str
    at: datetime


@dataclass(frozen=True, slots=True)
class TillSaleWithdrawn(Event):
    """A person said that a sale, told before, was none or was another one: `paper_id` is void."""

    name: ClassVar[str] = "devices.till_sale_withdrawn"
    paper_id: int
    store_id: int
    order_key: str
    due_fen: int
    at: datetime


@dataclass(frozen=True, slots=True)
class PrinterDown(Event):
    """A printer has been in trouble for two minutes: `condition` is offline, no_paper, abnormal."""

    name: ClassVar[str] = "devices.printer_down"
    printer_id: int
    store_id: int
    condition: str
    at: datetime


@dataclass(frozen=True, slots=True)
class PrinterBack(Event):
    """A printer that was said to be down prints again."""

    name: ClassVar[str] = "devices.printer_back"
    printer_id: int
    store_id: int
    at: datetime
