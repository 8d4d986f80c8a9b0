"""Of whom something changed is asked again. Marking twice is marking once."""

from core.audience import watchers
from core.events import on
from crm.people.events import (
    ConsentGiven,
    ConsentWithdrawn,
    GuideChanged,
    MemberErased,
    MemberJoined,
    MembersMerged,
    MergeUndone,
)
from crm.points.events import PointsGiven
from crm.segments.service import forget_member, mark_changed
from crm.tags.events import TagsChanged
from crm.tiers.events import TierChanged
from trade.orders.events import OrderDone, OrderPaid
from trade.orders.queries import order_of
from trade.payments.events import RefundSettled

if mark_changed not in watchers:
    watchers.append(mark_changed)


@on(MemberJoined)
async def look_at_who_joined(event: MemberJoined) -> None:
    await mark_changed([event.member_id])


@on(GuideChanged)
async def look_at_whose_guide_changed(event: GuideChanged) -> None:
    await mark_changed([event.member_id])


@on(ConsentGiven)
async def look_at_who_agreed(event: ConsentGiven) -> None:
    await mark_changed([event.member_id])


@on(ConsentWithdrawn)
async def look_at_who_withdrew(event: ConsentWithdrawn) -> None:
    await mark_changed([event.member_id])


@on(MembersMerged)
async def look_at_who_became_one(event: MembersMerged) -> None:
    await mark_changed([event.kept_id, event.gone_id])


@on(MergeUndone)
async def look_at_who_became_two(event: MergeUndone) -> None:
    await mark_changed([event.kept_id, event.gone_id])


@on(MemberErased)
async def forget_who_was_erased(event: MemberErased) -> None:
    await forget_member(event.member_id)


@on(TagsChanged)
async def look_at_whose_tags_changed(event: TagsChanged) -> None:
    await mark_changed(event.member_ids)


@on(PointsGiven)
async def look_at_who_got_points(event: PointsGiven) -> None:
    await mark_changed([event.member_id])


@on(TierChanged)
async def look_at_whose_tier_changed(event: TierChanged) -> None:
    await mark_changed([event.member_id])


@on(OrderPaid)
async def look_at_who_paid(event: OrderPaid) -> None:
    await mark_changed([event.member_id])


@on(OrderDone)
async def look_at_who_has_the_goods(event: OrderDone) -> None:
    await mark_changed([event.member_id])


@on(RefundSettled)
async def look_at_who_got_money_back(event: RefundSettled) -> None:
    order = await order_of(event.order_id)
    await mark_changed([order.member_id])
