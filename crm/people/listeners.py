"""How this room reacts to news from others. Each listener is thin and bears being called twice."""

from datetime import timedelta

from core import clock
from core.events import on
from crm.people.events import ConsentWithdrawn
from crm.people.models import FollowUp
from crm.people.queries import Purpose, binding_of, is_minor
from crm.people.service import (
    alert_store,
    attribute_sale,
    unbind_guide,
    want_erasure,
    want_ready_notice,
)
from trade.catalog.events import ProductFavourited
from trade.fulfilment.events import ReadyForPickup, StoreAsked
from trade.orders.events import OrderPaid
from trade.stores.events import StaffLeft


@on(OrderPaid)
async def credit_guide(event: OrderPaid) -> None:
    await attribute_sale(order_id=event.order_id, at=event.at)


@on(ProductFavourited)
async def suggest_follow_up(event: ProductFavourited) -> None:
    bound = await binding_of(event.member_id)
    if bound is None:
        return
    await FollowUp.get_or_create(
        member_id=event.member_id,
        product_id=event.product_id,
        defaults={
            "guide_id": bound.guide_id,
            "due_on": clock.shop_day(event.at) + timedelta(days=1),
        },
    )


@on(StaffLeft)
async def free_their_members(event: StaffLeft) -> None:
    await unbind_guide(guide_id=event.staff_id)


@on(StoreAsked)
async def tell_the_store(event: StoreAsked) -> None:
    await alert_store(
        task_id=event.task_id,
        order_no=event.order_no,
        store_id=event.store_id,
        is_late=event.is_late,
    )


@on(ReadyForPickup)
async def tell_the_buyer(event: ReadyForPickup) -> None:
    await want_ready_notice(order_id=event.order_id, times=event.times)


@on(ConsentWithdrawn)
async def let_a_child_go(event: ConsentWithdrawn) -> None:
    """Without a guardian's word there is no account under fourteen (P10)."""
    if event.purpose == Purpose.GUARDIAN and await is_minor(event.member_id):
        await want_erasure(member_id=event.member_id, actor="guardian")
