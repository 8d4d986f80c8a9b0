"""How this room hears of kept notices. It bears being called twice."""

from core.events import on
from core.inbox import CallbackArrived
from trade.payments.service import believe_notice

SOURCE = "wechat_pay"


@on(CallbackArrived)
async def believe_wechat_pay(event: CallbackArrived) -> None:
    if event.source == SOURCE:
        await believe_notice(inbox_id=event.inbox_id)
