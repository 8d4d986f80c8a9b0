"""How this room reacts to news from others. Each listener is thin and bears being called twice."""

from core.events import on
from crm.people.events import ConsentWithdrawn, MemberErased
from crm.reach.service import (
    VisitNews,
    suppress_withdrawn,
    tell_of_membership_end,
    tell_of_tier_end,
    tell_of_visit,
)
from crm.tiers.events import MembershipEndsSoon, TierEndsSoon
from trade.fulfilment.events import VisitBooked, VisitCancelled, VisitSoon


@on(ConsentWithdrawn)
async def stop_messages(event: ConsentWithdrawn) -> None:
    await suppress_withdrawn(member_id=event.member_id, purpose=event.purpose)


@on(MemberErased)
async def forget_messages(event: MemberErased) -> None:
    for purpose in ("marketing", "membership"):
        await suppress_withdrawn(member_id=event.member_id, purpose=purpose)


@on(VisitBooked)
async def tell_of_booking(event: VisitBooked) -> None:
    await tell_of_visit(event.visit_id, VisitNews.BOOKED)


@on(VisitSoon)
async def remind_of_visit(event: VisitSoon) -> None:
    await tell_of_visit(event.visit_id, VisitNews.SOON)


@on(VisitCancelled)
async def tell_of_cancelling(event: VisitCancelled) -> None:
    await tell_of_visit(event.visit_id, VisitNews.CANCELLED)


@on(TierEndsSoon)
async def tell_of_a_tier(event: TierEndsSoon) -> None:
    await tell_of_tier_end(
        member_id=event.member_id, tier=event.tier, until=event.until, missing=event.missing
    )


@on(MembershipEndsSoon)
async def tell_of_a_membership(event: MembershipEndsSoon) -> None:
    await tell_of_membership_end(
        member_id=event.member_id,
        plan=event.plan,
        until=event.until,
        wants_renewal=event.wants_renewal,
    )
