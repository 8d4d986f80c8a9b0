"""What can be done with stock."""

from trade.stock.service.correcting import adjust, take_out
from trade.stock.service.counting import FeedAnswer, FeedRow, apply_stock_feed, set_on_hand
from trade.stock.service.moving import (
    Arrived,
    Piece,
    announce_receipt,
    close_inbound,
    receive_inbound,
    ship_transfer,
)
from trade.stock.service.receiving import receive_stock, set_safety
from trade.stock.service.reserving import (
    PLENTY,
    Outlook,
    ReserveLine,
    ReserveRequest,
    Shortages,
    capture_reservation,
    foresee,
    prolong_reservation,
    release_reservation,
    reserve,
    reserve_many,
    take_back,
)
from trade.stock.service.returning import put_back, receive_return
from trade.stock.service.sheets import (
    Counted,
    approve_count,
    enter_count,
    open_count,
    reject_count,
)
from trade.stock.service.telling import tell_changes

__all__ = [
    "PLENTY",
    "Arrived",
    "Counted",
    "FeedAnswer",
    "FeedRow",
    "Outlook",
    "Piece",
    "ReserveLine",
    "ReserveRequest",
    "Shortages",
    "adjust",
    "announce_receipt",
    "apply_stock_feed",
    "approve_count",
    "capture_reservation",
    "close_inbound",
    "enter_count",
    "foresee",
    "open_count",
    "prolong_reservation",
    "put_back",
    "receive_inbound",
    "receive_return",
    "receive_stock",
    "reject_count",
    "release_reservation",
    "reserve",
    "reserve_many",
    "set_on_hand",
    "set_safety",
    "ship_transfer",
    "take_back",
    "take_out",
    "tell_changes",
]
