from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from core.events import Event


@dataclass(frozen=True, slots=True)
class RedIssued(Event):
    """There is a red letter (红字发票) with a number; its file may follow.

    `is_full`: nothing is left of the blue invoice. `incl_fen` is positive.
    """

    name: ClassVar[str] = "reds.red_issued"
    red_id: int
    invoice_id: int
    sale_id: int
    store_id: int
    number: str
    code: str
    incl_fen: int
    is_full: bool
    at: datetime


@dataclass(frozen=True, slots=True)
class RedWaits(Event):
    """Somebody has to do something about a red letter, and is told.

    `why` is `buyer` or `seller` (whose side of the form is open), `reminder` (two of its three days
    are over), `lapsed` (no further form is made), or `refused`.
    """

    name: ClassVar[str] = "reds.red_waits"
    red_id: int
    invoice_id: int
    store_id: int
    tax_entity_id: int
    why: str
    at: datetime
