"""How this room reacts to money that goes back. It bears being called twice."""

from core.events import on
from trade.payments.events import RefundSettled
from trade.settlement.service import claw_back


@on(RefundSettled)
async def take_commission_and_share_back(event: RefundSettled) -> None:
    await claw_back(order_id=event.order_id)
