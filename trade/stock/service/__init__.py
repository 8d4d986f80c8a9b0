"""What can be done with stock."""

from trade.stock.service.receiving import receive_stock, set_safety
from trade.stock.service.reserving import (
    ReserveLine,
    ReserveRequest,
    capture_reservation,
    release_reservation,
    reserve,
    take_back,
)

__all__ = [
    "ReserveLine",
    "ReserveRequest",
    "capture_reservation",
    "receive_stock",
    "release_reservation",
    "reserve",
    "set_safety",
    "take_back",
]
