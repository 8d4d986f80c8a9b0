"""What becomes of news that a callback kept: events of contacts, groups, messages to our people."""

from collections.abc import AsyncIterator
from typing import Any

import httpx2
import pytest

from bot.jobs import sync_groups
from bot.models import ContactEvent
from core.database import sql
from core.settings import Settings, configure, current
from crm.people import identities
from crm.people.models import CustomerGroup, MessageIntent
from crm.people.queries import MessageState
from crm.people.queries.contacts import members_of_external
from crm.people.rules import IdKind
from crm.people.service import want_message
from sandbox import contacts, people
from tests.scene import make_due, tell_everyone
from tests.scenes.people import a_member
from tests.scenes.platform import GROUP, the_platform
from tests.scenes.stores import a_member_of_staff
from tests.scenes.wechat import Sender
from tests.scenes.wechat_world import Play

ADDED = (
    "<xml><ToUserName>ww1</ToUserName><FromUserName>sys</FromUserName>"
    "<CreateTime>1767225601</CreateTime><MsgType>event</MsgType>"
    "<Event>change_external_contact</Event><ChangeType>add_external_contact</ChangeType>"
    "<UserID>WangLei</UserID><ExternalUserID>{}</ExternalUserID><State>store_1</State></xml>"
)
RENAMED = (
    "<xml><FromUserName>sys</FromUserName><CreateTime>1</CreateTime><MsgType>event</MsgType>"
    f"<Event>change_external_chat</Event><ChatId>{GROUP}</ChatId><ChangeType>update</ChangeType>"
    "<UpdateDetail>change_name</UpdateDetail></xml>"
)


@pytest.fixture
async def play(settings: Settings, secrets: dict[str, Any]) -> AsyncIterator[Play]:
    async with the_platform(settings, secrets) as play:
        yield play


async def tell(client: httpx2.AsyncClient, text: str) -> None:
    ours = current().wecom
    assert ours
    keys = (ours.token.get_secret_value(), ours.encoding_aes_key.get_secret_value())
    query, body = Sender(*keys, ours.corp_id).seal(text)
    answer = await client.post(f"/callbacks/wecom?{query}", content=body)
    assert answer.text == "success"


async def test_a_contact_told_a_hundred_times_is_one_event(client: httpx2.AsyncClient) -> None:
    for _ in range(50):
        await tell(client, ADDED.format("wm1"))
        await tell(client, ADDED.format("wm2"))
    await tell_everyone()
    await make_due()
    await tell_everyone()

    told = await ContactEvent.all().order_by("id").values_list("external_user_id", "state")
    waiting = await sql("SELECT name FROM core_outbox WHERE done_at IS NULL")
    assert list(told) == [("wm1", "store_1"), ("wm2", "store_1")]
    assert [row["name"] for row in waiting] == ["bot.know_contact"] * 2  # WeCom is away here


async def test_a_member_who_adds_a_guide_is_known_to_wecom_from_then_on(
    client: httpx2.AsyncClient, play: Play
) -> None:
    """By the union id that the mini-program and WeCom both say; whoever has none stays unknown."""
    [corp] = play.world.corps.values()
    externals = []
    for user_id in ("u1", "u2"):
        contacts.add(play.world, corp, userid="WangLei", user_id=user_id)
        externals.append(people.external_userid(play.world, corp.corp_id, user_id))
    member = await a_member()
    union_id = people.union_id(play.world, "u1")
    assert union_id is not None
    assert await identities.add(member.id, IdKind.UNION_ID, union_id, source="wechat.login")
    for external in (*externals, *externals):
        await tell(client, ADDED.format(external))
        await tell_everyone()
        await make_due()
        await tell_everyone()

    assert await members_of_external(externals) == {externals[0]: member.id}


async def test_news_nobody_can_read_stops_nothing(client: httpx2.AsyncClient) -> None:
    for text in (
        "你好",
        "<xml><Event>",
        ADDED.format("w" * 500),
        "<xml><MsgType>event</MsgType></xml>",
    ):
        await tell(client, text)
    await tell_everyone()

    waiting = await sql("SELECT name FROM core_outbox WHERE done_at IS NULL")
    assert {row["name"] for row in waiting} <= {
        "tags.look_at_customer",
        "bot.know_contact",
    }  # WeCom does not answer here
    assert await ContactEvent.all().count() == 1


async def test_a_renamed_group_is_looked_at(client: httpx2.AsyncClient, play: Play) -> None:
    assert (await a_member_of_staff(user_id="WangLei")).is_active
    await sync_groups()
    await play.sim("POST", f"/groups/{GROUP}/rename", name="西单店老友群")
    await tell(client, RENAMED)
    await tell_everyone()
    await make_due()
    await tell_everyone()

    assert (await CustomerGroup.get(chat_id=GROUP)).name == "西单店老友群"


@pytest.mark.usefixtures("db")
async def test_groups_are_listed_and_let_go(play: Play) -> None:
    assert (await a_member_of_staff(user_id="WangLei")).is_active
    await sync_groups()
    assert (await CustomerGroup.get(chat_id=GROUP)).gone_at is None

    await play.sim("POST", f"/groups/{GROUP}/dismiss")
    await sync_groups()

    assert (await CustomerGroup.get(chat_id=GROUP)).gone_at is not None


@pytest.mark.usefixtures("db")
async def test_a_wanted_message_is_delivered_once(play: Play) -> None:
    guide = await a_member_of_staff(user_id="WangLei")
    for _ in range(2):
        await want_message(key="order:1", staff_id=guide.id, text="您分享的商品有新订单")
    await tell_everyone()

    assert len(await play.sim("GET", "/outbox?to=WangLei")) == 1
    assert (await MessageIntent.get(key="order:1")).state is MessageState.DELIVERED


@pytest.mark.usefixtures("db")
async def test_a_message_whose_answer_was_lost_is_told_once_all_the_same(play: Play) -> None:
    guide = await a_member_of_staff(user_id="WangLei")
    await play.sim("POST", "/faults", match="message/send", kind="reset", times=1, when="after")
    await want_message(key="order:1", staff_id=guide.id, text="您分享的商品有新订单")
    await tell_everyone()
    assert (await MessageIntent.get(key="order:1")).state is MessageState.UNKNOWN

    await make_due()
    await tell_everyone()

    assert len(await play.sim("GET", "/outbox?to=WangLei")) == 1
    assert (await MessageIntent.get(key="order:1")).state is MessageState.DELIVERED


@pytest.mark.usefixtures("db")
async def test_who_is_not_in_the_corp_is_not_told(play: Play) -> None:
    guide = await a_member_of_staff(user_id="Stranger")
    await want_message(key="order:1", staff_id=guide.id, text="您分享的商品有新订单")
    await tell_everyone()

    assert (await MessageIntent.get(key="order:1")).state is MessageState.FAILED


@pytest.mark.usefixtures("db")
async def test_a_shop_without_wecom_tells_nobody(settings: Settings) -> None:
    configure(settings.model_copy(update={"wecom": None}))
    guide = await a_member_of_staff(user_id="WangLei")
    await want_message(key="order:1", staff_id=guide.id, text="您分享的商品有新订单")
    await tell_everyone()
    await sync_groups()

    assert (await MessageIntent.get(key="order:1")).state is MessageState.FAILED
