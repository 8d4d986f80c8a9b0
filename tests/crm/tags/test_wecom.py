"""Tags in WeCom and here say the same, whatever the order of news and whatever answer gets lost."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from bot.protocol.events import key_of, read_news
from core.errors import Unavailable
from core.inbox import receive
from core.settings import Settings
from crm.people.models import Member
from crm.tags.gateway import without_empty
from crm.tags.models import CorpMark, SyncRun, Tag, TagGroup
from crm.tags.queries import Source, tags_of
from crm.tags.rules import PushState
from crm.tags.service import (
    archive_tag,
    begin_looking,
    go_on_looking,
    look_at_customer,
    push_wanted,
    rename_tag,
    set_rule_members,
    share_tag,
    sync_library,
    unmark_members,
)
from sandbox import contacts, corp_tags, faults, people
from sandbox.config import Corp
from sandbox.people import Follow
from sandbox.world import World
from tests.scene import make_due, tell_everyone
from tests.scenes.people import a_member, played
from tests.scenes.reach import in_wecom
from tests.scenes.stores import a_member_of_staff
from tests.scenes.tags import BY, a_tag, has

pytestmark = pytest.mark.usefixtures("db")


@pytest.fixture
async def world(settings: Settings, secrets: dict[str, Any], db: None) -> AsyncIterator[World]:
    async with played(settings, secrets, members=("WangLei", "LiNa")) as world:
        yield world


def corp(world: World) -> Corp:
    [found] = world.corps.values()
    return found


def follow(world: World, external: str, userid: str = "WangLei") -> Follow:
    [found] = people.follows(world, corp(world).corp_id, userid=userid, external=external)
    return found


def there(world: World, external: str, userid: str = "WangLei") -> set[str]:
    return {tag["tag_name"] for tag in corp_tags.shown(world, follow(world, external, userid))}


async def here(member: Member) -> set[tuple[str, str]]:
    return {(one.name, one.source) for one in await tags_of(member.id)}


async def a_customer(world: World, user_id: str = "u1") -> tuple[Member, str]:
    _ = await a_member()  # so that no two ids are alike by chance
    guide = await a_member_of_staff(user_id="WangLei")
    member = await a_member(guide=guide)
    return member, await in_wecom(world, member, "WangLei", user_id)


def calls(world: World, name: str) -> int:
    return sum(call.get("api", "").endswith(name) for call in world.calls)


async def test_a_library_made_in_wecom_stands_here_group_by_group(world: World) -> None:
    corp_tags.make(world, corp(world), "风格", "简约", "复古")

    await sync_library()
    await sync_library()

    [group] = await TagGroup.all()
    assert (group.name, bool(group.wecom_id)) == ("风格", True)
    assert sorted(await Tag.all().values_list("name", "is_shared")) == [
        ("复古", True),
        ("简约", True),
    ]


async def test_a_tag_we_share_is_made_there_once_with_who_has_it(world: World) -> None:
    member, external = await a_customer(world)
    tag = await a_tag("爱羊绒")
    await has(tag, member.id)

    await share_tag(tag=tag.public_id, by=BY)
    await tell_everyone()
    await make_due()
    await tell_everyone()

    assert there(world, external) == {"爱羊绒"}
    assert len(world.collection(corp_tags.TAGS)) == 1
    assert (await Tag.get(id=tag.id)).push == PushState.SETTLED
    assert calls(world, "mark_tag") == 1


@pytest.mark.parametrize("kind", ["reset", "http500", "garbage"])
async def test_a_lost_answer_makes_no_second_tag_and_no_second_mark(
    world: World, kind: str
) -> None:
    member, external = await a_customer(world)
    tag = await a_tag("爱羊绒")
    await has(tag, member.id)
    await share_tag(tag=tag.public_id, by=BY)
    faults.order(world, {"match": "add_corp_tag", "kind": kind, "when": "after"})
    await sync_library()
    assert (await Tag.get(id=tag.id)).push == PushState.UNKNOWN
    await sync_library()
    assert (await Tag.get(id=tag.id)).push == PushState.SETTLED

    faults.order(world, {"match": "mark_tag", "kind": kind, "when": "after"})
    await push_wanted()
    [mark] = await CorpMark.all()
    assert (mark.state, mark.why) == (PushState.UNKNOWN, "no_answer")
    await push_wanted()

    [mark] = await CorpMark.all()
    assert (mark.state, mark.is_there) == (PushState.SETTLED, True)
    assert len(world.collection(corp_tags.TAGS)) == 1
    assert calls(world, "add_corp_tag") == 1
    assert calls(world, "mark_tag") <= 1  # a connection that is cut may be counted late
    assert there(world, external) == {"爱羊绒"}


async def test_what_staff_do_in_wecom_counts_here_and_never_goes_back_out(world: World) -> None:
    member, external = await a_customer(world)
    simple, retro = corp_tags.make(world, corp(world), "风格", "简约", "复古")
    await sync_library()
    corp_tags.mark(world, corp(world), follow(world, external), add=(simple["id"], retro["id"]))

    await look_at_customer(external)
    assert await here(member) == {("简约", "wecom"), ("复古", "wecom")}
    corp_tags.mark(world, corp(world), follow(world, external), drop=(simple["id"],))
    await look_at_customer(external)
    await look_at_customer(external)
    await push_wanted()

    assert await here(member) == {("复古", "wecom")}
    assert calls(world, "mark_tag") == 0


async def test_what_we_did_there_comes_back_as_known_and_not_as_a_second_word(
    world: World,
) -> None:
    member, external = await a_customer(world)
    [tag_there] = corp_tags.make(world, corp(world), "风格", "简约")
    await sync_library()
    tag = await Tag.get(name="简约")
    await has(tag, member.id)
    await push_wanted()

    await look_at_customer(external)

    assert await here(member) == {("简约", "manual")}
    await unmark_members(tag_id=tag.id, member_ids=[member.id], by=BY)
    await push_wanted()
    await look_at_customer(external)
    assert (there(world, external), await here(member)) == (set(), set())
    assert tag_there["id"] == tag.wecom_id


async def test_staff_take_our_tag_off_and_it_is_off_but_a_rule_keeps_its_own_word(
    world: World,
) -> None:
    member, external = await a_customer(world)
    tag, ruled = await a_tag("爱羊绒"), await a_tag("高潜", condition={"all": []})
    await has(tag, member.id)
    await set_rule_members(ruled.id, [member.id])
    for one in (tag, ruled):
        await share_tag(tag=one.public_id, by=BY)
    await sync_library()
    await push_wanted()
    assert there(world, external) == {"爱羊绒", "高潜"}
    ids = tuple(corp_tags.marks_of(world, follow(world, external)))
    corp_tags.mark(world, corp(world), follow(world, external), drop=ids)

    for _ in range(3):
        await look_at_customer(external)
        await push_wanted()

    assert await here(member) == {("高潜", "rule")}
    assert there(world, external) == set()


async def test_a_tag_comes_off_wherever_any_guide_put_it(world: World) -> None:
    member, external = await a_customer(world)
    contacts.add(world, corp(world), "LiNa", "u1")
    [simple] = corp_tags.make(world, corp(world), "风格", "简约")
    await sync_library()
    corp_tags.mark(world, corp(world), follow(world, external, "LiNa"), add=(simple["id"],))
    await look_at_customer(external)
    tag = await Tag.get(name="简约")

    await unmark_members(tag_id=tag.id, member_ids=[member.id], by=BY)
    await push_wanted()

    assert there(world, external, "LiNa") == set()


async def test_names_change_on_either_side_and_the_last_word_stands_on_both(world: World) -> None:
    [one] = corp_tags.make(world, corp(world), "风格", "简约")
    await sync_library()
    corp_tags.rename(world, corp(world), one["id"], "极简")
    await sync_library()
    tag = await Tag.get(wecom_id=one["id"])
    assert tag.name == "极简"

    await rename_tag(tag=tag.public_id, name="素净", by=BY)
    await sync_library()

    assert world.collection(corp_tags.TAGS)[one["id"]]["name"] == "素净"
    await sync_library()
    assert (await Tag.get(id=tag.id)).name == "素净"


async def test_archived_here_is_deleted_there_and_deleted_there_is_no_longer_shared(
    world: World,
) -> None:
    member, _ = await a_customer(world)
    one, two, three = corp_tags.make(world, corp(world), "风格", "简约", "复古", "街头")
    await sync_library()
    ours = {tag.name: tag for tag in await Tag.all()}
    await has(ours["街头"], member.id)

    await archive_tag(tag=ours["简约"].public_id, by=BY)
    await sync_library()
    assert one["id"] not in world.collection(corp_tags.TAGS)
    corp_tags.remove(world, corp(world), two["id"])
    corp_tags.remove(world, corp(world), three["id"])
    await sync_library()

    kept = await Tag.get(name="街头")
    assert (kept.is_shared, kept.push_why, kept.archived_at) == (False, "deleted_in_wecom", None)
    assert (await Tag.get(name="复古")).archived_at is not None
    assert await TagGroup.filter(wecom_id__isnull=False).count() == 0


async def test_who_is_no_customer_is_said_so_and_not_tried_for_ever(world: World) -> None:
    tag, member = await a_tag(), await a_member()
    await has(tag, member.id)
    await share_tag(tag=tag.public_id, by=BY)
    await sync_library()

    assert await push_wanted() == 0

    [mark] = await CorpMark.all()
    assert (mark.state, mark.why) == (PushState.FAILED, "no_contact")
    assert await push_wanted() == 0
    external = await in_wecom(world, member, "WangLei")
    await look_at_customer(external)
    assert there(world, external) == {tag.name}


async def test_several_tags_made_in_one_second_are_all_heard_of(world: World, db: None) -> None:
    """Five events of one second, without a number of their own, one of them told twice."""
    corp_tags.make(world, corp(world), "风格", "甲", "乙", "丙", "丁")
    form = (
        "<xml><ToUserName>ww</ToUserName><FromUserName>sys</FromUserName><CreateTime>1</CreateTime>"
        "<MsgType>event</MsgType><Event>change_external_tag</Event><Id>{}</Id>"
        "<TagType>tag</TagType><ChangeType>create</ChangeType></xml>"
    )
    texts = [form.format(name) for name in world.collection(corp_tags.TAGS)]
    kept = [
        await receive("wecom", key_of(text, read_news(text)), text) for text in [*texts, texts[0]]
    ]
    await tell_everyone()

    assert kept == [True, True, True, True, False]
    assert await Tag.all().count() == 4
    assert calls(world, "get_corp_tag_list") == 1


async def test_news_of_a_customer_brings_their_tags(world: World) -> None:
    member, external = await a_customer(world)
    [simple] = corp_tags.make(world, corp(world), "风格", "简约")
    await sync_library()
    corp_tags.mark(world, corp(world), follow(world, external), add=(simple["id"],))
    await receive(
        "wecom",
        "one",
        "<xml><CreateTime>1</CreateTime><MsgType>event</MsgType>"
        "<Event>change_external_contact</Event><ChangeType>edit_external_contact</ChangeType>"
        f"<UserID>WangLei</UserID><ExternalUserID>{external}</ExternalUserID></xml>",
    )

    await tell_everyone()
    await make_due()
    await tell_everyone()

    assert await here(member) == {("简约", "wecom")}


async def test_a_first_look_at_everybody_goes_on_where_it_stopped_and_says_how_far_it_is(
    world: World,
) -> None:
    member, external = await a_customer(world)
    contacts.add(world, corp(world), "LiNa", "u2")
    [simple] = corp_tags.make(world, corp(world), "风格", "简约")
    await sync_library()
    corp_tags.mark(world, corp(world), follow(world, external), add=(simple["id"],))
    assert await begin_looking() == await begin_looking()
    faults.order(world, {"match": "batch/get_by_user", "kind": "errcode:48002"})

    with pytest.raises(Unavailable):
        await go_on_looking()
    [run] = await SyncRun.all()
    assert "48002" in run.problem
    while await go_on_looking(pages=1):
        pass

    [run] = await SyncRun.all()
    assert run.ended_at is not None
    assert (run.contacts, run.strangers, run.problem) == (2, 1, "")
    assert await here(member) == {("简约", "wecom")}
    before = calls(world, "externalcontact/get")
    await begin_looking()
    while await go_on_looking(pages=1):
        pass
    assert calls(world, "externalcontact/get") == before


async def test_a_refusal_is_kept_with_its_number_for_a_person(world: World) -> None:
    tag = await a_tag()
    await share_tag(tag=tag.public_id, by=BY)
    faults.order(world, {"match": "add_corp_tag", "kind": "errcode:48002"})

    await sync_library()

    row = await Tag.get(id=tag.id)
    assert (row.push, row.push_why) == (PushState.FAILED, "wecom_48002")


async def test_no_body_leaves_with_an_empty_field() -> None:
    sent = without_empty({"tag_id": [], "group_id": "", "name": "简约", "order": 0, "more": None})

    assert sent == {"name": "简约", "order": 0}


async def test_a_tag_given_at_the_import_counts_as_ours(world: World) -> None:
    member, external = await a_customer(world)
    tag = await a_tag()
    await share_tag(tag=tag.public_id, by=BY)
    await sync_library()
    await has(tag, member.id, source=Source.IMPORT)

    await push_wanted()

    assert there(world, external) == {tag.name}
