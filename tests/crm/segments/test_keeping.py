"""Rule tags follow their conditions; the auditor counts the bits."""

import pytest

from core import clock
from core import jobs as core_jobs
from core.database import sql
from crm.people.models import RetentionRun
from crm.people.service import run_retention
from crm.segments import jobs
from crm.segments.models import Passage
from crm.segments.queries import members_in
from crm.segments.service import (
    SegmentDraft,
    follow_changes,
    mark_changed,
    refresh_due,
    refresh_rule_tags,
    save_segment,
)
from crm.tags.models import Tag
from crm.tags.queries import members_with, tag_by_public_id
from crm.tags.service import make_group, make_tag
from tests.scene import tell_everyone
from tests.scenes.auditing import named_in, overlooked_of
from tests.scenes.orders import a_shelf
from tests.scenes.people import a_member
from tests.scenes.segments import MARKETER, bought

pytestmark = pytest.mark.usefixtures("db")


async def test_a_rule_tag_goes_to_whom_it_fits_and_a_bad_rule_stops_nobody() -> None:
    buyer, _ = await a_member(), await a_member()
    await bought(buyer.id, await a_shelf())
    group = await make_group(name="购买", by="staff:1")
    made = await make_tag(group=group, name="买过", by="staff:1", condition={"did": "orders.paid"})
    bad = await make_tag(group=group, name="坏", by="staff:1", condition={"everyone": True})
    tag = await tag_by_public_id(made)
    await Tag.filter(public_id=bad).update(condition={"trait": "gone.away", "is": "yes"})

    await jobs.look_at_tags()
    await tell_everyone()

    assert "segments.rule_tags" in core_jobs.jobs
    assert list(await members_with(tag.id)) == [buyer.id]
    assert await refresh_rule_tags() == 1


async def test_the_auditor_names_a_segment_that_counts_wrongly() -> None:
    _ = await a_member()
    draft = SegmentDraft("everyone", "Everyone", {"everyone": True})
    await save_segment(scope=MARKETER, draft=draft)
    await refresh_due()
    assert await named_in({"segments"}) == set()

    corruptions = {
        "segments.members": (
            "UPDATE segments_segment SET members = members + 1",
            "UPDATE segments_bits SET bits = set_bit(bits, 9, 1)",
            "DELETE FROM segments_bits",
        )
    }
    assert await overlooked_of(corruptions, {"segments"}) == []


async def test_old_passages_go_and_the_day_says_how_many() -> None:
    shelf = await a_shelf()
    await save_segment(
        scope=MARKETER, draft=SegmentDraft("buyers", "Buyers", {"did": "orders.paid"})
    )
    await refresh_due()
    for _ in range(2):
        member = await a_member()
        await bought(member.id, shelf)
        await mark_changed([member.id])
        await follow_changes()
    first = await Passage.all().order_by("id").first()
    assert first is not None
    await sql(
        "UPDATE segments_passage SET at = now() - interval '401 days' WHERE id = $1", first.id
    )

    assert (await run_retention())["segments_passage"] == 1
    assert await Passage.all().count() == 1
    day = clock.shop_day(clock.now())
    assert (await RetentionRun.get(day=day, table_name="segments_passage")).rows == 1
    assert await members_in("buyers") != []
