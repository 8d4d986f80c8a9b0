"""The end of a tier and of a paid membership is told to the member, once, and not when it moved."""

from datetime import timedelta

import pytest
from httpx2 import AsyncClient

from core import clock
from core.privacy import Purpose
from core.security.scope import Role
from crm.people.models import Member
from crm.reach.models import GuideTask, Message
from crm.reach.rules import Channel
from crm.reach.service import tell_of_membership_end, tell_of_tier_end
from crm.tiers.jobs import announce_what_ends
from crm.tiers.models import Standing, Term
from crm.tiers.queries import Why
from crm.tiers.service import PlanDraft, judge, judge_due, put_plan, sell_plan, want_renewal
from tests.scene import tell_everyone
from tests.scenes.console import enter
from tests.scenes.people import head_office
from tests.scenes.reach import a_reachable_member, a_template
from tests.scenes.stores import a_member_of_staff
from tests.scenes.tiers import has_bought, later, some_tiers

pytestmark = pytest.mark.usefixtures("db")


async def words(notice: str, text: str) -> None:
    await a_template(Channel.SMS, f"{notice}-sms", text=text, purpose=Purpose.MEMBERSHIP)


async def a_member_whose_gold_ends_soon() -> Member:
    await some_tiers()
    member = await a_reachable_member()
    await has_bought(member.id, 500_000)
    await judge([member.id], why=Why.PURCHASE)
    await later(member.id, 340)
    return member


async def a_subscriber(*, wants_renewal: bool) -> tuple[Member, Term]:
    """Of a membership of 30 days, 24 days ago."""
    await some_tiers()
    member = await a_reachable_member(guide=await a_member_of_staff())
    plan = PlanDraft("plus", "悦享会员", "Plus", sku_id=1, tier="gold", days=30)
    await put_plan(plan, by=head_office())
    await sell_plan(member_id=member.id, plan="plus", cause="till:1", by=head_office())
    await want_renewal(member_id=member.id, plan="plus", is_wanted=wants_renewal)
    await later(member.id, 24)
    return member, await Term.get(member_id=member.id)


async def test_a_tier_that_ends_soon_is_told_once_with_what_is_missing() -> None:
    await words("tier-ends", "您的{tier}将于{until}到期，再消费{missing}可保级。")
    member = await a_member_whose_gold_ends_soon()
    for _ in range(2):
        await judge_due()
        await tell_everyone()
    [message] = await Message.all()
    standing = await Standing.get(member_id=member.id)
    assert standing.until is not None

    assert (message.member_id, message.purpose) == (member.id, Purpose.MEMBERSHIP)
    last_day = clock.shop_day(standing.until - timedelta(seconds=1)).isoformat()
    assert message.words["until"] == last_day
    assert message.words["missing"].endswith(" 元")


async def test_a_tier_that_was_kept_meanwhile_is_no_news() -> None:
    await words("tier-ends", "您的{tier}将于{until}到期。")
    member = await a_member_whose_gold_ends_soon()
    old = clock.now() + timedelta(days=3)

    assert not await tell_of_tier_end(member_id=member.id, tier="gold", until=old, missing=1)
    assert not await Message.exists()


async def test_who_wants_to_renew_hears_how_and_their_guide_is_asked_to_help() -> None:
    await words("membership-ends", "您的{plan}将于{until}到期。")
    await words("membership-renew", "您的{plan}将于{until}到期，点开即可续费。")
    member, term = await a_subscriber(wants_renewal=True)
    for _ in range(2):
        await announce_what_ends()
        await tell_everyone()
    assert term.ends_at is not None
    assert not await tell_of_membership_end(
        member_id=member.id, plan="plus", until=term.ends_at, wants_renewal=True
    )
    [message], [task] = await Message.all().prefetch_related("template"), await GuideTask.all()

    assert message.template.code == "membership-renew-sms"
    assert message.words["plan"] == "悦享会员"
    assert "悦享会员" in task.text


async def test_without_the_wish_only_the_end_is_told() -> None:
    await words("membership-ends", "您的{plan}将于{until}到期。")
    await words("membership-renew", "您的{plan}将于{until}到期，点开即可续费。")
    await a_subscriber(wants_renewal=False)
    await announce_what_ends()
    await tell_everyone()
    [message] = await Message.all().prefetch_related("template")

    assert message.template.code == "membership-ends-sms"
    assert not await GuideTask.exists()


async def test_a_membership_that_was_renewed_meanwhile_is_no_news() -> None:
    await words("membership-ends", "您的{plan}将于{until}到期。")
    member, _ = await a_subscriber(wants_renewal=False)
    await announce_what_ends()
    await sell_plan(member_id=member.id, plan="plus", cause="till:2", by=head_office())
    await tell_everyone()

    assert not await Message.exists()


async def test_the_page_lists_what_is_told_by_itself_and_by_which_channel(
    client: AsyncClient,
) -> None:
    await words("tier-ends", "您的{tier}将于{until}到期。")
    await enter(client, await a_member_of_staff(Role.MARKETER))
    page = (await client.get("/console/reach")).text

    row = page.partition("<code>membership-ends</code>")[0].rpartition("<code>tier-ends</code>")[2]
    assert "短信" in row
    assert "{missing}" in row
