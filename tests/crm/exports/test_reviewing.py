"""The second person: long lists and whole values leave only when somebody else let them (S27)."""

import pytest

from core.database import sql
from core.security.scope import Role
from core.settings import current
from crm.exports.errors import ExportUnknown, NotInThisState, OwnExport, ReasonNeeded
from crm.exports.models import Piece
from crm.exports.queries import export_view
from crm.exports.service import approve_export, recall_member, refuse_export
from tests.scene import tell_everyone
from tests.scenes.exports import (
    a_clerk,
    an_export,
    file_for,
    members_with_phones,
    rows_of,
    state_of,
)
from tests.scenes.people import a_member

pytestmark = pytest.mark.usefixtures("db")


async def test_a_whole_list_waits_for_another_one_of_head_office() -> None:
    await members_with_phones(1)
    office, colleague, marketer = [
        await a_clerk(role) for role in (Role.HEAD_OFFICE, Role.HEAD_OFFICE, Role.MARKETER)
    ]
    public_id = await an_export(office, is_whole=True)

    assert (await state_of(office, public_id), await Piece.all().count()) == ("waiting", 0)
    with pytest.raises(OwnExport):
        await approve_export(scope=office, public_id=public_id)
    with pytest.raises(ExportUnknown):
        await approve_export(scope=marketer, public_id=public_id)
    await approve_export(scope=colleague, public_id=public_id)
    await tell_everyone()
    rows = rows_of(await file_for(office, public_id))
    assert rows[1][1] == "'13800130000"  # a long number stays text
    with pytest.raises(NotInThisState):
        await approve_export(scope=colleague, public_id=public_id)


async def test_a_list_above_the_cap_waits_and_what_was_seen_is_what_leaves() -> None:
    members = await members_with_phones(2)
    object.__setattr__(current(), "export_rows_alone", 1)
    marketer, office = await a_clerk(), await a_clerk(Role.HEAD_OFFICE)
    public_id = await an_export(marketer)
    _ = await a_member()  # joined after the list was made
    assert await state_of(marketer, public_id) == "waiting"
    await approve_export(scope=office, public_id=public_id)
    await tell_everyone()

    rows = rows_of(await file_for(marketer, public_id))
    assert [row[0] for row in rows[1:]] == [member.public_id for member in members]
    assert (await export_view(marketer, public_id)).seen_by == office.staff_id


async def test_a_refused_list_says_why_and_is_never_written() -> None:
    office, colleague = await a_clerk(Role.HEAD_OFFICE), await a_clerk(Role.HEAD_OFFICE)
    public_id = await an_export(office, is_whole=True)
    with pytest.raises(ReasonNeeded):
        await refuse_export(scope=colleague, public_id=public_id, reason=" ")
    await refuse_export(scope=colleague, public_id=public_id, reason="用途不清楚")
    await tell_everyone()

    view = await export_view(office, public_id)
    assert (view.state, view.why, await Piece.all().count()) == ("refused", "用途不清楚", 0)


async def test_the_database_itself_takes_no_approval_of_ones_own() -> None:
    office = await a_clerk(Role.HEAD_OFFICE)
    await an_export(office, is_whole=True)

    with pytest.raises(Exception, match="exports_export_second_check"):
        await sql("UPDATE exports_export SET seen_by = asked_by")


@pytest.mark.parametrize("whole", [True, False])
async def test_when_a_member_is_erased_every_file_with_them_goes(*, whole: bool) -> None:
    [member, _] = await members_with_phones(2)
    office = await a_clerk(Role.HEAD_OFFICE)
    public_id = await an_export(office, is_whole=whole)
    assert await recall_member(member.id) == 1
    assert await recall_member(member.id) == 0

    assert (await state_of(office, public_id), await Piece.all().count()) == ("expired", 0)
