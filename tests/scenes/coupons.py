"""Set the scene: a coupon that an order has used."""

from datetime import date, timedelta

from core import clock
from tests.scenes.catalog import a_sku
from trade.promotions.service import (
    DealKind,
    HoldUses,
    PromotionDraft,
    QuoteLine,
    QuoteRequest,
    capture_uses,
    hold_uses,
    put_promotions,
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


async def a_campaign(code: str = "ten", **more: object) -> None:
    """A coupon of ten yuan that friends and guides may give on."""
    terms = {"off_fen": 1_000, "giftable": True, "by_guide": True}
    facts = {"name": "立减十元", "terms": terms, "valid_from": date(2026, 1, 1)}
    draft = PromotionDraft(code, DealKind.COUPON, **{**facts, **more})  # type: ignore[arg-type]
    await put_promotions([draft])
