"""A message to our own people: said once in WeCom, whatever the network does."""

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest

from bot.jobs import sync_groups
from core import clock
from core.settings import Settings
from crm.people.models import MessageIntent
from crm.people.queries import MessageState, groups_for
from crm.people.service import want_message
from sandbox import faults, group_chats, messages
from sandbox.world import World
from tests.scene import make_due, tell_everyone
from tests.scenes.people import head_office, played
from tests.scenes.stores import a_member_of_staff
from trade.stores.models import Staff

pytestmark = pytest.mark.usefixtures("db")
TEXT = "您的顾客在上海静安店下单 ¥399.00，订单尾号 000001。"


@pytest.fixture
async def world(settings: Settings, secrets: dict[str, Any], db: None) -> AsyncIterator[World]:
    async with played(settings, secrets, members=["JiangYue"]) as world:
        yield world


@pytest.fixture
async def guide(world: World) -> Staff:
    return await a_member_of_staff(user_id="JiangYue")


def read_by(world: World, user_id: str) -> list[str]:
    sent = [doc for doc in messages.outbox(world) if doc["to"] == user_id]
    return [doc["body"]["text"]["content"] for doc in sent]


async def state_of(key: str) -> MessageState:
    return (await MessageIntent.get(key=key)).state


async def test_a_wanted_message_is_read_once(world: World, guide: Staff) -> None:
    for _ in range(2):
        await want_message(key="sale:1", staff_id=guide.id, text=TEXT)
        await tell_everyone()

    assert read_by(world, "JiangYue") == [TEXT]
    assert await state_of("sale:1") is MessageState.DELIVERED


async def test_a_message_whose_answer_was_lost_is_unknown_and_not_read_twice(
    world: World, guide: Staff
) -> None:
    faults.order(world, {"match": "/cgi-bin/message/send", "kind": "reset", "when": "after"})
    await want_message(key="sale:1", staff_id=guide.id, text=TEXT)
    await tell_everyone()
    between = await state_of("sale:1")
    await make_due()
    await tell_everyone()

    assert between is MessageState.UNKNOWN
    assert await state_of("sale:1") is MessageState.DELIVERED
    assert read_by(world, "JiangYue") == [TEXT]


async def test_an_unknown_message_is_not_sent_again_when_wecom_would_not_drop_it(
    world: World, guide: Staff
) -> None:
    faults.order(world, {"match": "/cgi-bin/message/send", "kind": "reset", "when": "after"})
    await want_message(key="sale:1", staff_id=guide.id, text=TEXT)
    await tell_everyone()
    long_ago = clock.now() - timedelta(hours=1)
    await MessageIntent.all().update(first_tried_at=long_ago)
    await make_due()
    await tell_everyone()

    assert await state_of("sale:1") is MessageState.UNKNOWN
    assert len(read_by(world, "JiangYue")) == 1


async def test_a_message_to_nobody_in_wecom_has_failed(world: World) -> None:
    stranger = await a_member_of_staff(user_id="Nobody")
    await want_message(key="sale:1", staff_id=stranger.id, text=TEXT)
    await tell_everyone()

    assert await state_of("sale:1") is MessageState.FAILED


async def test_who_has_left_is_told_nothing(world: World) -> None:
    leaver = await a_member_of_staff(user_id="JiangYue", is_active=False)
    await want_message(key="sale:1", staff_id=leaver.id, text=TEXT)
    await tell_everyone()

    assert read_by(world, "JiangYue") == []
    assert not await MessageIntent.exists()


async def test_groups_are_those_of_wecom_and_go_when_they_go(world: World, guide: Staff) -> None:
    [corp] = world.corps.values()
    group = group_chats.create(world, corp, owner="JiangYue", name="静安店会员群")
    await sync_groups()
    there = [view.name for view in await groups_for(head_office())]
    group_chats.dismiss(world, group)
    await sync_groups()

    assert there == ["静安店会员群"]
    assert await groups_for(head_office()) == []
