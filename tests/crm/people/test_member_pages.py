"""The console's pages of members: tabs, filters, merges, erasing, and the public list."""

import re

import pytest
from httpx2 import AsyncClient

from core.security.scope import Role
from crm.people.models import Erasure, Match, Member, Merge
from crm.people.queries import Entrance
from crm.people.rules import MatchedBy
from crm.people.service import give_card, note_match
from tests.scenes.console import csrf_of, enter
from tests.scenes.people import a_member, with_open_id, with_phone
from tests.scenes.stores import a_franchisee, a_member_of_staff
from trade.stores.models import Staff

pytestmark = pytest.mark.usefixtures("db")
PHONE = "13800138000"


async def somebody(client: AsyncClient) -> tuple[Staff, Member]:
    staff = await a_member_of_staff(Role.MARKETER)
    await enter(client, staff)
    member = await with_phone(await a_member(guide=await a_member_of_staff()), PHONE)
    return staff, member


async def test_the_page_of_a_member_has_a_tab_for_every_room_that_knows_something(
    client: AsyncClient,
) -> None:
    _, member = await somebody(client)
    page = await client.get(f"/console/members/{member.public_id}")
    tabs = re.findall(r"\?tab=([\w.]+)\"", page.text)

    assert {"who", "ids", "consents"} <= set(tabs)
    for tab in tabs:
        shown = await client.get(f"/console/members/{member.public_id}?tab={tab}")
        assert shown.status_code == 200, tab
        assert f'?tab={tab}" aria-current="page"' in shown.text or "还没有内容" in shown.text, tab


async def test_an_unknown_tab_is_the_first_one(client: AsyncClient) -> None:
    _, member = await somebody(client)
    for tab in ("nothing", "../x", "who' OR 1=1", "", "%00"):
        page = await client.get(f"/console/members/{member.public_id}", params={"tab": tab})
        assert page.status_code == 200, tab
        assert "138****8000" in page.text


async def test_ids_are_masked_with_their_source_and_whether_they_are_shown_to_be_theirs(
    client: AsyncClient,
) -> None:
    _, member = await somebody(client)
    member = await with_open_id(member, "wx-app", "oSecretOpenId1234")
    await give_card(member_id=member.id, card_no="CARD-1001", source="import")
    page = await client.get(f"/console/members/{member.public_id}?tab=ids")

    assert "oSecretOpenId1234" not in page.text
    assert PHONE not in page.text
    assert "未经本人验证" in page.text


async def test_a_franchisee_opens_no_tab_of_ids(client: AsyncClient) -> None:
    _ = await with_phone(await a_member(guide=await a_member_of_staff()), PHONE)
    owner = await a_member_of_staff(Role.FRANCHISEE, franchisee=await a_franchisee())
    await enter(client, owner)
    page = await client.get("/console/members")

    assert page.status_code == 200
    assert PHONE[-4:] not in page.text


async def test_the_list_is_narrowed_by_entrance_phone_and_days(client: AsyncClient) -> None:
    _, member = await somebody(client)
    other = await a_member()
    await Member.filter(id=other.id).update(entrance=Entrance.PUSH)

    async def seen(**asked: str) -> set[str]:
        page = await client.get("/console/members", params=asked)
        assert page.status_code == 200
        return set(re.findall(r"/console/members/(mem_\w+)", page.text))

    assert await seen() == {member.public_id, other.public_id}
    assert await seen(entrance="push") == {other.public_id}
    assert await seen(phone="yes") == {member.public_id}
    assert await seen(phone="no") == {other.public_id}
    assert await seen(to="2020-01-01") == set()
    assert await seen(**{"from": "2020-01-01"}) == {member.public_id, other.public_id}
    assert await seen(entrance="'; DROP", store="x", phone="?", to="soon") == await seen()


async def test_a_card_number_finds_its_member_and_wild_words_find_nobody(
    client: AsyncClient,
) -> None:
    _, member = await somebody(client)
    await give_card(member_id=member.id, card_no="CARD-1001", source="till")
    csrf = csrf_of(await client.get("/console/members"))

    async def found(digits: str) -> bool:
        page = await client.post("/console/members", data={"csrf": csrf, "digits": digits})
        assert page.status_code == 200
        return member.public_id in page.text

    assert await found("card-1001")
    assert await found("138 0013 8000")
    assert await found("8000")
    for wild in ("%", "_", "CARD-100", "'; --", "٣٤٥٦", "1" * 40):
        assert not await found(wild)


async def test_two_members_are_joined_and_parted_on_the_page(client: AsyncClient) -> None:
    _, member = await somebody(client)
    other = await with_open_id(await a_member(), "wx", "o-1")
    csrf = csrf_of(await client.get(f"/console/merges?one={member.public_id}"))
    both = {"one": member.public_id, "other": other.public_id, "reason": "顾客到店核实"}
    joined = await client.post("/console/merges", data={"csrf": csrf, **both})
    merge = await Merge.get()
    assert (joined.status_code, merge.kept_id) == (303, other.id)
    undo = f"/console/merges/{merge.public_id}/undo"
    wordless = await client.post(undo, data={"csrf": csrf, "reason": "."})
    parted = await client.post(undo, data={"csrf": csrf, "reason": "两位不同的顾客"})

    assert (wordless.status_code, parted.status_code) == (422, 303)
    assert "已撤销" in (await client.get("/console/merges")).text


async def test_a_pair_is_decided_once(client: AsyncClient) -> None:
    _, member = await somebody(client)
    other = await a_member()
    await note_match(one_id=member.id, other_id=other.id, matched_by=MatchedBy.PHONE)
    page = await client.get("/console/merges")
    match = await Match.get()
    assert "138****8000" in page.text
    said = {"csrf": csrf_of(page), "is_same": "no", "reason": "两位不同的顾客"}
    first = await client.post(f"/console/merges/pairs/{match.public_id}", data=said)
    again = await client.post(f"/console/merges/pairs/{match.public_id}", data=said)

    assert (first.status_code, again.status_code) == (303, 422)
    assert not await Merge.exists()
    assert "没有等待核实的会员" in (await client.get("/console/merges")).text


async def test_a_member_is_erased_on_the_page_with_a_reason(client: AsyncClient) -> None:
    _, member = await somebody(client)
    path = f"/console/members/{member.public_id}"
    csrf = csrf_of(await client.get(path))
    wordless = await client.post(f"{path}/erase", data={"csrf": csrf, "reason": " "})
    done = await client.post(f"{path}/erase", data={"csrf": csrf, "reason": "顾客来信要求"})

    assert (wordless.status_code, done.status_code) == (422, 303)
    assert (await Erasure.get()).done_at is not None
    assert (await client.get(path)).status_code == 404
    assert "已抹去" in (await client.get("/console/privacy")).text


@pytest.mark.parametrize("language", ["zh", "en"])
async def test_everybody_may_read_what_is_kept(client: AsyncClient, language: str) -> None:
    page = await client.get(f"/privacy?lang={language}")
    kept = "手机号与邮箱（加密）" if language == "zh" else "phone and e-mail, encrypted"

    assert page.status_code == 200
    assert kept in page.text
