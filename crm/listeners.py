"""How this room reacts to news from others. Each listener is thin and bears being called twice."""

from datetime import timedelta

from core import clock
from core.events import on
from crm.models import Customer, FollowUp
from trade.catalog.events import ProductFavourited


@on(ProductFavourited)
async def suggest_follow_up(event: ProductFavourited) -> None:
    customer = await Customer.get(id=event.customer_id)
    if customer.guide_id is None:
        return
    await FollowUp.get_or_create(
        customer=customer,
        product_id=event.product_id,
        defaults={
            "guide_id": customer.guide_id,
            "due_on": clock.shop_day(event.at) + timedelta(days=1),
        },
    )
