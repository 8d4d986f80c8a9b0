"""Who is in a segment is kept: filled, followed, told of, frozen and forgotten."""

from datetime import timedelta
from typing import Any

import pytest

from core import clock
from core.audience import tell_changed
from core.database import sql
from core.events import listeners as heard
from core.events import on
from core.outbox import OutboxRow
from crm.people.events import MemberErased
from crm.segments import jobs, listeners
from crm.segments.errors import (
    ChangedMeanwhile,
    CodeTaken,
    NameNeeded,
    SegmentCycle,
    SegmentInUse,
    SegmentUnknown,
)
from crm.segments.events import SegmentEntered
from crm.segments.models import Passage, Segment
from crm.segments.queries import (
    all_segments,
    codes_of,
    get_segment,
    in_segment,
    members_in,
    members_of_snapshot,
    passages_of,
    segments_of,
    sizes_of,
    snapshots_of,
)
from crm.segments.service import (
    SegmentDraft,
    delete_segment,
    drop_snapshot,
    follow_changes,
    freeze,
    mark_changed,
    refresh_due,
    refresh_segments,
    save_segment,
)
from crm.segments.service.refreshing import levels
from tests.scene import tell_everyone
from tests.scenes.orders import a_shelf
from tests.scenes.people import a_member
from tests.scenes.segments import MARKETER, bought

pytestmark = pytest.mark.usefixtures("db")
BUYERS = {"did": "orders.paid"}


async def keep(code: str, condition: Any, *, version: int = 0) -> int:
    return await save_segment(
        scope=MARKETER, draft=SegmentDraft(code, code.title(), condition, version=version)
    )


async def ids_in(code: str) -> list[int]:
    return await members_in(code)


async def passed() -> list[tuple[str, list[int]]]:
    rows = await Passage.all().order_by("id")
    return [("in" if row.has_entered else "out", [row.member_id]) for row in rows]


async def test_the_first_fill_is_no_news_and_who_comes_later_enters() -> None:
    shelf = await a_shelf()
    first, later = await a_member(), await a_member()
    await bought(first.id, shelf)
    await keep("buyers", BUYERS)

    assert await refresh_due() == 1
    assert await ids_in("buyers") == [first.id]
    assert await passed() == []

    await bought(later.id, shelf)
    await tell_everyone()
    await jobs.follow()

    assert await ids_in("buyers") == [first.id, later.id]
    assert await passed() == [("in", [later.id])]
    assert (await get_segment("buyers")).members == 2
    [size] = await sizes_of((await get_segment("buyers")).id)
    assert (size.members, size.entered, size.left) == (2, 1, 0)


async def test_a_refresh_again_turns_nothing() -> None:
    member = await a_member()
    segment_id = await keep("everyone", {"everyone": True})
    for _ in range(3):
        await refresh_segments([segment_id])

    assert await ids_in("everyone") == [member.id]
    assert await passed() == []
    assert await follow_changes() == 0


async def test_who_no_longer_fits_leaves_and_a_full_refresh_says_the_same() -> None:
    shelf = await a_shelf(units=50)
    members = [await a_member() for _ in range(3)]
    segment_id = await keep("few", BUYERS | {"count": {"is": "less_than", "value": 1}})
    other_id = await keep("not-few", {"not": {"segment": "few"}})
    await refresh_due()
    for member in members[:2]:
        await bought(member.id, shelf)
    await mark_changed(member.id for member in members)

    assert await follow_changes() == 3
    assert await ids_in("few") == [members[2].id]
    assert await ids_in("not-few") == [members[0].id, members[1].id]
    assert sorted(await passed()) == sorted(
        [("out", [m.id]) for m in members[:2]] + [("in", [m.id]) for m in members[:2]]
    )

    await refresh_segments([other_id, segment_id])
    assert len(await passed()) == 4


async def test_news_of_entering_comes_in_batches() -> None:
    told: list[SegmentEntered] = []

    @on(SegmentEntered)
    async def hear(event: SegmentEntered) -> None:
        told.append(event)

    await keep("everyone", {"everyone": True})
    await refresh_due()
    members = [(await a_member()).id for _ in range(3)]
    await mark_changed(members)
    await follow_changes()
    await tell_everyone()
    heard.pop(f"{hear.__module__}.{hear.__name__}")

    assert [event.member_ids for event in told] == [members]
    assert told[0].code == "everyone"


async def test_changed_words_are_filled_anew_without_news() -> None:
    one, other = await a_member(), await a_member()
    await bought(one.id, await a_shelf())
    await keep("mine", BUYERS)
    await refresh_due()

    await keep("mine", {"not": BUYERS}, version=1)
    await refresh_due()

    assert await ids_in("mine") == [other.id]
    assert await passed() == []
    assert (await get_segment("mine")).version == 2


async def test_the_same_words_again_change_nothing() -> None:
    await keep("mine", BUYERS)
    await refresh_due()
    await keep("mine", BUYERS, version=1)

    assert (await get_segment("mine")).version == 1
    assert await refresh_due() == 0


async def test_what_time_changes_is_due_in_an_hour_and_the_rest_in_a_day() -> None:
    await keep("recent", BUYERS | {"within_days": 30})
    await keep("ever", BUYERS)
    await refresh_due()

    due = {row.code: row.due_at - clock.now() for row in await Segment.all()}
    assert due["recent"] < timedelta(hours=1.1) < timedelta(hours=23) < due["ever"]


async def test_drafts_are_refused_for_what_is_wrong_with_them() -> None:
    await keep("a", {"everyone": True})
    await keep("b", {"any": [{"segment": "a"}, BUYERS]})

    with pytest.raises(CodeTaken):
        await keep("a", {"everyone": True})
    with pytest.raises(NameNeeded):
        await keep("No Code!", {"everyone": True})
    with pytest.raises(SegmentUnknown):
        await keep("c", {"not": {"segment": "nowhere"}})
    with pytest.raises(SegmentUnknown):
        await keep("nowhere", {"everyone": True}, version=1)
    with pytest.raises(SegmentCycle):
        await keep("a", {"not": {"segment": "b"}}, version=1)
    with pytest.raises(SegmentCycle):
        await keep("self", {"segment": "self"})
    with pytest.raises(ChangedMeanwhile):
        await keep("a", BUYERS, version=7)
    with pytest.raises(SegmentInUse):
        await delete_segment(scope=MARKETER, code="a")
    await delete_segment(scope=MARKETER, code="b")
    await delete_segment(scope=MARKETER, code="a")
    await delete_segment(scope=MARKETER, code="a")
    assert await all_segments() == []
    with pytest.raises(SegmentUnknown):
        await members_in("a")
    with pytest.raises(SegmentUnknown):
        await freeze(scope=MARKETER, code="a")
    with pytest.raises(SegmentUnknown):
        await members_of_snapshot(1)


async def test_a_snapshot_stays_as_it_was_but_forgets_the_erased() -> None:
    one, other = await a_member(), await a_member()
    segment_id = await keep("everyone", {"everyone": True})
    await refresh_due()
    kept = await freeze(scope=MARKETER, code="everyone", name="五月")
    await keep("everyone", {"not": {"everyone": True}}, version=1)
    await refresh_due()

    assert await ids_in("everyone") == []
    assert await members_of_snapshot(kept) == [one.id, other.id]

    await listeners.forget_who_was_erased(MemberErased(member_id=other.id, at=clock.now()))
    await listeners.forget_who_was_erased(MemberErased(member_id=other.id, at=clock.now()))

    assert await members_of_snapshot(kept) == [one.id]
    assert [(s.name, s.members) for s in await snapshots_of(segment_id)] == [("五月", 1)]
    await drop_snapshot(scope=MARKETER, snapshot_id=kept)
    assert await snapshots_of(segment_id) == []


async def test_a_member_knows_their_segments() -> None:
    member, other = await a_member(), await a_member()
    await keep("everyone", {"everyone": True})
    await keep("buyers", BUYERS)
    await refresh_due()
    await bought(member.id, await a_shelf())
    await tell_changed([member.id, None])
    await follow_changes()

    assert await segments_of(member.id) == {"everyone", "buyers"}
    assert await segments_of(None) == frozenset()
    assert await codes_of(other.id) == ["everyone"]
    assert await in_segment("buyers", [member.id, other.id, 999]) == {member.id}
    assert [(p.segment_code, p.has_entered) for p in await passages_of(member.id)] == [
        ("buyers", True)
    ]


async def test_members_of_many_chunks_are_told_page_by_page() -> None:
    first = await a_member()
    await sql("SELECT setval('people_member_id_seq', 9000)")
    far = [await a_member() for _ in range(2)]
    await keep("everyone", {"everyone": True})
    await refresh_due()

    ids = [first.id, *(member.id for member in far)]
    assert await members_in("everyone") == ids
    assert await members_in("everyone", after=first.id, limit=1) == [far[0].id]
    assert await members_in("everyone", after=far[1].id) == []


async def test_parts_come_before_what_is_made_of_them() -> None:
    parts = {"c": ["b"], "a": ["elsewhere"], "b": ["a"], "d": []}

    assert levels(parts) == [["a", "d"], ["b"], ["c"]]


async def test_a_full_refresh_is_a_debt_of_its_own_and_one_at_a_time() -> None:
    await keep("everyone", {"everyone": True})
    _ = await a_member()
    await jobs.look()
    await jobs.look()
    assert await OutboxRow.filter(name="segments.refresh", done_at=None).count() == 1
    await tell_everyone()

    assert (await get_segment("everyone")).members == 1
