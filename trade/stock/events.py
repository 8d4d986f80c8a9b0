"""What stock tells others."""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from core.events import Event


@dataclass(frozen=True, slots=True)
class StockChange:
    """One SKU in one store as it is now. `no` grows with each news of this pair."""

    sku_id: int
    store_id: int
    no: int
    on_hand: int
    reserved: int
    available: int
    in_transit: int


@dataclass(frozen=True, slots=True)
class StockChanged(Event):
    """Absolute numbers, however many movements lie behind them: a smaller `no` is old news."""

    name: ClassVar[str] = "stock.changed"
    changes: tuple[StockChange, ...]
    at: datetime
