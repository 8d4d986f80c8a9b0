"""How this room reacts to orders and money. Each listener is thin and bears being called twice."""

from core.events import on
from trade.fulfilment.service import cancel_task, open_task, settle_money
from trade.orders.events import OrderClosed, OrderPaid
from trade.payments.events import RefundSettled


@on(OrderPaid)
async def give_the_store_its_task(event: OrderPaid) -> None:
    await open_task(order_id=event.order_id)


@on(OrderClosed)
async def take_the_task_back(event: OrderClosed) -> None:
    if event.reason == "refunded":
        await cancel_task(order_id=event.order_id)


@on(RefundSettled)
async def note_that_the_money_went(event: RefundSettled) -> None:
    await settle_money(order_id=event.order_id)
