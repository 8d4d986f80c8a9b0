"""Rule tags follow their conditions; the auditor counts the bits."""

import pytest

from core import jobs as core_jobs
from crm.segments import jobs
from crm.segments.service import SegmentDraft, refresh_due, refresh_rule_tags, save_segment
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
