"""How this room reacts to news from others. Each listener is thin and bears being called twice."""

from datetime import timedelta

from core import clock
from core.events import on
from crm.models import Binding, FollowUp
from trade.catalog.events import ProductFavourited


@on(ProductFavourited)
async def suggest_follow_up(event: ProductFavourited) -> None:
    bound = await Binding.get_or_none(member_id=event.customer_id, unbound_at=None)
    if bound is None:
        return
    await FollowUp.get_or_create(
        member_id=event.customer_id,
        product_id=event.product_id,
        defaults={
            "guide_id": bound.guide_id,
            "due_on": clock.shop_day(event.at) + timedelta(days=1),
        },
    )
