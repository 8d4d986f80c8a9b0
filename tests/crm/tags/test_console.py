"""The page of tags over HTTP: made, renamed, shared, given, taken; refusals stand on the page."""

import pytest
from httpx2 import AsyncClient

from core.security.scope import Role
from core.web.panels import panels
from crm.tags.models import Mark, Tag, TagGroup
from tests.scenes.console import csrf_of, enter
from tests.scenes.people import a_member, head_office
from tests.scenes.stores import a_member_of_staff
from tests.scenes.tags import a_tag, has

pytestmark = pytest.mark.usefixtures("db")
PAGE = "/console/tags"


async def sent(client: AsyncClient, url: str, **fields: str) -> tuple[int, str]:
    csrf = csrf_of(await client.get(PAGE))
    answer = await client.post(url, data={"csrf": csrf, **fields})
    return answer.status_code, answer.text


async def test_a_marketer_makes_a_group_and_a_tag_and_sees_who_has_it(client: AsyncClient) -> None:
    await enter(client, await a_member_of_staff(Role.MARKETER))
    await sent(client, PAGE, do="group", name="风格", single="on")
    group = await TagGroup.get(name="风格")
    await sent(client, PAGE, do="tag", group=group.public_id, name="<b>简约</b>", days="30")
    tag = await Tag.get(group_id=group.id)
    member = await a_member()
    await has(tag, member.id)

    page = (await client.get(f"{PAGE}/{tag.public_id}")).text

    assert (group.is_single, tag.valid_days) == (True, 30)
    assert "&lt;b&gt;简约" in page
    assert "<b>简约" not in page
    assert f"/console/members/{member.public_id}" in page
    assert "&lt;b&gt;简约" in (await client.get(f"{PAGE}?lang=en")).text


REFUSED: list[dict[str, str]] = [
    {"do": "group", "name": " "},
    {"do": "group", "name": "风格组"},
    {"do": "tag", "group": "none", "name": "新"},
    {"do": "tag", "group": "{group}", "name": "风格"},
    {"do": "tag", "group": "{group}", "name": "新", "days": "0"},
    {"do": "tag", "group": "{group}", "name": "新", "days": "二"},
    {"do": "tag", "group": "{group}", "name": "新", "days": "9" * 200},
    {"do": "rename_group", "group": "none", "name": "新"},
]


async def test_a_refusal_stands_on_the_page(client: AsyncClient) -> None:
    tag = await a_tag("风格")
    await enter(client, await a_member_of_staff(Role.HEAD_OFFICE))

    for fields in REFUSED:
        given = {name: text.format(group=tag.group.public_id) for name, text in fields.items()}
        status, page = await sent(client, PAGE, **given)
        assert (status, 'role="alert"' in page) == (422, True), fields

    assert await Tag.all().count() == 1


async def test_a_tag_is_given_and_taken_from_the_page_of_a_member(client: AsyncClient) -> None:
    staff = await a_member_of_staff(Role.MARKETER)
    await enter(client, staff)
    tag, member = await a_tag(), await a_member()
    about = {"member": member.public_id, "tag": tag.public_id}

    await sent(client, f"{PAGE}/marks", do="give", **about)
    shown = await panels["tags"].load(head_office(), member.id, "zh")
    await sent(client, f"{PAGE}/marks", do="take", **about)

    [mark] = await Mark.all()
    assert (mark.by, mark.ended_by) == (f"marketer:{staff.id}",) * 2
    assert shown is not None
    assert [one.name for one in shown["now"]] == [tag.name]


async def test_a_rule_tag_is_not_given_by_hand(client: AsyncClient) -> None:
    await enter(client, await a_member_of_staff(Role.MARKETER))
    tag, member = await a_tag(condition={"all": []}), await a_member()

    status, _ = await sent(
        client, f"{PAGE}/marks", do="give", member=member.public_id, tag=tag.public_id
    )

    assert status == 409
    assert await Mark.all().count() == 0


async def test_a_tag_is_renamed_shared_and_archived(client: AsyncClient) -> None:
    await enter(client, await a_member_of_staff(Role.MARKETER))
    tag = await a_tag()
    url = f"{PAGE}/{tag.public_id}"

    await sent(client, url, do="rename", name="素净")
    await sent(client, url, do="share")
    row = await Tag.get(id=tag.id)
    assert (row.name, row.is_shared, row.push) == ("素净", True, "wanted")
    status, _ = await sent(client, url, do="rename", name="\n")
    assert status == 422
    await sent(client, url, do="archive")

    assert (await client.get(url)).status_code == 404


async def test_a_guide_has_no_business_here(client: AsyncClient) -> None:
    await enter(client, await a_member_of_staff(Role.STORE_MANAGER))

    assert (await client.get(PAGE)).status_code == 403
