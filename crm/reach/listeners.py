"""How this room reacts to news from others. Each listener is thin and bears being called twice."""

from core.events import on
from crm.people.events import ConsentWithdrawn, MemberErased
from crm.reach.service import suppress_withdrawn


@on(ConsentWithdrawn)
async def stop_messages(event: ConsentWithdrawn) -> None:
    await suppress_withdrawn(member_id=event.member_id, purpose=event.purpose)


@on(MemberErased)
async def forget_messages(event: MemberErased) -> None:
    for purpose in ("marketing", "membership"):
        await suppress_withdrawn(member_id=event.member_id, purpose=purpose)
