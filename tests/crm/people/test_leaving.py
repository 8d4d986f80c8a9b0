"""A member sees, copies and corrects what is kept of them, and goes: nothing names them then."""

import json
from datetime import date, timedelta
from typing import Any

import pytest

from core import audit_log, clock
from core.belongings import erase
from core.database import sql, use_case
from core.ledger import Account, AccountKind, Cause, Entry, balance, house, post
from core.outbox import OutboxRow
from core.security.scope import Role, Scope
from core.security.sessions import open_session, scope_of
from crm.people.errors import GuardianNeeded, MemberNotFound, MoneyLeft, ReasonNeeded
from crm.people.models import Erasure, Identity, Member, RetentionRun, Touch
from crm.people.queries import (
    Gender,
    may_be_profiled,
    may_be_reached,
    members_born_on,
    profile_of,
)
from crm.people.rules import CONSENT_TEXTS, IdKind, Purpose
from crm.people.service import (
    Profile,
    ask_to_leave,
    copy_own_data,
    erase_member,
    erase_waiting,
    give_card,
    give_consent,
    run_retention,
    save_profile,
    withdraw_consent,
)
from tests.scene import tell_everyone
from tests.scenes.orders import a_payment, a_shelf, an_order, money_for, some_rates
from tests.scenes.people import a_member, head_office, with_open_id, with_phone
from tests.scenes.stores import a_member_of_staff
from tests.scenes.trading import all_findings
from trade.orders.queries import Delivery
from trade.orders.service import Consignee
from trade.payments.service import settle

pytestmark = pytest.mark.usefixtures("db")
PHONE, NAME, CARD, OPEN_ID = "13912345678", "欧阳静安", "CARD-77001", "oPlanted-5f3c"
ADDRESS = "上海市静安区南京西路 1515 号"
PLANTED = (PHONE, NAME, CARD, OPEN_ID, ADDRESS, "1988-02-29")
TABLES = """
SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename <> 'core_audit_log'
"""


def mine(member: Member) -> Scope:
    return Scope(Role.MEMBER, member_id=member.id)


async def everything() -> str:
    """All rows of the database as text."""
    told = []
    for row in await sql(TABLES):
        name = row["tablename"]
        told += [str(one) for one in await sql(f'SELECT to_jsonb(t)::text AS r FROM "{name}" t')]  # noqa: S608
    return "\n".join(told)


async def agree(member: Member, purpose: Purpose) -> None:
    version = CONSENT_TEXTS[purpose].version
    await give_consent(member_id=member.id, purpose=purpose, version=version, how="test")


async def somebody() -> Member:
    """With a phone, a card, an open id, a name, a birthday."""
    member = await with_phone(await a_member(guide=await a_member_of_staff()), PHONE)
    member = await with_open_id(member, "wx", OPEN_ID)
    await give_card(member_id=member.id, card_no=CARD, source="till")
    said = Profile(NAME, date(1988, 2, 29), Gender.FEMALE)
    await save_profile(member_id=member.id, profile=said)
    await agree(member, Purpose.MARKETING)
    return member


async def a_sale_to(member: Member) -> None:
    await some_rates()
    wanted = await a_shelf()
    order = await an_order(
        wanted,
        member_id=member.id,
        delivery=Delivery.EXPRESS,
        consignee=Consignee("欧阳静安", PHONE, ADDRESS),
    )
    await settle(await money_for(await a_payment(order)))
    await tell_everyone()
    await ended()


async def ended() -> None:
    """Every parcel arrived."""
    await sql("UPDATE orders_order SET state = 'done' WHERE state = 'paid'")


@use_case
async def a_purse(member: Member, amount: int) -> None:
    entries = [
        Entry(Account(AccountKind.STORED_VALUE, f"member:{member.id}"), amount),
        Entry(house(AccountKind.STORED_VALUE_ISSUED), -amount),
    ]
    await post(Cause("test.purse", str(amount)), entries)


async def test_what_a_member_tells_is_theirs_to_read_and_to_take_away() -> None:
    member = await somebody()
    view = await profile_of(member.id)
    assert (view.name, view.birthday, view.gender, view.card_no) == (
        NAME,
        date(1988, 2, 29),
        Gender.FEMALE,
        CARD,
    )
    assert await members_born_on(2, 29) == [member.id]

    gone = Profile(forgets=frozenset({"name", "birthday", "gender"}))
    await save_profile(member_id=member.id, profile=gone)
    left = await profile_of(member.id)
    assert (left.name, left.birthday, left.gender) == (None, None, None)


async def test_a_name_and_a_birthday_are_nowhere_in_the_database_as_text() -> None:
    _ = await somebody()
    kept = await everything()

    assert NAME not in kept
    assert "1988-02-29" not in kept
    assert PHONE not in kept


async def test_the_copy_holds_everything_in_plain_and_is_on_record() -> None:
    member = await somebody()
    await a_sale_to(member)
    copied = await copy_own_data(scope=mine(member))
    text = json.dumps(copied, ensure_ascii=False, default=str)

    assert [told for told in (PHONE, NAME, CARD, OPEN_ID, "1988-02-29") if told not in text] == []
    assert len(copied["orders_order"]) == 1
    assert "_index" not in text
    assert await audit_log.AuditRow.filter(action="people.copied").count() == 1


async def test_a_copy_holds_nothing_of_others() -> None:
    member, other = await somebody(), await with_phone(await a_member(), "13700137000")
    await a_sale_to(member)
    text = json.dumps(await copy_own_data(scope=mine(other)), default=str)

    assert [told for told in PLANTED if told in text] == []


async def test_after_leaving_nothing_planted_is_left_and_the_auditor_finds_nothing_new() -> None:
    member = await somebody()
    await a_sale_to(member)
    was = member.public_id
    token = await open_session(role=Role.MEMBER, member_id=member.id)
    before = await all_findings()  # the parcel was made to arrive by hand
    assert await ask_to_leave(member_id=member.id, actor=f"member:{member.id}")
    await tell_everyone()
    kept = await everything()

    assert [told for told in (*PLANTED, was) if told in kept] == []
    assert await scope_of(token) is None
    assert not await Identity.exists(member_id=member.id)
    assert await balance(Account(AccountKind.POINTS, f"member:{member.id}")) == 0
    assert [found for found in await all_findings() if found not in before] == []


async def test_the_books_keep_the_sale_under_a_number_that_leads_to_nobody() -> None:
    member = await somebody()
    await a_sale_to(member)
    await ask_to_leave(member_id=member.id, actor="member")
    [order] = await sql("SELECT member_id, paid_fen FROM orders_order")
    left = await Member.get(id=member.id)

    assert (order["member_id"], order["paid_fen"]) == (member.id, 39_900)
    assert (left.name_cipher, left.birth_month, left.gender) == (None, None, None)


async def test_leaving_twice_changes_nothing() -> None:
    member = await somebody()
    first = await ask_to_leave(member_id=member.id, actor="member")
    number = (await Member.get(id=member.id)).public_id
    again = await ask_to_leave(member_id=member.id, actor="member")

    assert (first, again) == (True, True)
    assert (await Member.get(id=member.id)).public_id == number
    assert await Erasure.all().count() == 1


async def test_who_left_may_come_again_as_somebody_new() -> None:
    member = await somebody()
    await ask_to_leave(member_id=member.id, actor="member")

    assert (await somebody()).id != member.id


async def test_money_on_the_account_is_not_thrown_away() -> None:
    member = await somebody()
    await a_purse(member, 500)
    with pytest.raises(MoneyLeft):
        await ask_to_leave(member_id=member.id, actor="member")

    assert await Identity.exists(member_id=member.id)
    assert not await Erasure.exists()


async def test_an_open_order_ends_first_and_then_it_happens_by_itself() -> None:
    member = await somebody()
    wanted = await a_shelf()

    await some_rates()
    order = await an_order(wanted, member_id=member.id)
    assert not await ask_to_leave(member_id=member.id, actor="member")
    await settle(await money_for(await a_payment(order)))
    await tell_everyone()
    assert await erase_waiting() == 0
    assert await Identity.exists(member_id=member.id)
    await ended()

    assert await erase_waiting() == 1
    assert (await Member.get(id=member.id)).erased_at is not None


async def test_our_people_erase_with_a_reason_only() -> None:
    member = await somebody()
    ask = {"scope": head_office(), "member_public_id": member.public_id}
    with pytest.raises(ReasonNeeded):
        await erase_member(**ask, reason=".")  # type: ignore[arg-type]
    with pytest.raises(MemberNotFound):
        await erase_member(
            scope=Scope(Role.STORE_MANAGER),
            member_public_id=member.public_id,
            reason="顾客来信要求",
        )

    assert await erase_member(**ask, reason="顾客来信要求")  # type: ignore[arg-type]


async def test_a_withdrawal_counts_at_the_next_question_and_is_news() -> None:
    member, other = await somebody(), await a_member()
    both = [member.id, other.id]
    assert await may_be_reached(both) == {member.id}
    await withdraw_consent(member_id=member.id, purpose="marketing")

    assert await may_be_reached(both) == set()
    await ask_to_leave(member_id=other.id, actor="member")
    assert await may_be_profiled(both) == {member.id}


async def test_the_ordinary_view_ends_profiling_and_giving_it_up_begins_it_again() -> None:
    member = await a_member()
    await agree(member, Purpose.ORDINARY_VIEW)
    assert await may_be_profiled([member.id]) == set()
    await withdraw_consent(member_id=member.id, purpose="ordinary_view")

    assert await may_be_profiled([member.id]) == {member.id}


async def test_a_child_needs_a_guardian_and_is_neither_profiled_nor_sold_to() -> None:
    child = await a_member()
    today = clock.shop_day(clock.now())
    born = Profile(birthday=today - timedelta(days=13 * 365))
    with pytest.raises(GuardianNeeded):
        await save_profile(member_id=child.id, profile=born)
    await agree(child, Purpose.GUARDIAN)
    await agree(child, Purpose.MARKETING)
    await save_profile(member_id=child.id, profile=born)

    assert await may_be_reached([child.id]) == set()
    assert await may_be_profiled([child.id]) == set()
    await save_profile(member_id=child.id, profile=Profile(forgets=frozenset({"birthday"})))
    assert await may_be_profiled([child.id]) == set()


async def test_without_the_guardian_the_child_is_let_go() -> None:
    child = await a_member()
    await agree(child, Purpose.GUARDIAN)
    day = clock.shop_day(clock.now()) - timedelta(days=10 * 365)
    await save_profile(member_id=child.id, profile=Profile(birthday=day))
    await withdraw_consent(member_id=child.id, purpose="guardian")
    await tell_everyone()

    assert await erase_waiting() == 1


async def test_retention_deletes_what_is_old_says_how_much_and_leaves_the_rest() -> None:
    member = await a_member()
    for days in (2_000, 10):
        at = clock.now() - timedelta(days=days)
        await Touch(member_id=member.id, store_id=1, at=at).save()
    counts = await run_retention()
    again = await run_retention()
    noted = await RetentionRun.get(table_name="people_touch")

    assert (counts["people_touch"], again["people_touch"]) == (1, 0)
    assert await Touch.all().count() == 1
    assert noted.rows == 1


async def test_what_is_kept_a_year_after_leaving_goes_when_the_year_is_over() -> None:
    member = await a_member()
    await Touch(member_id=member.id, store_id=1, at=clock.now()).save()
    await ask_to_leave(member_id=member.id, actor="member")
    assert await Touch.exists()
    past = clock.now() - timedelta(days=366)
    await Member.filter(id=member.id).update(erased_at=past)
    await run_retention()

    assert not await Touch.exists()


async def test_erasing_nobody_is_nothing() -> None:
    @use_case
    async def nobody() -> dict[str, int]:
        return await erase([987_654])

    assert await nobody() == {}
    with pytest.raises(MemberNotFound):
        await ask_to_leave(member_id=987_654, actor="member")


async def test_no_job_or_news_carries_what_names_somebody() -> None:
    _ = await somebody()
    told: list[Any] = [row.payload for row in await OutboxRow.all()]

    assert [planted for planted in PLANTED if planted in str(told)] == []
    assert IdKind.PHONE in {row.kind for row in await Identity.all()}
