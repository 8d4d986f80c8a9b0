"""Who sees which member: a guide whom they look after now, and nobody a day longer."""

import pytest

from core.audience import traits
from core.database import sql
from core.security.scope import Role, Scope
from crm.people.errors import GroupNotFound, MemberNotFound
from crm.people.models import Member
from crm.people.queries import (
    MemberFilter,
    binding_of,
    find_group,
    find_members,
    groups_for,
    member_view,
)
from crm.people.service import bind_guide, mirror_group, unbind_guide
from tests.scene import tell_everyone
from tests.scenes.people import a_group, a_mate_of, a_member, head_office, scope_of
from tests.scenes.stores import a_member_of_staff
from trade.stores.service import StaffDraft, put_staff

pytestmark = pytest.mark.usefixtures("db")


async def seen_by(scope: Scope) -> list[int]:
    return [view.id for view in (await find_members(scope)).members]


async def test_a_guide_sees_their_own_members_and_no_others() -> None:
    mine, other = await a_member_of_staff(), await a_member_of_staff()
    member, foreign = await a_member(guide=mine), await a_member(guide=other)

    assert await seen_by(scope_of(mine)) == [member.id]
    with pytest.raises(MemberNotFound):
        await member_view(scope_of(mine), foreign.public_id)
    with pytest.raises(MemberNotFound):
        await member_view(scope_of(mine), "mem_missing")


async def test_a_member_handed_over_is_seen_by_the_new_guide_only() -> None:
    old, new = await a_member_of_staff(), await a_member_of_staff()
    member = await a_member(guide=old)
    for _ in range(2):
        await bind_guide(member_id=member.id, guide_id=new.id, store_id=new.store_id or 0)

    assert await seen_by(scope_of(old)) == []
    assert await seen_by(scope_of(new)) == [member.id]


async def test_a_store_sees_the_members_its_guides_look_after() -> None:
    guide = await a_member_of_staff()
    manager = await a_mate_of(guide, Role.STORE_MANAGER)
    stranger = await a_member_of_staff(Role.STORE_MANAGER)
    member = await a_member(guide=guide)

    assert await seen_by(scope_of(manager)) == [member.id]
    assert await seen_by(scope_of(stranger)) == []


async def test_a_store_sees_the_members_whose_home_it_is_and_so_do_filter_and_trait() -> None:
    manager = await a_member_of_staff(Role.STORE_MANAGER)
    stranger = await a_member_of_staff(Role.STORE_MANAGER)
    member, elsewhere = await a_member(), await a_member(guide=await a_member_of_staff())
    await Member.filter(id=member.id).update(home_store_id=manager.store_id)
    here = MemberFilter(store_id=manager.store_id)
    told = await sql(traits["people.store"].sql)

    assert await seen_by(scope_of(manager)) == [member.id]
    assert await seen_by(scope_of(stranger)) == []
    assert [one.id for one in (await find_members(head_office(), narrow=here)).members] == [
        member.id
    ]
    assert {row["member_id"]: row["value"] for row in told} == {
        member.id: manager.store_id,
        elsewhere.id: (await binding_of(elsewhere.id)).store_id,  # type: ignore[union-attr]
    }


async def test_a_member_nobody_looks_after_is_seen_by_head_office_only() -> None:
    guide, member = await a_member_of_staff(), await a_member()

    assert await seen_by(scope_of(guide)) == []
    assert await seen_by(head_office()) == [member.id]


@pytest.mark.parametrize("role", [Role.GUIDE, Role.STORE_MANAGER, Role.FRANCHISEE, Role.MEMBER])
async def test_a_scope_that_names_nobody_sees_nobody(role: Role) -> None:
    member = await a_member(guide=await a_member_of_staff())

    assert await seen_by(Scope(role)) == []
    assert await seen_by(head_office()) == [member.id]


async def test_when_a_guide_leaves_their_members_are_free() -> None:
    guide = await a_member_of_staff()
    member = await a_member(guide=guide)
    gone = StaffDraft(
        user_id=guide.user_id,
        name=guide.name,
        display_name=guide.display_name,
        role=guide.role,
        store_id=guide.store_id,
        franchisee_id=None,
        login=None,
        is_active=False,
    )
    await put_staff([gone])
    await tell_everyone()

    assert await binding_of(member.id) is None
    assert await seen_by(scope_of(guide)) == []
    assert await unbind_guide(guide_id=guide.id) == 0


async def test_members_come_in_pages_newest_first() -> None:
    members = [await a_member() for _ in range(5)]
    first = await find_members(head_office(), limit=2)
    second = await find_members(head_office(), limit=2, cursor=first.next_cursor)
    last = await find_members(head_office(), limit=2, cursor=second.next_cursor)

    shown = [view.id for page in (first, second, last) for view in page.members]
    assert shown == [member.id for member in reversed(members)]
    assert last.next_cursor is None


async def test_a_group_of_another_store_is_not_there() -> None:
    mine, other = await a_member_of_staff(), await a_member_of_staff()
    group, foreign = await a_group(mine), await a_group(other)

    assert [view.public_id for view in await groups_for(scope_of(mine))] == [group.public_id]
    with pytest.raises(GroupNotFound):
        await find_group(scope_of(mine), foreign.public_id)


async def test_a_group_is_kept_when_its_owner_is_ours_and_follows_its_name() -> None:
    guide = await a_member_of_staff()
    for name in ("", "静安店会员群"):
        kept = await mirror_group(chat_id="wr1", name=name, owner_user_id=guide.user_id)
        assert kept
    stranger = await mirror_group(chat_id="wr2", name="别人的群", owner_user_id="nobody")

    assert not stranger
    assert [view.name for view in await groups_for(head_office())] == ["静安店会员群"]
