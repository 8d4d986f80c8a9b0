"""What is for a segment is for its members, unless they asked not to be profiled."""

import pytest
from httpx2 import AsyncClient

from crm.people.rules import CONSENT_TEXTS, Purpose
from crm.people.service import give_consent
from crm.segments.queries import segments_of_all
from crm.segments.service import SegmentDraft, refresh_due, save_segment
from miniapp_api.audiences import segments_for
from tests.scene import signed_in_member
from tests.scenes.coupons import a_campaign
from tests.scenes.people import a_member, with_phone
from tests.scenes.segments import MARKETER

HAS_PHONE = {"trait": "people.has_phone", "is": "yes"}


@pytest.fixture
async def regulars(client: AsyncClient) -> int:
    """A coupon for a segment; answers who is in that."""
    member = await with_phone(await a_member())
    await save_segment(scope=MARKETER, draft=SegmentDraft("regulars", "Regulars", HAS_PHONE))
    await refresh_due()
    await a_campaign("vip", scope={"segments": ["regulars"]})
    return member.id


async def test_a_coupon_for_a_segment_is_for_its_members(
    client: AsyncClient, regulars: int
) -> None:
    stranger = await a_member()
    for member_id, status in ((regulars, 201), (stranger.id, 409)):
        headers = await signed_in_member(member_id) | {"idempotency-key": f"claim-{member_id:06}"}
        answer = await client.post("/api/v1/coupons", headers=headers, json={"code": "vip"})
        assert answer.status_code == status, answer.text


async def test_who_wants_the_ordinary_view_is_in_no_segment_for_prices(
    client: AsyncClient, regulars: int
) -> None:
    assert await segments_for(regulars) == {"regulars"}
    assert await segments_of_all([regulars, 999]) == {regulars: frozenset({"regulars"})}

    purpose = Purpose.ORDINARY_VIEW
    version = CONSENT_TEXTS[purpose].version
    await give_consent(member_id=regulars, purpose=purpose, version=version, how="test")

    assert await segments_for(regulars) == frozenset()
    assert await segments_for(None) == frozenset()
