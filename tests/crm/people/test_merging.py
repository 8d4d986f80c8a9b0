"""Two members are one person, and maybe two after all: ids, rows, balances, and the auditor."""

import asyncio
import contextlib
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core import clock
from core.audit_log import AuditRow
from core.belongings import MovedRow
from core.database import use_case
from core.errors import DomainError
from core.ledger import Account, AccountKind, Cause, Entry, balance, hold, house, lots, post
from core.security.scope import Role, Scope
from core.security.sessions import open_session, scope_of
from crm.people import identities
from crm.people.errors import (
    MemberNotFound,
    MergeCovered,
    MergeNotFound,
    MergeSpent,
    MergeWaits,
    ReasonNeeded,
    SamePerson,
)
from crm.people.models import Binding, Consent, Identity, Member, Merge
from crm.people.queries import IdKind, find_members, get_member, member_known_as
from crm.people.rules import CONSENT_TEXTS, Purpose
from crm.people.service import (
    give_consent,
    merge_members,
    sweep,
    undo_merge,
    withdraw_consent,
)
from tests.scene import tell_everyone
from tests.scenes.people import a_member, head_office, with_open_id, with_phone
from tests.scenes.people import scope_of as staff_scope
from tests.scenes.stores import a_member_of_staff
from tests.scenes.trading import STEPS, a_trading_shop, act, all_findings, end_the_day

pytestmark = pytest.mark.usefixtures("db")
WHY = "顾客到店核实"


def purse(member: Member, kind: AccountKind = AccountKind.POINTS) -> Account:
    return Account(kind, f"member:{member.id}")


@use_case
async def given_units(
    member: Member, amount: int, key: str, kind: AccountKind = AccountKind.POINTS, days: int = 0
) -> None:
    expires = clock.now() + timedelta(days=days) if days else None
    issued = {AccountKind.POINTS: AccountKind.POINTS_ISSUED}.get(
        kind, AccountKind.STORED_VALUE_ISSUED
    )
    entries = [Entry(purse(member, kind), amount, expires), Entry(house(issued), -amount)]
    await post(Cause("test.given", key), entries)


async def merged(one: Member, other: Member) -> str:
    return await merge_members(
        scope=head_office(),
        one_public_id=one.public_id,
        other_public_id=other.public_id,
        reason=WHY,
    )


async def undone(merge: str) -> None:
    await undo_merge(scope=head_office(), merge_public_id=merge, reason=WHY)


async def test_who_comes_by_wechat_stays_and_has_what_the_card_had() -> None:
    card = await with_phone(await a_member(guide=await a_member_of_staff()))
    online = await with_open_id(await a_member(), "wx", "o-1")
    await given_units(card, 300, "old", days=30)
    await merged(card, online)

    assert (await Member.get(id=card.id)).merged_into_id == online.id
    assert await member_known_as("13800138000") == online.id
    assert await balance(purse(online)) == 300
    assert [lot.expires_at is not None for lot in await lots(purse(online))] == [True]
    assert await Binding.exists(member_id=online.id, unbound_at=None)
    assert (await get_member(Scope(Role.MEMBER, member_id=online.id))).joined_at == card.joined_at


async def test_the_one_who_is_gone_is_found_by_nobody_and_logged_out() -> None:
    one, other = await a_member(), await a_member()
    token = await open_session(role=Role.MEMBER, member_id=other.id)
    await merged(one, other)

    assert [view.id for view in (await find_members(head_office())).members] == [one.id]
    assert await scope_of(token) is None


async def test_an_undone_merge_leaves_both_as_they_were() -> None:
    card, online = (
        await with_phone(await a_member()),
        await with_open_id(await a_member(), "wx", "o-1"),
    )
    await given_units(card, 300, "old", days=30)
    await given_units(online, 50, "new")
    merge = await merged(card, online)
    await undone(merge)

    assert (await balance(purse(card)), await balance(purse(online))) == (300, 50)
    assert await member_known_as("13800138000") == card.id
    assert (await Member.get(id=card.id)).merged_into_id is None
    assert await MovedRow.filter(back_at=None).count() == 0
    assert await all_findings() == []


async def test_points_spent_after_a_merge_are_a_visible_debt_once_it_is_undone() -> None:
    card, online = await a_member(), await with_open_id(await a_member(), "wx", "o-1")
    await given_units(card, 300, "old")
    merge = await merged(card, online)
    await given_units(online, -250, "spent")
    await undone(merge)

    assert (await balance(purse(card)), await balance(purse(online))) == (300, -250)
    assert await all_findings() == []


async def test_a_debt_goes_along_and_is_paid_by_what_the_other_has() -> None:
    card, online = await a_member(), await with_open_id(await a_member(), "wx", "o-1")
    await given_units(card, 100, "first")
    merge = await merged(card, online)
    await given_units(online, -100, "spent")
    await undone(merge)  # online owes 100 now
    await merged(card, online)

    assert await balance(purse(online)) == 0
    assert await all_findings() == []


async def test_money_that_is_spent_keeps_a_merge_from_being_undone() -> None:
    card, online = await a_member(), await with_open_id(await a_member(), "wx", "o-1")
    await given_units(card, 300, "old", AccountKind.STORED_VALUE)
    merge = await merged(card, online)
    await given_units(online, -1, "spent", AccountKind.STORED_VALUE)
    with pytest.raises(MergeSpent):
        await undone(merge)

    assert (await Merge.get(public_id=merge)).undone_at is None


async def test_nobody_is_joined_while_points_are_set_aside() -> None:
    one, other = await a_member(), await a_member()
    await given_units(one, 300, "old")

    @use_case
    async def set_aside() -> None:
        until = clock.now() + timedelta(minutes=15)
        await hold(Cause("test.held", "1"), purse(one), 100, until)

    await set_aside()
    with pytest.raises(MergeWaits):
        await merged(one, other)
    with pytest.raises(MergeWaits):
        await merged(other, one)


async def test_a_no_said_by_the_person_is_not_overruled_by_an_old_yes() -> None:
    card, online = await a_member(), await with_open_id(await a_member(), "wx", "o-1")
    version = CONSENT_TEXTS[Purpose.MARKETING].version
    for member in (card, online):
        await give_consent(member_id=member.id, purpose="marketing", version=version, how="test")
    await withdraw_consent(member_id=online.id, purpose="marketing")
    await merged(card, online)

    assert not await Consent.exists(member_id=online.id, withdrawn_at=None)


async def test_two_merges_at_once_are_one() -> None:
    one, other = await a_member(), await a_member()
    done = await asyncio.gather(*[merged(one, other) for _ in range(4)], return_exceptions=True)

    assert sum(isinstance(each, str) for each in done) == 1
    assert all(isinstance(each, (str, MemberNotFound)) for each in done)
    assert await Merge.all().count() == 1


async def test_crossed_merges_end_in_one_member() -> None:
    one, two, three = await a_member(), await a_member(), await a_member()
    done = await asyncio.gather(
        merged(one, two), merged(two, three), merged(three, one), return_exceptions=True
    )
    left = await Member.filter(merged_into_id=None).count()

    assert all(isinstance(each, (str, DomainError)) for each in done)
    assert left == 3 - await Merge.all().count()


async def test_merges_are_undone_newest_first() -> None:
    one, two, three = await a_member(), await a_member(), await a_member()
    await given_units(three, 10, "three")
    first, second = await merged(two, three), await merged(one, two)
    with pytest.raises(MergeCovered):
        await undone(first)
    await undone(second)
    await undone(first)

    assert await balance(purse(three)) == 10
    with pytest.raises(MergeNotFound):
        await undone(first)


@pytest.mark.parametrize("reason", ["", "  ", "no", "…"])
async def test_a_merge_without_words_is_refused(reason: str) -> None:
    one, other = await a_member(), await a_member()
    ids = {"one_public_id": one.public_id, "other_public_id": other.public_id}
    with pytest.raises(ReasonNeeded):
        await merge_members(scope=head_office(), **ids, reason=reason)


async def test_only_head_office_and_marketers_join_members() -> None:
    one, other = await a_member(), await a_member()
    ids = {"one_public_id": one.public_id, "other_public_id": other.public_id}
    with pytest.raises(MemberNotFound):
        await merge_members(scope=staff_scope(await a_member_of_staff()), **ids, reason=WHY)
    with pytest.raises(MemberNotFound):
        await merge_members(
            scope=head_office(),
            one_public_id=one.public_id,
            other_public_id="mem_nobody",
            reason=WHY,
        )
    with pytest.raises(SamePerson):
        await merged(one, one)


async def test_who_joined_whom_and_why_is_on_record() -> None:
    one, other = await a_member(), await a_member()
    await undone(await merged(one, other))
    told = await AuditRow.filter(action__startswith="people.merge").order_by("id")

    assert [(row.action, row.facts["reason"]) for row in told] == [
        ("people.merged", WHY),
        ("people.merge_undone", WHY),
    ]


async def test_an_id_of_both_moves_once_and_history_stays() -> None:
    one, other = await a_member(), await a_member()
    await identities.add(other.id, IdKind.TILL_CARD, "C-1001", source="test")
    await identities.end(other.id, [IdKind.TILL_CARD], why="lost")
    await identities.add(other.id, IdKind.TILL_CARD, "C-1002", source="test")
    await merged(one, other)

    assert await Identity.filter(member_id=one.id).count() == 2
    assert await member_known_as("c-1002") == one.id
    assert await member_known_as("c-1001") is None


NUMBERS = st.integers(0, 11)


@given(
    before=st.lists(st.tuples(st.sampled_from(STEPS), NUMBERS, NUMBERS), min_size=8, max_size=14),
    between=st.lists(st.tuples(st.sampled_from(STEPS), NUMBERS, NUMBERS), max_size=6),
)
@settings(
    max_examples=2, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None
)
async def test_any_history_may_be_merged_and_undone_with_the_books_intact(
    before: list[tuple[str, int, int]], between: list[tuple[str, int, int]]
) -> None:
    """Earn, spend, refund and expire before, between and after; no auditor finds anything."""
    shop, at = await a_trading_shop(), clock.now()
    await Member.bulk_create(
        [Member(id=number, joined_at=at) for number in (7, 8, 9)], ignore_conflicts=True
    )
    kept, gone = await Member.get(id=7), await Member.get(id=8)
    for step in before:
        await act(shop, step)
    await end_the_day(shop)
    merge = await merged(kept, gone)
    for step in between:
        await act(shop, step)
    await end_the_day(shop)
    await sweep()
    while_one = await all_findings()
    with contextlib.suppress(MergeSpent):
        await undone(merge)
    await tell_everyone()

    assert while_one == []
    assert await all_findings() == []
