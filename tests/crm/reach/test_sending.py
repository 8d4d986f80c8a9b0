"""What may leave: consent, address, permit, budget and quiet hours, looked at when it leaves."""

import asyncio
from datetime import time, timedelta
from typing import Any

import pytest

from core import clock
from core.jobs import Later
from core.privacy import Purpose
from crm.people.models import Member
from crm.people.service import withdraw_consent
from crm.reach.errors import BadLimit, BadTemplate, MessageSettled, TemplateNotFound
from crm.reach.models import Message, Permit, Spent
from crm.reach.queries import budget_of, deliveries_of, messages_of, reach_numbers
from crm.reach.rules import (
    Cap,
    Channel,
    State,
    Window,
    check_cap,
)
from crm.reach.service import (
    begin,
    cancel_messages,
    put_back,
    record,
    resolve_unknown,
    save_limit,
    save_quiet_hours,
    sweep_late,
    want,
)
from tests.scene import tell_everyone
from tests.scenes.auditing import named_in, overlooked_of
from tests.scenes.people import a_member, head_office, with_phone
from tests.scenes.reach import SUBSCRIPTION, a_reachable_member, a_template, agreed, stands

TWICE = """
INSERT INTO reach_permit
SELECT id + 1, 'p:2', member_id, platform_id, given_at, message_id FROM reach_permit
"""
pytestmark = pytest.mark.usefixtures("db")


@pytest.fixture(autouse=True)
async def awake(db: None) -> None:
    await save_quiet_hours(scope=head_office(), starts=time(0), ends=time(0))


async def wanted(member: Member, key: str = "m:1", **more: Any) -> str:
    code = await a_template()
    await want(key=key, member_id=member.id, template=code, cause="test:1", **more)
    return key


async def test_wanting_the_same_twice_owes_one_message() -> None:
    member, code = await a_reachable_member(), await a_template()
    news = [
        await want(key="m:1", member_id=member.id, template=code, cause="test:1") for _ in range(2)
    ]

    assert news == [True, False]
    assert await Message.all().count() == 1


async def test_a_message_leaves_once_and_a_repetition_says_the_same() -> None:
    key = await wanted(await a_reachable_member(phone="13812345678"), words={"what": "围巾"})
    first, again = await begin(key=key), await begin(key=key)

    assert first is not None
    assert first == again  # the provider drops a repetition, so it may be asked again
    assert first.to == "13812345678"
    assert "围巾" in first.text
    assert [row.used for row in await Spent.filter(channel="")] == [1, 1]


async def test_who_has_not_agreed_or_has_no_number_is_not_told() -> None:
    silent, homeless = await with_phone(await a_member()), await a_member()
    await agreed(homeless)
    for member in (silent, homeless):
        assert await begin(key=await wanted(member, f"m:{member.id}")) is None

    assert await stands(f"m:{silent.id}") == ("suppressed", "no_consent")
    assert await stands(f"m:{homeless.id}") == ("suppressed", "no_address")
    assert await Spent.all().count() == 0


async def test_a_withdrawal_reaches_what_is_wanted_and_what_was_about_to_leave() -> None:
    member = await a_reachable_member()
    await wanted(member, "m:1")
    await withdraw_consent(member_id=member.id, purpose="marketing")
    at_once = await begin(key="m:1")
    await wanted(member, "m:2")
    await tell_everyone()

    assert at_once is None
    assert await stands("m:1") == ("suppressed", "no_consent")
    assert await stands("m:2") == ("suppressed", "no_consent")


async def test_of_ten_at_once_only_as_many_leave_as_the_cap_allows() -> None:
    member = await a_reachable_member()
    for span in (Window.DAY, Window.WEEK, Window.MONTH):
        await save_limit(scope=head_office(), channel="", span=span, most=3)
        await save_limit(scope=head_office(), channel="sms", span=span, most=3)
    keys = [await wanted(member, f"m:{number}") for number in range(10)]
    going = await asyncio.gather(*(begin(key=key) for key in keys))

    assert sum(one is not None for one in going) == 3
    assert {(row.state, row.why) for row in await Message.all()} == {
        (State.UNKNOWN, ""),
        (State.SUPPRESSED, "capped"),
    }
    assert {row.used for row in await Spent.all()} == {3}
    assert await named_in({"reach"}) == set()


async def test_what_failed_gives_back_its_budget_and_what_is_put_back_too() -> None:
    member = await a_reachable_member()
    await begin(key=await wanted(member, "m:1"))
    await record(key="m:1", state=State.FAILED, why="refused")
    await record(key="m:1", state=State.SENT)
    after_failure = {row.used for row in await Spent.all()}
    await begin(key=await wanted(member, "m:2"))
    await put_back(key="m:2")

    assert after_failure == {0}
    assert {row.used for row in await Spent.all()} == {0}
    assert await stands("m:1") == ("failed", "refused")
    assert await stands("m:2") == ("wanted", "")


async def test_at_night_it_waits_and_a_service_notice_does_not() -> None:
    now = clock.now().astimezone(clock.SHOP_ZONE)
    starts, ends = (now - timedelta(hours=1)).time(), (now + timedelta(hours=1)).time()
    await save_quiet_hours(scope=head_office(), starts=starts, ends=ends)
    member = await a_reachable_member()
    await wanted(member)
    with pytest.raises(Later) as later:
        await begin(key="m:1")
    await agreed(member, Purpose.MEMBERSHIP)
    code = await a_template(code="service", purpose="membership")
    await want(key="m:2", member_id=member.id, template=code, cause="test:1")

    assert 3500 < later.value.delay_s < 3610
    assert await stands("m:1") == ("wanted", "")
    assert await begin(key="m:2") is not None


async def test_what_could_not_leave_in_time_is_not_sent() -> None:
    member = await a_reachable_member()
    await wanted(member, "m:1")
    await wanted(member, "m:2")
    await Message.all().update(not_after=clock.now() - timedelta(seconds=1))
    assert await begin(key="m:1") is None
    await sweep_late()

    assert [await stands(key) for key in ("m:1", "m:2")] == [("suppressed", "too_late")] * 2


async def test_a_cancelled_cause_sends_nothing_more() -> None:
    member = await a_reachable_member()
    await wanted(member)
    assert await cancel_messages(cause="test:1") == 1
    assert await begin(key="m:1") is None

    [line] = await deliveries_of("test:1")
    assert (line.state, line.why, line.count) == ("suppressed", "cancelled", 1)


async def test_a_person_says_what_became_of_an_unknown_message() -> None:
    member = await a_reachable_member()
    await begin(key=await wanted(member))
    [view] = await messages_of(member.id)
    await resolve_unknown(scope=head_office(), message_id=view.public_id, was_sent=False)
    with pytest.raises(MessageSettled):
        await resolve_unknown(scope=head_office(), message_id=view.public_id, was_sent=True)

    assert await stands("m:1") == ("failed", "refused")


async def test_the_budget_says_what_may_still_be_sent_by_which_channel() -> None:
    member = await a_reachable_member()
    before = {line.channel: line for line in await budget_of(member.id)}
    await begin(key=await wanted(member))
    after = {line.channel: line.left for line in await budget_of(member.id)}

    assert (before[Channel.SMS].left, after[Channel.SMS]) == (1, 0)
    assert (before[Channel.MAIL].has_address, before[Channel.MAIL].left) == (False, 0)
    assert before[Channel.SUBSCRIBE].permits == 0


async def test_reachability_counts_who_agreed_and_has_a_way_of_our_own() -> None:
    _ = await a_reachable_member()
    _ = await with_phone(await a_member())
    permitted = await a_member()
    await agreed(permitted)
    given = {"member_id": permitted.id, "platform_id": SUBSCRIPTION, "given_at": clock.now()}
    await Permit(key="p:1", **given).save()
    numbers = await reach_numbers()

    assert (numbers.members, numbers.reachable) == (3, 2)
    assert (numbers.channels[Channel.SMS], numbers.channels[Channel.SUBSCRIBE]) == (1, 1)


async def test_bad_limits_and_templates_are_refused_and_say_where() -> None:
    with pytest.raises(BadLimit):
        check_cap(Cap("wecom", Window.MONTH, 5))  # WeCom itself allows four
    with pytest.raises(BadLimit):
        await save_limit(scope=head_office(), channel="pigeon", span="day", most=1)
    with pytest.raises(BadTemplate) as refused:
        await a_template(Channel.MAIL, subject=" ")
    with pytest.raises(BadTemplate):
        await a_template(Channel.SUBSCRIBE, data={"nonsense": "x"})
    with pytest.raises(TemplateNotFound):
        await want(key="m", member_id=1, template="none", cause="test:1")

    assert refused.value.facts == {"where": "subject"}


async def test_the_auditor_names_a_budget_that_is_not_what_was_sent() -> None:
    member = await a_reachable_member()
    await begin(key=await wanted(member))
    await Permit(
        key="p:1", member_id=member.id, platform_id="t", given_at=clock.now(), message_id=1
    ).save()
    before = await named_in({"reach"})
    missed = await overlooked_of(
        {
            "reach.budget": ["UPDATE reach_spent SET used = used + 1"],
            "reach.states": ["UPDATE reach_message SET state = 'sent'"],
            "reach.permits": [TWICE],
        },
        {"reach"},
    )

    assert (before, missed) == (set(), [])
