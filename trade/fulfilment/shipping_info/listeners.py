"""Everything that may change what WeChat is owed. Each bears being called twice."""

from core.events import on
from trade.fulfilment.events import HandedOver, Shipped
from trade.fulfilment.shipping_info.owing import look_at_order
from trade.orders.events import OrderClosed, OrderDone, OrderPaid


@on(OrderPaid)
async def know_what_will_be_owed(event: OrderPaid) -> None:
    await look_at_order(order_id=event.order_id)


@on(Shipped)
async def owe_what_left(event: Shipped) -> None:
    await look_at_order(order_id=event.order_id)


@on(HandedOver)
async def owe_what_was_collected(event: HandedOver) -> None:
    """A pick-up has no step of shipping: this is where it would be forgotten."""
    await look_at_order(order_id=event.order_id)


@on(OrderDone)
async def owe_what_was_taken_along(event: OrderDone) -> None:
    await look_at_order(order_id=event.order_id)


@on(OrderClosed)
async def owe_nothing_of_what_was_given_back(event: OrderClosed) -> None:
    await look_at_order(order_id=event.order_id)
