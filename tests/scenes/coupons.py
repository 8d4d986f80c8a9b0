"""Set the scene: a coupon that an order has used."""

from datetime import timedelta

from core import clock
from tests.scenes.catalog import a_sku
from trade.promotions.service import (
    HoldUses,
    QuoteLine,
    QuoteRequest,
    capture_uses,
    hold_uses,
    quote_cart,
)


async def used_in_an_order(coupon: str, member_id: int, order_no: str, store_id: int) -> None:
    """An order of 100 yuan in a store holds the coupon and is paid."""
    sku = await a_sku(list_price_fen=10_000)
    request = QuoteRequest(store_id, [QuoteLine(sku.id, 1)], member_id=member_id, coupons=(coupon,))
    quote = await quote_cart(request)
    later = clock.now() + timedelta(minutes=15)
    assert await hold_uses([HoldUses(order_no, member_id, quote.uses, later, store_id)]) == {}
    await capture_uses(order_no)
