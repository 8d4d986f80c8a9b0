"""How this room hears of kept notices. It bears being called twice."""

from core.events import on
from core.inbox import CallbackArrived
from trade.orders.events import OrderClosed
from trade.payments.service import believe_notice, give_back_unsold

SOURCE = "wechat_pay"


@on(CallbackArrived)
async def believe_wechat_pay(event: CallbackArrived) -> None:
    if event.source == SOURCE:
        await believe_notice(inbox_id=event.inbox_id)


@on(OrderClosed)
async def give_back_what_an_unsold_order_took(event: OrderClosed) -> None:
    await give_back_unsold(order_id=event.order_id)
