"""The auditor names every export that was tampered with, and nothing in a clean room."""

import pytest

from core.database import sql
from core.security.scope import Role
from crm.exports.service import approve_export
from crm.people.queries.leaving import seen_by
from tests.scene import tell_everyone
from tests.scenes.auditing import named_in, overlooked_of
from tests.scenes.exports import a_clerk, an_export, file_for, members_with_phones

pytestmark = pytest.mark.usefixtures("db")
CORRUPTIONS = {
    "exports.audit_log": [
        "DELETE FROM core_audit_log WHERE action = 'export.made'",
        (
            "UPDATE core_audit_log SET facts = jsonb_set(facts::jsonb, '{sha256}', '\"0\"')"
            " WHERE action = 'export.made'"
        ),
        (
            "INSERT INTO core_audit_log (actor, action, subject, facts)"
            " SELECT actor, action, subject, facts FROM core_audit_log WHERE action = 'export.made'"
        ),
        "UPDATE exports_export SET ready_at = NULL",
    ],
    "exports.lists": ["DELETE FROM exports_listed WHERE place = 0"],
    "exports.second_person": ["UPDATE exports_export SET seen_by = NULL"],
    "exports.pieces": ["UPDATE exports_export SET expires_at = now() - interval '2 hours'"],
}


async def test_a_clean_room_finds_nothing_and_every_corruption_is_named() -> None:
    await members_with_phones(2)
    office, colleague = await a_clerk(Role.HEAD_OFFICE), await a_clerk(Role.HEAD_OFFICE)
    whole = await an_export(office, is_whole=True)
    await approve_export(scope=colleague, public_id=whole)
    await tell_everyone()
    await file_for(office, await an_export(office, key="another"))

    assert await named_in({"exports"}) == set()
    assert await overlooked_of(CORRUPTIONS, {"exports"}) == []


async def test_who_was_joined_with_another_or_erased_is_in_no_list() -> None:
    here, merged, erased = await members_with_phones(3)
    await sql("UPDATE people_member SET merged_into_id = $1 WHERE id = $2", here.id, merged.id)
    await sql("UPDATE people_member SET erased_at = now() WHERE id = $1", erased.id)
    ids = [here.id, merged.id, erased.id]

    assert await seen_by(await a_clerk(), ids) == {here.id}
