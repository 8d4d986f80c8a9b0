"""A phone number: encrypted, found again, masked, and whole only on record."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from core.audit_log import AuditRow
from core.database import sql
from core.security.scope import Role, Scope
from core.settings import Settings
from crm.people.errors import (
    BadPhone,
    MemberNotFound,
    PhoneCodeExpired,
    PhoneTaken,
    PhoneUnknown,
    ReasonNeeded,
)
from crm.people.models import Consent, Identity
from crm.people.queries import Purpose, find_members, get_member
from crm.people.service import reveal_phone, save_phone, withdraw_consent
from sandbox.world import World
from tests.scenes.people import (
    a_member,
    head_office,
    login_code,
    phone_code,
    played,
    scope_of,
    with_open_id,
)
from tests.scenes.stores import a_member_of_staff

pytestmark = pytest.mark.usefixtures("db")
PHONE = "13800138000"


@pytest.fixture
async def world(settings: Settings, secrets: dict[str, Any], db: None) -> AsyncIterator[World]:
    async with played(settings, secrets) as world:
        yield world


async def test_a_saved_phone_is_nowhere_in_the_database_as_digits(world: World) -> None:
    member = await a_member()
    masked = await save_phone(member_id=member.id, code=phone_code(world))
    [row] = await sql("SELECT row_to_json(m)::text AS all FROM people_member AS m")

    assert masked == "138****8000"
    assert PHONE not in row["all"]
    assert "8000" not in row["all"]


async def test_pressing_the_button_is_the_consent_and_is_recorded(world: World) -> None:
    member = await a_member()
    await save_phone(member_id=member.id, code=phone_code(world))

    assert (await Consent.get(member_id=member.id)).purpose is Purpose.PHONE


async def test_a_member_is_found_by_whole_number_and_by_its_end(world: World) -> None:
    first, second = await a_member(), await a_member()
    await save_phone(member_id=first.id, code=phone_code(world, "u1"))
    await save_phone(member_id=second.id, code=phone_code(world, "u2"))
    by_whole = await find_members(head_office(), digits=PHONE)
    by_end = await find_members(head_office(), digits="8000")

    assert [view.id for view in by_whole.members] == [first.id]
    assert {view.id for view in by_end.members} == {first.id, second.id}
    assert (await find_members(head_office(), digits="138%")).members == ()


async def test_a_login_code_is_no_phone_code(world: World) -> None:
    member = await a_member()
    with pytest.raises(PhoneCodeExpired):
        await save_phone(member_id=member.id, code=login_code(world))


async def test_a_phone_code_works_once(world: World) -> None:
    member, code = await a_member(), phone_code(world)
    await save_phone(member_id=member.id, code=code)
    with pytest.raises(PhoneCodeExpired):
        await save_phone(member_id=member.id, code=code)


async def test_a_phone_of_another_member_is_refused_and_changes_nothing(world: World) -> None:
    first, second = await with_open_id(await a_member(), "wx-app", "o-first"), await a_member()
    await save_phone(member_id=first.id, code=phone_code(world))
    with pytest.raises(PhoneTaken):
        await save_phone(member_id=second.id, code=phone_code(world))

    assert not await Identity.exists(member_id=second.id)
    assert not await Consent.exists(member_id=second.id)


async def test_the_same_phone_again_changes_nothing(world: World) -> None:
    member = await a_member()
    for _ in range(2):
        await save_phone(member_id=member.id, code=phone_code(world))

    assert await Consent.filter(member_id=member.id).count() == 1


async def test_a_foreign_number_is_refused(world: World) -> None:
    member = await a_member()
    with pytest.raises(BadPhone):
        await save_phone(member_id=member.id, code=phone_code(world, "u3"))


async def test_withdrawing_the_consent_erases_the_number(world: World) -> None:
    member = await a_member()
    await save_phone(member_id=member.id, code=phone_code(world))
    await withdraw_consent(member_id=member.id, purpose="phone")

    assert not await Identity.exists(member_id=member.id)
    assert (await find_members(head_office(), digits=PHONE)).members == ()


async def test_looking_at_a_whole_number_is_one_audit_row_with_a_reason(world: World) -> None:
    member = await a_member()
    await save_phone(member_id=member.id, code=phone_code(world))
    whole = await reveal_phone(
        scope=head_office(), member_public_id=member.public_id, reason="核对退货地址"
    )
    [row] = await AuditRow.all()

    assert whole == PHONE
    assert (row.action, row.subject) == ("people.phone_revealed", f"member:{member.id}")
    assert row.facts == {"reason": "核对退货地址"}


async def test_without_a_reason_there_is_no_number_and_no_row(world: World) -> None:
    member = await a_member()
    await save_phone(member_id=member.id, code=phone_code(world))
    with pytest.raises(ReasonNeeded):
        await reveal_phone(scope=head_office(), member_public_id=member.public_id, reason=" ")

    assert not await AuditRow.exists()


async def test_who_may_not_see_numbers_finds_no_member(world: World) -> None:
    guide = await a_member_of_staff()
    member = await a_member(guide=guide)
    for scope in (scope_of(guide), Scope(Role.MEMBER, member_id=member.id)):
        with pytest.raises(MemberNotFound):
            await reveal_phone(
                scope=scope, member_public_id=member.public_id, reason="核对退货地址"
            )


async def test_a_member_without_a_phone_has_none_to_show() -> None:
    member = await a_member()
    with pytest.raises(PhoneUnknown):
        await reveal_phone(
            scope=head_office(), member_public_id=member.public_id, reason="核对退货地址"
        )


async def test_a_member_sees_their_own_phone_masked(world: World) -> None:
    member = await a_member()
    await save_phone(member_id=member.id, code=phone_code(world))
    view = await get_member(Scope(Role.MEMBER, member_id=member.id))

    assert view.phone_masked == "138****8000"
