"""What can be done with orders: one file per use case."""

from trade.orders.privacy import Consignee
from trade.orders.rules import Source
from trade.orders.service.carts import CartLine, keep_cart
from trade.orders.service.closing import book_refund, close_order
from trade.orders.service.paying import mark_paid
from trade.orders.service.placing import OrderedLine, PlaceOrder, place_order

__all__ = [
    "CartLine",
    "Consignee",
    "OrderedLine",
    "PlaceOrder",
    "Source",
    "book_refund",
    "close_order",
    "keep_cart",
    "mark_paid",
    "place_order",
]
