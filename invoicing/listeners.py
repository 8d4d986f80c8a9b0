"""How this room reacts to news from others: a paid order may be scanned from now on."""

from core.events import on
from invoicing.service import note_paid_order
from trade.orders.events import OrderPaid


@on(OrderPaid)
async def let_it_be_scanned(event: OrderPaid) -> None:
    await note_paid_order(order_id=event.order_id)
