"""Who has a tag, says whom, since when and until when; each source takes back only its own word."""

import asyncio
from datetime import timedelta

import pytest

from core import audience, clock, deeds
from core.database import sql
from crm.tags.errors import (
    BadTagName,
    BadValidity,
    NotARuleTag,
    RuleTag,
    TagGroupNotFound,
    TagNameTaken,
    TagNotFound,
)
from crm.tags.models import Mark
from crm.tags.queries import Source, members_with, tag_groups, tags_of
from crm.tags.service import (
    Marking,
    archive_group,
    archive_tag,
    end_expired_marks,
    make_group,
    make_tag,
    mark_members,
    rename_tag,
    set_rule,
    set_rule_members,
    unmark_members,
)
from tests.scenes.people import a_member
from tests.scenes.tags import BY, a_tag, has

pytestmark = pytest.mark.usefixtures("db")
RULE: dict[str, list[str]] = {"all": []}


async def holders(tag_id: int) -> list[int]:
    rows = await sql(audience.traits["tags.has"].sql)
    assert {row["member_id"] for row in rows} >= set(await members_with(tag_id))
    return await members_with(tag_id)


async def test_a_member_has_a_tag_as_long_as_anybody_says_so() -> None:
    tag, member = await a_tag(), await a_member()
    await has(tag, member.id)
    await has(tag, member.id, source=Source.IMPORT)

    await unmark_members(
        tag_id=tag.id, member_ids=[member.id], by=BY, sources=frozenset({Source.MANUAL})
    )
    assert await holders(tag.id) == [member.id]
    await unmark_members(tag_id=tag.id, member_ids=[member.id], by=BY)

    assert await holders(tag.id) == []
    past = await tags_of(member.id, with_past=True)
    assert {(one.source, one.by, one.ended_by) for one in past} == {
        ("manual", BY, BY),
        ("import", BY, BY),
    }


async def test_who_is_no_member_gets_no_tag() -> None:
    tag, member = await a_tag(), await a_member()

    assert await has(tag, member.id, 987_654_321, -1) == 1

    assert await holders(tag.id) == [member.id]


async def test_marking_again_adds_nothing_and_takes_the_new_end() -> None:
    tag, member = await a_tag(), await a_member()
    end = clock.now() + timedelta(days=3)

    assert [await has(tag, member.id), await has(tag, member.id, until=end)] == [1, 0]

    [mark] = await Mark.all()
    assert mark.until_at == end


async def test_for_one_cause_a_tag_is_given_once_also_after_it_was_taken_away() -> None:
    tag, member = await a_tag(), await a_member()
    await has(tag, member.id, source=Source.JOURNEY, cause="welcome:1")
    await unmark_members(tag_id=tag.id, member_ids=[member.id], by=BY)

    assert await has(tag, member.id, source=Source.JOURNEY, cause="welcome:1") == 0
    assert await has(tag, member.id, source=Source.JOURNEY, cause="welcome:2") == 1


async def test_a_mark_ends_with_its_validity() -> None:
    tag, member = await a_tag(valid_days=30), await a_member()
    await has(tag, member.id)
    [mark] = await Mark.all()
    assert mark.until_at is not None
    assert timedelta(days=29) < mark.until_at - clock.now() <= timedelta(days=30)
    await Mark.all().update(until_at=clock.now() - timedelta(seconds=1))

    assert await holders(tag.id) == []
    assert [await end_expired_marks(), await end_expired_marks()] == [1, 0]
    [mark] = await Mark.all()
    assert mark.ended_by == "validity"


async def test_a_validity_lies_ahead_and_within_ten_years() -> None:
    tag, member = await a_tag(), await a_member()

    for days in (-1, 0, 4_000):
        with pytest.raises(BadValidity):
            await has(tag, member.id, until=clock.now() + timedelta(days=days, seconds=-1))
        with pytest.raises(BadValidity):
            await make_tag(group=tag.group.public_id, name="别的", by=BY, valid_days=days)


async def test_of_a_single_group_a_member_has_the_last_one_given_by_hand() -> None:
    small = await a_tag("小码", single=True)
    large = await a_tag("大码", group=small.group.public_id)
    member = await a_member()

    await has(small, member.id)
    await has(large, member.id)

    assert [one.name for one in await tags_of(member.id)] == ["大码"]


async def test_a_rule_brings_and_takes_its_own_and_no_hand_does() -> None:
    tag = await a_tag("高潜", condition=RULE)
    first, second, third = [(await a_member()).id for _ in range(3)]

    assert await set_rule_members(tag.id, [first, second]) == (2, 0)
    assert await set_rule_members(tag.id, [second, third]) == (1, 1)
    assert await set_rule_members(tag.id, [second, third]) == (0, 0)

    assert await holders(tag.id) == [second, third]
    with pytest.raises(RuleTag):
        await has(tag, first)
    assert await unmark_members(tag_id=tag.id, member_ids=[second], by=BY) == 0


async def test_a_tag_without_a_rule_is_kept_by_none() -> None:
    tag = await a_tag()

    with pytest.raises(NotARuleTag):
        await set_rule_members(tag.id, [])
    with pytest.raises(NotARuleTag):
        await set_rule(tag=tag.public_id, condition=RULE, by=BY)


async def test_a_name_is_short_and_visible() -> None:
    for name in ("", "  ", "长" * 31, "两\n行", "零\0", "\u202eabc"):
        with pytest.raises(BadTagName):
            await make_group(name=name, by=BY)


async def test_a_name_stands_once_in_its_group_until_it_is_archived() -> None:
    tag = await a_tag()
    group = tag.group.public_id
    with pytest.raises(TagNameTaken):
        await make_tag(group=group, name=tag.name, by=BY)
    other = await a_tag("别的", group=tag.group.public_id)
    with pytest.raises(TagNameTaken):
        await rename_tag(tag=other.public_id, name=tag.name, by=BY)

    await archive_tag(tag=tag.public_id, by=BY)

    assert await make_tag(group=group, name=tag.name, by=BY) != tag.public_id


async def test_an_archived_tag_is_nobodys() -> None:
    tag, member = await a_tag(), await a_member()
    await has(tag, member.id)

    await archive_group(group=tag.group.public_id, by=BY)

    assert await tags_of(member.id) == []
    assert await tag_groups() == []
    with pytest.raises(TagNotFound):
        await has(tag, member.id)
    with pytest.raises(TagGroupNotFound):
        await make_tag(group=tag.group.public_id, name="新的", by=BY)


async def test_many_hands_at_once_make_one_mark() -> None:
    tag, members = await a_tag(), [(await a_member()).id for _ in range(5)]

    async def by_hand(n: int) -> int:
        given = members if n % 2 else members[::-1]
        marking = Marking(Source.MANUAL, by=f"guide:{n}")
        return await mark_members(tag_id=tag.id, member_ids=given, marking=marking)

    given = await asyncio.gather(*[asyncio.create_task(by_hand(n)) for n in range(8)])

    assert sum(given) == len(members)
    assert await Mark.all().count() == len(members)


async def test_a_journey_gives_and_takes_a_tag_by_its_deeds() -> None:
    tag, member = await a_tag(), await a_member()
    add, remove = deeds.deeds["tags.add"], deeds.deeds["tags.remove"]
    params = add.params(tag=tag.public_id)

    assert await add.do(member.id, params, "j:1") == deeds.Done(tag.public_id)
    assert await holders(tag.id) == [member.id]
    await remove.do(member.id, params, "j:2")
    await add.do(member.id, params, "j:1")

    assert await holders(tag.id) == []
    missing = await add.do(member.id, add.params(tag="tag_none"), "j:3")
    assert missing == deeds.Refused("tags.not_found")
