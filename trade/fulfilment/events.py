from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from core.events import Event


@dataclass(frozen=True, slots=True)
class Shipped(Event):
    """A parcel left (发货). `is_last`: with it all goods of the order have left.

    `carrier` and `tracking_no` are empty when the store's own rider carries it.
    """

    name: ClassVar[str] = "fulfilment.shipped"
    order_id: int
    order_no: str
    shipment_no: str
    delivery: str  # express or city
    carrier: str
    tracking_no: str
    at: datetime
    is_last: bool


@dataclass(frozen=True, slots=True)
class ReadyForPickup(Event):
    """The goods lie ready; `times` counts the notices, for the first may be missed."""

    name: ClassVar[str] = "fulfilment.ready_for_pickup"
    order_id: int
    order_no: str
    store_id: int
    times: int
    at: datetime


@dataclass(frozen=True, slots=True)
class HandedOver(Event):
    """The guest left the store with all of the order (提货)."""

    name: ClassVar[str] = "fulfilment.handed_over"
    order_id: int
    order_no: str
    at: datetime


@dataclass(frozen=True, slots=True)
class StoreAsked(Event):
    """A store has something to do, or is late with it (`is_late`): tell its people at once."""

    name: ClassVar[str] = "fulfilment.store_asked"
    task_id: int
    order_no: str
    store_id: int
    is_late: bool
    at: datetime


@dataclass(frozen=True, slots=True)
class ReturnReceived(Event):
    """Goods came back (退货签收), maybe in another store than sold them: who pays whom for that

    is settled from `sold_store_id`, `store_id` and what the pieces were worth. A return may arrive
    in several parts, each told once: `receipt_id` is of this part.
    """

    name: ClassVar[str] = "fulfilment.return_received"
    order_id: int
    order_no: str
    return_no: str
    receipt_id: int
    sold_store_id: int
    store_id: int
    pieces: int
    worth_fen: int
    at: datetime


@dataclass(frozen=True, slots=True)
class VisitBooked(Event):
    """Somebody comes to a store (到店预约)."""

    name: ClassVar[str] = "fulfilment.visit_booked"
    visit_id: int
    store_id: int
    member_id: int
    starts_at: datetime
    at: datetime


@dataclass(frozen=True, slots=True)
class VisitSoon(Event):
    """A visit is within a day; told once."""

    name: ClassVar[str] = "fulfilment.visit_soon"
    visit_id: int
    store_id: int
    member_id: int
    starts_at: datetime
    at: datetime


@dataclass(frozen=True, slots=True)
class VisitCancelled(Event):
    """They or the store took it back."""

    name: ClassVar[str] = "fulfilment.visit_cancelled"
    visit_id: int
    store_id: int
    member_id: int
    starts_at: datetime
    at: datetime
