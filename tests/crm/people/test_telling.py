"""The buyer learns on the phone that the goods lie ready: once for each notice, and logged."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from core.settings import ReadyTemplate, Settings, configure, current
from crm.people.models import Member, MemberMessage, MessageIntent
from crm.people.rules import MessageState
from crm.people.service import tell_ready, want_ready_notice
from sandbox import faults, messages, people, subscribe
from sandbox.world import World
from tests.scene import tell_everyone
from tests.scenes.fulfilment import people_of, sold, the_task
from tests.scenes.orders import a_shelf
from tests.scenes.people import a_member, played, with_open_id
from tests.scenes.stores import a_member_of_staff, a_store
from trade.fulfilment.service import accept_task, mark_ready, pick_task, resend_notice
from trade.orders.queries import OrderView
from trade.stores.models import Staff

pytestmark = pytest.mark.usefixtures("db")
TEMPLATE = "TPBX4Uciov71gF4ofF9xV1IoWGkfEZCQxXmAtxcSrwI"


@pytest.fixture
async def world(settings: Settings, secrets: dict[str, Any], db: None) -> AsyncIterator[World]:
    async with played(settings, secrets, members=["JiangYue"]) as world:
        mini = current().mini_program
        assert mini
        ready = mini.model_copy(update={"ready_template": ReadyTemplate(template_id=TEMPLATE)})
        configure(current().model_copy(update={"mini_program": ready}))
        yield world


async def a_buyer(world: World, guide: Staff | None = None) -> Member:
    """A member whose phone our app can reach."""
    member = await a_member(guide=guide)
    app_id = the_app(world).app_id
    open_id = people.openid(world, app_id, "u1")
    return await with_open_id(member, app_id, open_id)


def the_app(world: World) -> Any:
    return next(app for app in world.apps.values() if app.kind == "mini_program")


def allow(world: World, choice: str = "accept") -> None:
    subscribe.popup(world, the_app(world), "u1", {TEMPLATE: choice})


def seen(world: World) -> list[dict[str, str]]:
    """What the phone was told, field by field."""
    return [doc["body"]["data"] for doc in messages.outbox(world, channel="subscribe")]


async def a_ready_order(member: Member) -> OrderView:
    store = await a_store(name="静安甲店")
    order = await sold(await a_shelf(store_id=store.id), member_id=member.id)
    task = await the_task(order)
    await mark_ready_of(order, task.public_id)
    return order


async def mark_ready_of(order: OrderView, task_id: str) -> None:
    staff = people_of(order.store_id)
    await accept_task(scope=staff, task_id=task_id)
    await pick_task(scope=staff, task_id=task_id)
    await mark_ready(scope=staff, task_id=task_id, hold_place="B-07")
    await tell_everyone()


async def test_the_buyer_reads_the_order_the_store_and_the_code_once(world: World) -> None:
    member = await a_buyer(world)
    allow(world)
    order = await a_ready_order(member)
    task = await the_task(order)
    await want_ready_notice(order_id=order.id, times=1)
    await tell_everyone()
    [row] = await MemberMessage.all()

    said = {
        "character_string1": order.order_no,
        "thing2": "静安甲店",
        "character_string3": task.code,
    }
    assert seen(world) == [said]
    assert (row.key, row.member_id) == (f"ready:{order.order_no}:1", member.id)
    assert (row.state, row.why) == (MessageState.DELIVERED, "")
    assert task.code
    assert task.code not in row.key


async def test_a_second_notice_of_the_store_is_a_second_message(world: World) -> None:
    member = await a_buyer(world)
    allow(world)
    allow(world)
    order = await a_ready_order(member)
    task = await the_task(order)
    await resend_notice(scope=people_of(order.store_id), task_id=task.public_id)
    await tell_everyone()

    assert len(seen(world)) == 2
    assert await MemberMessage.filter(state=MessageState.DELIVERED).count() == 2


async def test_who_allowed_no_message_is_called_by_the_guide(world: World) -> None:
    guide = await a_member_of_staff(user_id="JiangYue")
    allow(world, "reject")
    order = await a_ready_order(await a_buyer(world, guide))
    [row] = await MemberMessage.all()
    [asked] = await MessageIntent.filter(key=f"untold:{row.key}")

    assert (row.state, row.why) == (MessageState.FAILED, "declined")
    assert asked.staff_id == guide.id
    assert order.order_no[-6:] in asked.text
    assert order.order_no not in asked.text


async def test_an_answer_that_was_lost_is_unknown_and_nobody_is_told_twice(world: World) -> None:
    member = await a_buyer(world)
    allow(world)
    allow(world)
    faults.order(
        world, {"match": "/cgi-bin/message/subscribe/send", "kind": "reset", "when": "after"}
    )
    await a_ready_order(member)
    [row] = await MemberMessage.all()
    await tell_ready(row.key)

    assert row.state is MessageState.UNKNOWN
    assert len(seen(world)) == 1


async def test_without_a_template_or_a_name_nothing_is_sent_and_it_is_on_record(
    settings: Settings,
) -> None:
    assert settings.mini_program is None or settings.mini_program.ready_template is None
    await a_ready_order(await a_member())
    [row] = await MemberMessage.all()
    store = await a_store()
    nameless = await sold(await a_shelf(store_id=store.id), member_id=None, placed_by="guide:31")
    await mark_ready_of(nameless, (await the_task(nameless)).public_id)

    assert (row.state, row.why) == (MessageState.FAILED, "no_template")
    assert await MemberMessage.all().count() == 1
