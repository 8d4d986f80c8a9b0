from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from core.events import Event


@dataclass(frozen=True, slots=True)
class OrderPlaced(Event):
    name: ClassVar[str] = "orders.order_placed"
    order_id: int
    order_no: str
    member_id: int | None
    store_id: int
    payable_fen: int
    at: datetime


@dataclass(frozen=True, slots=True)
class OrderPaid(Event):
    """Paid in full, for the first and only time."""

    name: ClassVar[str] = "orders.order_paid"
    order_id: int
    order_no: str
    member_id: int | None
    store_id: int
    paid_fen: int
    at: datetime


@dataclass(frozen=True, slots=True)
class OrderClosed(Event):
    """`reason` is expired, cancelled or refunded. Late money may still revive what expired."""

    name: ClassVar[str] = "orders.order_closed"
    order_id: int
    order_no: str
    reason: str
    at: datetime


@dataclass(frozen=True, slots=True)
class OrderDone(Event):
    """The buyer has the goods: handed over, received, or taken along at the till. Told once."""

    name: ClassVar[str] = "orders.order_done"
    order_id: int
    order_no: str
    member_id: int | None
    store_id: int
    at: datetime
