"""Messages to members by each channel: sent once, whatever gets lost, and on record."""

import json
from collections.abc import AsyncIterator
from typing import Any

import httpx2
import pytest

from bot.jobs import ask_group_sends, hand_over
from core.inbox import receive
from core.settings import Settings
from crm.people.models import Member
from crm.reach.models import Message, Permit
from crm.reach.rules import Channel
from crm.reach.service import save_limit, want
from sandbox import faults, group_send, mailbox, messages, people, sms, subscribe
from sandbox.world import World
from tests.scene import make_due, tell_everyone
from tests.scenes.people import a_member, head_office
from tests.scenes.reach import (
    SUBSCRIPTION,
    a_reachable_member,
    a_template,
    a_world,
    agreed,
    in_mini_program,
    in_wecom,
    stands,
    the_app,
    with_mail,
)
from tests.scenes.stores import a_member_of_staff

pytestmark = pytest.mark.usefixtures("db")


@pytest.fixture
async def world(settings: Settings, secrets: dict[str, Any], db: None) -> AsyncIterator[World]:
    async with a_world(settings, secrets, guides=("JiangYue",)) as world:
        yield world


async def told(member: Member, channel: Channel, key: str = "m:1") -> tuple[str, str]:
    code = await a_template(channel)
    await want(key=key, member_id=member.id, template=code, cause="test:1", words={"what": "围巾"})
    await tell_everyone()
    return await stands(key)


async def test_an_sms_is_read_once_with_who_speaks_and_how_to_end_it(world: World) -> None:
    member = await a_reachable_member(phone="13800138000")
    ended = [await told(member, Channel.SMS) for _ in range(2)]

    assert ended == [("sent", "")] * 2
    [read] = sms.messages(world)
    assert (read["to"], read["text"]) == (
        "13800138000",
        "【daogou】秋季新品围巾到店。 拒收请回复R",
    )


async def test_an_sms_whose_answer_was_lost_is_sent_again_and_read_once(world: World) -> None:
    member = await a_reachable_member()
    faults.order(world, {"match": "/sms/send", "kind": "reset", "when": "after"})
    between = await told(member, Channel.SMS)
    await make_due()
    await tell_everyone()

    assert between == ("unknown", "")
    assert await stands("m:1") == ("sent", "")
    assert len(sms.messages(world)) == 1


async def test_a_subscription_message_takes_a_permit_that_wechat_told_of(world: World) -> None:
    member = await a_member()
    await agreed(member)
    await in_mini_program(world, member)
    without = await told(member, Channel.SUBSCRIBE)
    subscribe.popup(world, the_app(world), "u1", {SUBSCRIPTION: "accept"})
    await deliver_callbacks(world)
    with_one = await told(member, Channel.SUBSCRIBE, "m:2")

    assert (without, with_one) == (("suppressed", "no_grant"), ("sent", ""))
    [read] = messages.outbox(world, channel="subscribe")
    assert read["body"]["data"] == {"thing1": "秋季新品围巾"}
    assert await Permit.filter(message_id=None).count() == 0


async def deliver_callbacks(world: World) -> None:
    """As if our web process had received what WeChat tells of the popup."""
    app = the_app(world)
    entry = {"TemplateId": SUBSCRIPTION, "SubscribeStatusString": "accept", "PopupScene": "0"}
    event = {
        "FromUserName": people.openid(world, app.app_id, "u1"),
        "Event": "subscribe_msg_popup_event",
        "List": entry,
    }
    for _ in range(2):
        await receive("mini_program", "popup-1", json.dumps(event))
    await tell_everyone()


async def test_a_mail_is_read_once_and_a_lost_answer_stays_unknown(world: World) -> None:
    member = await a_member()
    await agreed(member)
    await with_mail(member, "linxiao@example.com")
    for span in ("day", "week"):
        await save_limit(scope=head_office(), channel="", span=span, most=9)
    first = await told(member, Channel.MAIL)
    async with httpx2.AsyncClient() as http:
        await http.post(f"{world.http}/_sim/mail/condition", json={"lose_answer": True})
    second = await told(member, Channel.MAIL, "m:2")
    await make_due()
    await tell_everyone()

    assert (first, second) == (("sent", ""), ("unknown", ""))
    assert len(mailbox.mails(world, "linxiao@example.com")) == 2


async def test_a_group_send_waits_for_the_guide_and_is_one_task_for_all(world: World) -> None:
    guide = await a_member_of_staff(user_id="JiangYue")
    code = await a_template(Channel.WECOM)
    for user_id in ("u1", "u2"):
        member = await a_member(guide=guide)
        await agreed(member)
        await in_wecom(world, member, "JiangYue", user_id)
        await want(key=f"m:{user_id}", member_id=member.id, template=code, cause="test:1")
    await tell_everyone()
    await hand_over()
    await hand_over()
    between = await stands("m:u1")
    [send] = world.collection("group_sends").values()
    group_send.confirm(world, "JiangYue", send["msgid"])
    await ask_group_sends()

    assert between == ("handed", "")
    assert [await stands(f"m:{one}") for one in ("u1", "u2")] == [("sent", "")] * 2
    assert len(messages.outbox(world, channel="group_send")) == 2


async def test_a_group_send_whose_answer_was_lost_is_not_made_again(world: World) -> None:
    guide = await a_member_of_staff(user_id="JiangYue")
    member = await a_member(guide=guide)
    await agreed(member)
    await in_wecom(world, member, "JiangYue")
    code = await a_template(Channel.WECOM)
    await want(key="m:1", member_id=member.id, template=code, cause="test:1")
    faults.order(world, {"match": "add_msg_template", "kind": "reset", "when": "after"})
    for _ in range(2):
        await hand_over()

    assert await stands("m:1") == ("unknown", "")
    assert len(world.collection("group_sends")) == 1


async def test_a_platform_that_is_slow_today_costs_no_budget_until_it_takes_it(
    world: World,
) -> None:
    member = await a_member()
    await agreed(member)
    await in_mini_program(world, member)
    await Permit(
        key="p:1", member_id=member.id, platform_id=SUBSCRIPTION, given_at=member.joined_at
    ).save()
    subscribe.popup(world, the_app(world), "u1", {SUBSCRIPTION: "accept"})
    faults.order(world, {"match": "subscribe/send", "kind": "errcode:45009", "times": 1})
    between = await told(member, Channel.SUBSCRIBE)
    spent_between = (await Message.get(key="m:1")).spent
    await make_due()
    await tell_everyone()

    assert (between, spent_between) == (("wanted", ""), [])
    assert await stands("m:1") == ("sent", "")
