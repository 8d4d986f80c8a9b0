"""How points react to news of others. Each listener is thin and bears being called twice."""

from core.events import on
from crm.points.service import earn_points, start_waiting, take_points_back
from trade.orders.events import OrderDone, OrderPaid
from trade.payments.events import RefundSettled


@on(OrderPaid)
async def credit_points(event: OrderPaid) -> None:
    await earn_points(order_id=event.order_id, at=event.at)


@on(OrderDone)
async def start_the_wait(event: OrderDone) -> None:
    await start_waiting(order_id=event.order_id, at=event.at)


@on(RefundSettled)
async def debit_points(event: RefundSettled) -> None:
    await take_points_back(order_id=event.order_id)
