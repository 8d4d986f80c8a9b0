"""Stores of other companies: what their contract shares of members, and members who left (P12)."""

import httpx2
import pytest

from core.audit_log import AuditRow
from core.database import sql
from core.security.scope import Role, Scope
from crm.people.errors import CompanyNotFound, MemberNotFound, NoContractNeeded
from crm.people.models import Binding, Member
from crm.people.queries import (
    MemberView,
    Shared,
    binding_of,
    find_members,
    handlers_of,
    member_view,
    terms_of,
)
from crm.people.rules import Purpose
from crm.people.service import (
    bind_guide,
    come_back,
    give_consent,
    leave_company,
    merge_members,
    record_contract,
    undo_merge,
)
from tests.scene import signed_in_member
from tests.scenes.console import csrf_of, enter
from tests.scenes.people import a_member, head_office, scope_of, with_phone
from tests.scenes.stores import a_franchisee, a_member_of_staff, a_store
from trade.stores.models import Franchisee, Staff, Store
from trade.stores.queries import scope_of_staff

pytestmark = pytest.mark.usefixtures("db")


class Branch:
    """A company with one store: its guide, its manager, and its own seat."""

    owner: Franchisee
    store: Store
    guide: Staff
    manager: Scope
    seat: Scope


async def a_branch() -> Branch:
    found = Branch()
    found.owner = await a_franchisee()
    found.store = await a_store(franchisee=found.owner)
    found.guide = await a_member_of_staff(store=found.store)
    found.manager = scope_of(await a_member_of_staff(Role.STORE_MANAGER, store=found.store))
    seat = await a_member_of_staff(Role.FRANCHISEE, franchisee=found.owner)
    scope = await scope_of_staff(seat.id)
    assert scope is not None
    found.seat = scope
    return found


async def a_customer(branch: Branch) -> Member:
    return await with_phone(await a_member(guide=branch.guide))


async def agrees(member: Member) -> None:
    version = "franchisee-2026-01"
    await give_consent(member_id=member.id, purpose=Purpose.FRANCHISEE, version=version, how="test")


def myself(member: Member) -> Scope:
    return Scope(Role.MEMBER, member_id=member.id)


async def seen(scope: Scope) -> list[MemberView]:
    return list((await find_members(scope)).members)


async def under(branch: Branch, handling: str) -> None:
    await record_contract(
        scope=head_office(), store_code=branch.store.code, handling=handling, contract_no="HT-1"
    )


async def test_a_contract_says_what_a_store_and_its_company_see() -> None:
    branch = await a_branch()
    member = await a_customer(branch)
    told: dict[str, tuple[bool, bool]] = {}
    for handling in ("entrusted", "joint", "provided"):
        await under(branch, handling)
        views = await seen(branch.manager)
        told[handling] = (bool(views), bool(views and views[0].phone_masked))
    assert await seen(branch.seat) == []  # nobody agreed yet
    await agrees(member)
    [by_store], [by_company] = await seen(branch.manager), await seen(branch.seat)

    assert told == {
        "entrusted": (True, True),
        "joint": (True, False),
        "provided": (False, False),
    }
    assert by_store == by_company
    hidden = (by_store.points, by_store.phone_masked, by_store.guide_id, by_store.joined_at)
    assert (by_store.tier, hidden) == ("standard", (None,) * 4)


async def test_a_company_itself_sees_no_phone_whatever_its_contract() -> None:
    branch = await a_branch()
    await agrees(await a_customer(branch))
    for handling in ("entrusted", "joint"):
        await under(branch, handling)
        [view] = await seen(branch.seat)
        assert (view.points, view.phone_masked) == (0, None)


async def test_without_a_contract_a_store_acts_for_us_and_its_company_is_somebody_else() -> None:
    branch = await a_branch()

    assert (await terms_of(branch.manager)).shared == frozenset(Shared)
    assert (await terms_of(branch.seat)).shared == {Shared.TIER, Shared.PURCHASES}
    assert (await terms_of(head_office())).shared == frozenset(Shared)


@pytest.mark.parametrize(
    ("code", "handling", "number"),
    [("own", "joint", "HT-1"), ("none", "joint", "HT-1"), ("", "own", "HT-1"), ("", "joint", " ")],
)
async def test_a_contract_needs_a_store_of_others_a_role_and_a_number(
    code: str, handling: str, number: str
) -> None:
    branch, own = await a_branch(), await a_store()
    chosen = {"own": own.code, "none": "S-0", "": branch.store.code}[code]

    with pytest.raises(NoContractNeeded):
        await record_contract(
            scope=head_office(), store_code=chosen, handling=handling, contract_no=number
        )


async def test_a_member_who_leaves_one_company_is_cut_there_and_nowhere_else() -> None:
    branch, other = await a_branch(), await a_branch()
    member = await a_customer(branch)
    await agrees(member)
    await Member.filter(id=member.id).update(home_store_id=branch.store.id)
    assert [view.id for view in await seen(branch.seat)] == [member.id]
    done = [await leave_company(scope=myself(member), company=branch.owner.code) for _ in range(2)]

    assert done == [True, False]
    for scope in (branch.seat, branch.manager, scope_of(branch.guide)):
        assert await seen(scope) == []
        with pytest.raises(MemberNotFound):
            await member_view(scope, member.public_id)
    assert await binding_of(member.id) is None
    assert [view.id for view in await seen(head_office())] == [member.id]
    await bind_guide(member_id=member.id, guide_id=other.guide.id, store_id=other.store.id)
    assert [view.id for view in await seen(other.seat)] == [member.id]
    assert await AuditRow.filter(action="people.parted").count() == 1


async def test_who_left_is_bound_there_again_only_after_coming_back() -> None:
    branch = await a_branch()
    member = await a_member()
    await leave_company(scope=myself(member), company=branch.owner.code)
    binding = {"member_id": member.id, "guide_id": branch.guide.id, "store_id": branch.store.id}
    with pytest.raises(MemberNotFound):
        await bind_guide(**binding)
    back = [await come_back(scope=myself(member), company=branch.owner.code) for _ in range(2)]
    await bind_guide(**binding)

    assert back == [True, False]
    assert [view.id for view in await seen(branch.manager)] == [member.id]


async def test_a_stray_row_of_that_store_does_not_bring_the_member_back() -> None:
    """The cut is in every question, not only in the rows that were ended."""
    branch = await a_branch()
    member = await a_customer(branch)
    await leave_company(scope=myself(member), company=branch.owner.code)
    await Binding.filter(member_id=member.id).update(unbound_at=None)
    await Member.filter(id=member.id).update(home_store_id=branch.store.id)

    assert await seen(branch.manager) == await seen(scope_of(branch.guide)) == []


async def test_a_parting_goes_with_a_merge_and_comes_back_with_its_undoing() -> None:
    branch = await a_branch()
    kept, gone = await a_member(), await a_member()
    await leave_company(scope=myself(gone), company=branch.owner.code)
    office = head_office()
    merge = await merge_members(
        scope=office,
        one_public_id=kept.public_id,
        other_public_id=gone.public_id,
        reason="同一位顾客",
    )
    joined = [view.parted_at is not None for view in await handlers_of(kept.id)]
    await undo_merge(scope=office, merge_public_id=merge, reason="弄错了人")

    assert joined == [True]
    assert await handlers_of(kept.id) == []
    assert [view.code for view in await handlers_of(gone.id)] == [branch.owner.code]


async def test_an_unknown_company_is_refused() -> None:
    member = await a_member()
    for leave in (leave_company, come_back):
        with pytest.raises(CompanyNotFound):
            await leave(scope=myself(member), company="nobody")


async def test_a_member_leaves_and_comes_back_by_phone(client: httpx2.AsyncClient) -> None:
    branch = await a_branch()
    member = await a_customer(branch)
    me = await signed_in_member(member.id)
    path = f"/api/v1/me/companies/{branch.owner.code}/parting"
    before = (await client.get("/api/v1/me/companies", headers=me)).json()["companies"]
    left = (await client.put(path, headers=me)).json()["companies"]
    back = (await client.delete(path, headers=me)).json()["companies"]

    assert [(one["role"], "phone" in one["sees"]) for one in before] == [("entrusted", True)]
    assert [(one["sees"], one["partedAt"] is None) for one in left] == [([], False)]
    assert back == []


async def test_a_franchisee_opens_only_the_tabs_of_what_is_shared(
    client: httpx2.AsyncClient,
) -> None:
    branch = await a_branch()
    member = await a_customer(branch)
    await agrees(member)
    await enter(client, await Staff.get(id=branch.seat.staff_id))
    page = await client.get(f"/console/members/{member.public_id}?tab=journey")

    assert page.status_code == 200
    assert [name for name in ("tiers", "journey", "tags") if f"?tab={name}" in page.text] == [
        "tiers"
    ]


async def test_head_office_records_a_contract_on_the_page(client: httpx2.AsyncClient) -> None:
    branch = await a_branch()
    await enter(client, await a_member_of_staff(Role.HEAD_OFFICE))
    page = await client.get("/console/privacy/stores")
    fields = {"csrf": csrf_of(page), "store": branch.store.code, "handling": "joint"}
    refused = await client.post("/console/privacy/stores", data={**fields, "contract_no": ""})
    done = await client.post("/console/privacy/stores", data={**fields, "contract_no": "HT-7"})
    after = await client.get("/console/privacy/stores")

    assert (refused.status_code, done.status_code) == (422, 303)
    assert "HT-7" in after.text
    [row] = await sql("SELECT handling, recorded_by FROM people_store_contract")
    assert row["handling"] == "joint"
