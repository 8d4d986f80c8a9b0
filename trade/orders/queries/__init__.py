"""What can be asked about orders. Nothing here writes; models never leave, views do."""

from trade.orders.privacy import Consignee
from trade.orders.queries.carts import CartLineView, cart_of
from trade.orders.queries.orders import (
    OrderLineView,
    OrderPage,
    OrderView,
    ReasonView,
    StepView,
    as_first_answered,
    consignee_of,
    count_placed,
    find_order,
    order_at,
    order_for,
    order_of,
    orders_for,
    overdue_orders,
    sold_in_minute,
    timeline_of,
)
from trade.orders.queries.store import (
    HoldView,
    NoteView,
    OrderFilter,
    holds_for,
    notes_of,
    store_orders,
)
from trade.orders.queries.unended import has_unended_orders
from trade.orders.rules import CloseReason, Delivery, Entrance, OrderState, Source

__all__ = [
    "CartLineView",
    "CloseReason",
    "Consignee",
    "Delivery",
    "Entrance",
    "HoldView",
    "NoteView",
    "OrderFilter",
    "OrderLineView",
    "OrderPage",
    "OrderState",
    "OrderView",
    "ReasonView",
    "Source",
    "StepView",
    "as_first_answered",
    "cart_of",
    "consignee_of",
    "count_placed",
    "find_order",
    "has_unended_orders",
    "holds_for",
    "notes_of",
    "order_at",
    "order_for",
    "order_of",
    "orders_for",
    "overdue_orders",
    "sold_in_minute",
    "store_orders",
    "timeline_of",
]
