"""How this room reacts to money and goods that go back. It bears being called twice."""

from core.events import on
from trade.fulfilment.events import ReturnReceived
from trade.payments.events import RefundSettled
from trade.settlement.service import MovedGoods, claw_back, settle_moved_goods


@on(RefundSettled)
async def take_commission_and_share_back(event: RefundSettled) -> None:
    await claw_back(order_id=event.order_id)


@on(ReturnReceived)
async def settle_goods_of_others(event: ReturnReceived) -> None:
    await settle_moved_goods(
        MovedGoods(
            receipt_id=event.receipt_id,
            return_no=event.return_no,
            order_id=event.order_id,
            sold_store_id=event.sold_store_id,
            store_id=event.store_id,
            pieces=event.pieces,
            worth_fen=event.worth_fen,
            at=event.at,
        )
    )
