"""How this room reacts to news from others. Each listener is thin and bears being called twice."""

from core.events import on
from crm.journeys.service import leave_for_consent, leave_for_good, note_segment
from crm.people.events import ConsentWithdrawn, MemberErased, MembersMerged
from crm.segments.events import SegmentEntered, SegmentLeft


@on(ConsentWithdrawn)
async def stop_for_them(event: ConsentWithdrawn) -> None:
    if event.purpose == "marketing":
        await leave_for_consent(member_id=event.member_id)


@on(MemberErased)
async def let_go(event: MemberErased) -> None:
    await leave_for_good(member_id=event.member_id, why="erased")


@on(MembersMerged)
async def one_way_is_enough(event: MembersMerged) -> None:
    await leave_for_good(member_id=event.gone_id, why="merged")


@on(SegmentEntered)
async def begin_who_entered(event: SegmentEntered) -> None:
    await note_segment(
        code=event.code,
        kind="entered",
        round_no=event.round,
        member_ids=event.member_ids,
        at=event.at,
    )


@on(SegmentLeft)
async def begin_who_left(event: SegmentLeft) -> None:
    await note_segment(
        code=event.code, kind="left", round_no=event.round, member_ids=event.member_ids, at=event.at
    )
