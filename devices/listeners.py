"""How this room reacts to news from others. It only writes the intent; a job does the printing."""

from core.events import on
from devices.service import print_receipt
from trade.orders.events import OrderPaid


@on(OrderPaid)
async def print_the_receipt(event: OrderPaid) -> None:
    await print_receipt(order_id=event.order_id)
