from collections.abc import Awaitable, Callable

import pytest

from core.security.scope import Role, Scope
from core.security.sessions import scope_of
from tests.scenes.stores import a_franchisee, a_member_of_staff, a_store
from trade.stores.errors import LoginRefused, LoginTaken, StaffNotFound
from trade.stores.models import Staff
from trade.stores.queries import scope_of_staff
from trade.stores.service import (
    StaffDraft,
    put_staff,
    set_password,
    sign_in_staff,
    sign_in_with_password,
)

pytestmark = pytest.mark.usefixtures("db")
PHRASE = "云淡风轻 2026"


def draft_of(staff: Staff, *, is_active: bool) -> StaffDraft:
    return StaffDraft(
        user_id=staff.user_id,
        name=staff.name,
        display_name=staff.display_name,
        role=staff.role,
        store_id=staff.store_id,
        franchisee_id=staff.franchisee_id,
        login=None,
        is_active=is_active,
    )


async def scope_for(role: Role) -> Scope:
    scope = await scope_of_staff((await a_member_of_staff(role)).id)
    assert scope
    return scope


@pytest.mark.parametrize("role", [Role.GUIDE, Role.STORE_MANAGER])
async def test_who_works_in_a_store_sees_that_store_only(role: Role) -> None:
    mine, other = await a_store(), await a_store()
    scope = await scope_of_staff((await a_member_of_staff(role, store=mine)).id)

    assert scope
    assert scope.store_ids == {mine.id}
    assert not scope.sees_store(other.id)


async def test_a_franchisee_sees_the_stores_of_that_company_only() -> None:
    ours, theirs = await a_franchisee(), await a_franchisee()
    first, second = await a_store(franchisee=ours), await a_store(franchisee=ours)
    foreign, direct = await a_store(franchisee=theirs), await a_store()
    staff = await a_member_of_staff(Role.FRANCHISEE, franchisee=ours)
    scope = await scope_of_staff(staff.id)

    assert scope
    assert scope.store_ids == {first.id, second.id}
    assert scope.franchisee_id == ours.id
    assert not scope.sees_store(foreign.id)
    assert not scope.sees_store(direct.id)


@pytest.mark.parametrize("role", [Role.MARKETER, Role.HEAD_OFFICE])
async def test_head_office_sees_every_store(role: Role) -> None:
    store = await a_store()

    assert (await scope_for(role)).sees_store(store.id)


async def test_a_franchisee_without_a_store_sees_none() -> None:
    _ = await a_store()
    staff = await a_member_of_staff(Role.FRANCHISEE, franchisee=await a_franchisee())
    scope = await scope_of_staff(staff.id)

    assert scope
    assert scope.store_ids == frozenset()
    assert not scope.sees_store(1)


async def test_a_stranger_and_a_leaver_have_no_scope() -> None:
    leaver = await a_member_of_staff(is_active=False)

    assert await scope_of_staff(leaver.id) is None
    assert await scope_of_staff(999_999) is None


async def test_who_leaves_is_logged_out_at_once() -> None:
    guide = await a_member_of_staff()
    token = (await sign_in_staff(guide.user_id)).token
    before = await scope_of(token)
    await put_staff([draft_of(guide, is_active=False)])

    assert before
    assert await scope_of(token) is None
    with pytest.raises(LoginRefused):
        await sign_in_staff(guide.user_id)


async def test_a_password_lets_its_owner_in() -> None:
    manager = await a_member_of_staff(Role.STORE_MANAGER)
    await set_password(user_id=manager.user_id, login="dianzhang", password=PHRASE)
    signed_in = await sign_in_with_password("dianzhang", PHRASE)

    assert (signed_in.staff_id, signed_in.role) == (manager.id, Role.STORE_MANAGER)


async def a_wrong_password() -> tuple[str, str]:
    staff = await a_member_of_staff()
    await set_password(user_id=staff.user_id, login="a", password=PHRASE)
    return "a", "wrong"


async def an_unknown_login() -> tuple[str, str]:
    return "nobody", PHRASE


async def a_login_without_password() -> tuple[str, str]:
    _ = await a_member_of_staff(login="b")
    return "b", ""


async def a_leaver() -> tuple[str, str]:
    staff = await a_member_of_staff()
    await set_password(user_id=staff.user_id, login="c", password=PHRASE)
    await Staff.filter(id=staff.id).update(is_active=False)
    return "c", PHRASE


@pytest.mark.parametrize(
    "scene", [a_wrong_password, an_unknown_login, a_login_without_password, a_leaver]
)
async def test_nobody_else_gets_in_and_all_hear_the_same(
    scene: Callable[[], Awaitable[tuple[str, str]]],
) -> None:
    login, password = await scene()

    with pytest.raises(LoginRefused):
        await sign_in_with_password(login, password)


async def test_a_login_belongs_to_one_person() -> None:
    first, second = await a_member_of_staff(), await a_member_of_staff()
    await set_password(user_id=first.user_id, login="same", password=PHRASE)

    with pytest.raises(LoginTaken):
        await set_password(user_id=second.user_id, login="same", password=PHRASE)
    with pytest.raises(StaffNotFound):
        await set_password(user_id="nobody", login="other", password=PHRASE)


async def test_the_password_is_kept_as_scrypt_and_never_as_text() -> None:
    staff = await a_member_of_staff()
    await set_password(user_id=staff.user_id, login="d", password=PHRASE)
    stored = (await Staff.get(id=staff.id)).password_hash

    assert stored
    assert stored.startswith("scrypt$16384$")
    assert PHRASE not in stored


async def test_putting_staff_again_keeps_the_login_somebody_chose() -> None:
    staff = await a_member_of_staff()
    await set_password(user_id=staff.user_id, login="mine", password=PHRASE)
    done = await put_staff([draft_of(staff, is_active=True)])

    assert (done.new, done.changed, done.same) == (0, 0, 1)
    assert (await Staff.get(id=staff.id)).login == "mine"
