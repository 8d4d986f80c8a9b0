"""What can be done with orders: one file per use case."""

from trade.orders.privacy import Consignee
from trade.orders.rules import Delivery, Entrance, Source
from trade.orders.service.asking import Agreed, AgreedLine, OrderedLine, PlaceOrder
from trade.orders.service.carts import CartLine, keep_cart
from trade.orders.service.closing import book_refund, close_order
from trade.orders.service.delivering import is_in_hand, mark_done, mark_shipped, note_progress
from trade.orders.service.drafting import (
    DraftView,
    MakeDraft,
    drafts_of,
    get_draft,
    make_draft,
    place_draft,
    withdraw_draft,
)
from trade.orders.service.holding import HoldGoods, hold_goods
from trade.orders.service.noting import add_note
from trade.orders.service.paying import take_money, take_nothing
from trade.orders.service.placing import Placed, place, place_order
from trade.orders.service.pricing import Known
from trade.orders.service.quoting import quote_wish, short_of_minimum

__all__ = [
    "Agreed",
    "AgreedLine",
    "CartLine",
    "Consignee",
    "Delivery",
    "DraftView",
    "Entrance",
    "HoldGoods",
    "Known",
    "MakeDraft",
    "OrderedLine",
    "PlaceOrder",
    "Placed",
    "Source",
    "add_note",
    "book_refund",
    "close_order",
    "drafts_of",
    "get_draft",
    "hold_goods",
    "is_in_hand",
    "keep_cart",
    "make_draft",
    "mark_done",
    "mark_shipped",
    "note_progress",
    "place",
    "place_draft",
    "place_order",
    "quote_wish",
    "short_of_minimum",
    "take_money",
    "take_nothing",
    "withdraw_draft",
]
