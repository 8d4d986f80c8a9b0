"""How this room reacts to orders. Each listener is thin and bears being called twice."""

from core.events import on
from trade.fulfilment.service import cancel_task, open_task
from trade.orders.events import OrderClosed, OrderPaid


@on(OrderPaid)
async def give_the_store_its_task(event: OrderPaid) -> None:
    await open_task(order_id=event.order_id)


@on(OrderClosed)
async def take_the_task_back(event: OrderClosed) -> None:
    if event.reason == "refunded":
        await cancel_task(order_id=event.order_id)
