"""Exports: asked for with a purpose, made by a job, masked, taken once, gone in time (S27, P6)."""

import hashlib
from datetime import timedelta
from functools import partial

import pytest

from core import clock
from core.audience import traits
from core.audit_log import AuditRow
from core.database import sql
from core.errors import DomainError
from core.security.scope import Role
from core.settings import current
from crm.exports.errors import (
    BadExpiry,
    ColumnsNeeded,
    ColumnUnknown,
    ExportUnknown,
    FileGone,
    FileUnreadable,
    NoContactForAnalysis,
    NotInThisState,
    ReasonNeeded,
    ReceiverNeeded,
    TagNeeded,
    TooManyOpen,
    WholeNotAllowed,
)
from crm.exports.models import Export, Listed, Piece
from crm.exports.queries import Format, Use, columns_for, export_view
from crm.exports.service import cancel_export, expire_exports, take_file, want_export, write_file
from crm.people.queries import Purpose
from crm.people.service import bind_guide, give_consent, record_contract
from crm.segments.errors import BadCondition
from tests.core.test_sheets import sheet_of
from tests.scene import tell_everyone
from tests.scenes.exports import (
    a_clerk,
    an_export,
    an_order,
    file_for,
    members_with_phones,
    rows_of,
    scope_for,
    state_of,
)
from tests.scenes.full_shop import a_full_shop
from tests.scenes.people import a_member
from tests.scenes.stores import a_franchisee, a_member_of_staff, a_store
from tests.scenes.tags import a_tag

pytestmark = pytest.mark.usefixtures("db")


async def made_rows(public_id: str) -> list[AuditRow]:
    return await AuditRow.filter(action="export.made", subject=f"export:{public_id}")


async def test_a_list_is_masked_marked_and_has_one_audit_row_with_its_hash() -> None:
    members, clerk = await members_with_phones(3), await a_clerk()
    public_id = await an_export(clerk)
    data = await file_for(clerk, public_id)
    header, *rows = rows_of(data)
    view = await export_view(clerk, public_id)

    assert header == ["会员编号", "手机号", "入会时间", "导出编号"]
    assert [row[0] for row in rows] == [member.public_id for member in members]
    assert [row[1] for row in rows] == ["138****0000", "138****0001", "138****0002"]
    assert {row[-1] for row in rows} == {view.watermark}
    [told] = await made_rows(public_id)
    assert told.facts["sha256"] == hashlib.sha256(data).hexdigest() == view.sha256
    assert (told.facts["reason"], told.facts["rows"]) == ("核对售后地址", 3)
    assert "1380013" not in str(told.facts)


async def test_a_workbook_holds_the_same_rows() -> None:
    await members_with_phones(2)
    clerk = await a_clerk()
    sheet = sheet_of(await file_for(clerk, await an_export(clerk, format=Format.XLSX)))

    texts = [node.text for node in sheet.iter() if node.tag.endswith("}t")]
    assert [text for text in texts if text and "****" in text] == ["138****0000", "138****0001"]


async def test_a_file_is_taken_once_and_only_by_who_asked() -> None:
    clerk, other = await a_clerk(), await a_clerk()
    public_id = await an_export(clerk)

    with pytest.raises(ExportUnknown):
        await take_file(scope=other, public_id=public_id)
    assert await file_for(clerk, public_id)
    with pytest.raises(FileGone):
        await take_file(scope=clerk, public_id=public_id)


@pytest.mark.parametrize(
    ("wrong", "refusal"),
    [
        ({"reason": "ok"}, ReasonNeeded),
        ({"receiver": " "}, ReceiverNeeded),
        ({"keep_days": 0}, BadExpiry),
        ({"keep_days": 31}, BadExpiry),
        ({"columns": ()}, ColumnsNeeded),
        ({"columns": ("people.nothing",)}, ColumnUnknown),
        ({"use": Use.ANALYSIS}, NoContactForAnalysis),
        ({"is_whole": True}, WholeNotAllowed),
        ({"format": Format.TAG}, TagNeeded),
        ({"condition": {"trait": "x"}}, BadCondition),
    ],
)
async def test_what_is_missing_or_not_allowed_is_refused(
    wrong: dict[str, object], refusal: type[DomainError]
) -> None:
    clerk = await a_clerk()

    with pytest.raises(refusal):
        await want_export(scope=clerk, order=an_order(**wrong), key="k")
    assert await Export.all().count() == 0


async def test_the_same_form_twice_is_one_export_and_five_may_be_open() -> None:
    clerk = await a_clerk()
    asked = [await want_export(scope=clerk, order=an_order(), key=f"k{n // 2}") for n in range(10)]

    assert len(set(asked)) == 5
    with pytest.raises(TooManyOpen):
        await want_export(scope=clerk, order=an_order(), key="one more")


async def test_a_franchisee_takes_who_agreed_of_their_stores_and_no_phone() -> None:
    owner = await a_franchisee()
    store = await a_store(franchisee=owner)
    guide = await a_member_of_staff(store=store)
    agreed, silent, _ = await members_with_phones(3)
    for member in (agreed, silent):
        await bind_guide(member_id=member.id, guide_id=guide.id, store_id=store.id)
    await give_consent(
        member_id=agreed.id, purpose=Purpose.FRANCHISEE, version="franchisee-2026-01", how="test"
    )
    scope = await scope_for(await a_member_of_staff(Role.FRANCHISEE, franchisee=owner))

    with pytest.raises(ColumnUnknown):
        await an_export(scope)
    for not_shared in ("people.joined", "points.balance", "orders.total", "behaviour.last_seen"):
        with pytest.raises(ColumnUnknown):
            await an_export(scope, columns=(not_shared,))
    rows = rows_of(await file_for(scope, await an_export(scope, columns=("tiers.tier",))))
    assert [row[0] for row in rows[1:]] == [agreed.public_id]


async def test_a_joint_contract_lets_more_leave_and_its_end_empties_what_is_still_asked() -> None:
    owner = await a_franchisee()
    store = await a_store(franchisee=owner)
    guide = await a_member_of_staff(store=store)
    [member] = await members_with_phones(1)
    await bind_guide(member_id=member.id, guide_id=guide.id, store_id=store.id)
    await give_consent(
        member_id=member.id, purpose=Purpose.FRANCHISEE, version="franchisee-2026-01", how="test"
    )
    office = await scope_for(await a_member_of_staff(Role.HEAD_OFFICE))
    contract = partial(record_contract, scope=office, store_code=store.code, contract_no="2026-7")
    await contract(handling="joint")
    scope = await scope_for(await a_member_of_staff(Role.FRANCHISEE, franchisee=owner))
    wanted = an_order(columns=("people.joined",))
    public_id = await want_export(scope=scope, order=wanted, key="before")
    await contract(handling="provided")
    await tell_everyone()

    header, row = rows_of(await file_for(scope, public_id))
    assert header[1] == traits["people.joined"].zh
    assert row[1] == ""


async def test_a_list_to_reach_people_holds_only_who_agreed_and_says_how_many_it_left_out() -> None:
    agreed, silent = await members_with_phones(2)
    await give_consent(
        member_id=agreed.id, purpose=Purpose.MARKETING, version="marketing-2026-01", how="test"
    )
    clerk = await a_clerk()
    public_id = await an_export(clerk, use=Use.CONTACT)
    view = await export_view(clerk, public_id)
    rows = rows_of(await file_for(clerk, public_id))

    assert [row[0] for row in rows[1:]] == [agreed.public_id]
    assert (view.members, view.left_out) == (1, 1)
    assert silent.public_id not in str(rows)


async def test_an_account_that_left_meanwhile_gets_no_list() -> None:
    staff = await a_member_of_staff(Role.MARKETER)
    clerk = await scope_for(staff)
    public_id = await want_export(scope=clerk, order=an_order(), key="k")
    staff.is_active = False
    await staff.save()
    await tell_everyone()

    assert await state_of(clerk, public_id) == "failed"
    assert await made_rows(public_id) == []


async def test_a_list_longer_than_a_file_may_be_fails_with_words() -> None:
    await members_with_phones(3)
    clerk = await a_clerk()
    object.__setattr__(current(), "export_rows_most", 2)
    public_id = await an_export(clerk)
    view = await export_view(clerk, public_id)

    assert (view.state, await Listed.all().count()) == ("failed", 0)
    assert "上限" in view.why


async def test_cancelling_deletes_what_was_written_and_nothing_is_told() -> None:
    clerk = await a_clerk()
    public_id = await an_export(clerk)
    await cancel_export(scope=clerk, public_id=public_id)

    assert await Piece.all().count() == 0
    with pytest.raises(FileGone):
        await take_file(scope=clerk, public_id=public_id)
    with pytest.raises(NotInThisState):
        await cancel_export(scope=clerk, public_id=public_id)
    with pytest.raises(ExportUnknown):
        await cancel_export(scope=await a_clerk(), public_id=public_id)


async def test_a_cancelled_export_is_not_written_on() -> None:
    await members_with_phones(1)
    clerk = await a_clerk()
    public_id = await an_export(clerk)
    row = await Export.get(public_id=public_id)
    await Piece.all().delete()
    await Export.filter(id=row.id).update(state="cancelled", rows_done=0)
    await write_file(row.id)

    assert await Piece.all().count() == 0


async def test_expired_files_are_deleted() -> None:
    clerk = await a_clerk()
    public_id = await an_export(clerk)
    await Export.all().update(expires_at=clock.now() - timedelta(seconds=1))
    await expire_exports()

    assert (await state_of(clerk, public_id), await Piece.all().count()) == ("expired", 0)
    assert len(await made_rows(public_id)) == 1


async def test_a_piece_that_was_carried_elsewhere_is_not_opened() -> None:
    await members_with_phones(1)
    clerk = await a_clerk()
    public_id = await an_export(clerk)
    await sql("UPDATE exports_piece SET no = no + 10")

    with pytest.raises(FileUnreadable):
        await file_for(clerk, public_id)


async def test_a_list_can_leave_as_a_tag_once_for_each_member() -> None:
    members, clerk = await members_with_phones(2), await a_clerk()
    tag = await a_tag()
    public_id = await an_export(clerk, format=Format.TAG, tag_id=tag.id, columns=())

    marked = await sql("SELECT member_id FROM tags_mark ORDER BY member_id")
    assert [row["member_id"] for row in marked] == [member.id for member in members]
    assert await state_of(clerk, public_id) == "done"
    assert len(await made_rows(public_id)) == 1


async def test_somebody_without_a_value_has_an_empty_cell() -> None:
    _ = await a_member()
    clerk = await a_clerk()
    rows = rows_of(await file_for(clerk, await an_export(clerk)))

    assert rows[1][1] == ""


@pytest.mark.parametrize("kind", [Format.CSV, Format.XLSX])
async def test_every_column_of_every_room_can_leave(kind: Format) -> None:
    """In a shop where members bought, returned, hold coupons and belong to guides."""
    shop = await a_full_shop()
    scope = await scope_for(await a_member_of_staff(Role.HEAD_OFFICE))
    columns = columns_for(Role.HEAD_OFFICE, traits)
    public_id = await an_export(scope, key="all", format=kind, columns=tuple(columns))

    data = await file_for(scope, public_id)
    assert not any(text in data.decode(errors="ignore") for text in shop.planted.values())
    if kind is Format.CSV:
        header, *rows = rows_of(data)
        assert len(header) == len(columns) + 2
        assert {len(row) for row in rows} == {len(header)}
        assert all(any(row[n] for row in rows) for n, name in enumerate(header) if name == "手机号")
