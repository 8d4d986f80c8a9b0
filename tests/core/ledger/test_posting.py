import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from core.database import use_case
from core.ledger import (
    Account,
    AccountKind,
    Cause,
    CauseReused,
    Entry,
    InsufficientBalance,
    Journal,
    Unbalanced,
    balance,
    balances,
    debts,
    find_journal,
    house,
    lots,
    post,
)
from tests.scenes.ledger import ISSUED, POINTS, SUMMER, give, spend

pytestmark = pytest.mark.usefixtures("db")


async def test_a_journal_moves_what_its_entries_say() -> None:
    journal = await give("A1", 399, {"order_no": "A1"})

    assert journal.is_new
    assert await balance(POINTS) == 399
    assert await balance(ISSUED) == -399
    assert await find_journal(Cause("test.given", "A1")) == journal


async def test_repeating_a_cause_returns_the_first_journal_and_changes_nothing() -> None:
    first = await give("A1", 399)
    again = await give("A1", 399)

    assert again == first
    assert not again.is_new
    assert await balance(POINTS) == 399


async def test_the_same_cause_with_other_amounts_is_refused() -> None:
    await give("A1", 399)

    with pytest.raises(CauseReused):
        await give("A1", 400)
    assert await balance(POINTS) == 399


async def test_entries_that_do_not_sum_to_zero_are_a_bug() -> None:
    with pytest.raises(Unbalanced):
        await post(Cause("test", "1"), [Entry(POINTS, 2), Entry(ISSUED, -1)])


async def test_units_are_balanced_one_by_one() -> None:
    money = house(AccountKind.SALES)
    with pytest.raises(Unbalanced):
        await post(Cause("test", "1"), [Entry(POINTS, 2), Entry(money, -2)])


async def test_posting_outside_a_use_case_is_refused() -> None:
    with pytest.raises(RuntimeError, match="outside a transaction"):
        await post(Cause("test", "1"), [Entry(POINTS, 2), Entry(ISSUED, -2)])


async def test_nobody_spends_more_than_there_is() -> None:
    await give("A1", 100)

    with pytest.raises(InsufficientBalance) as refusal:
        await spend("B1", 101)
    assert refusal.value.facts["balance"] == 100
    assert await balance(POINTS) == 100


async def test_a_refusal_leaves_the_rest_of_the_use_case_alone() -> None:
    @use_case
    async def try_to_spend() -> None:
        await give("A1", 10)
        with pytest.raises(InsufficientBalance):
            await spend("B1", 101)
        await give("A2", 5)

    await try_to_spend()

    assert await balance(POINTS) == 15


async def test_a_repeated_spend_is_known_even_when_nothing_is_left() -> None:
    await give("A1", 100)
    first = await spend("B1", 100)

    assert await spend("B1", 100) == first


async def test_ten_at_once_with_one_cause_are_one_journal() -> None:
    journals = await asyncio.gather(*[give("A1", 399) for _ in range(10)])

    assert sum(journal.is_new for journal in journals) == 1
    assert len({journal.id for journal in journals}) == 1
    assert await balance(POINTS) == 399


async def test_parallel_earnings_land_in_one_lot() -> None:
    await asyncio.gather(*[give(f"A{index}", 10) for index in range(20)])

    assert [(lot.expires_at, lot.remaining) for lot in await lots(POINTS)] == [(SUMMER, 200)]
    assert await balance(POINTS) == 200


async def test_parallel_payments_from_stored_value_never_pass_the_floor() -> None:
    card, issued = (
        Account(AccountKind.STORED_VALUE, "member:1"),
        house(AccountKind.STORED_VALUE_ISSUED),
    )

    @use_case
    async def change(key: str, fen: int) -> None:
        await post(Cause("test.changed", key), [Entry(card, fen), Entry(issued, -fen)])

    await change("top-up", 100)
    payments = [change(f"B{index}", -30) for index in range(10)]
    told = await asyncio.gather(*payments, return_exceptions=True)

    assert sum(isinstance(answer, InsufficientBalance) for answer in told) == 7
    assert await balances([card, issued]) == {card: 10, issued: -10}


async def test_parallel_spends_never_pass_the_floor() -> None:
    await give("A1", 100)
    spends = [spend(f"B{index}", 30) for index in range(10)]
    told = await asyncio.gather(*spends, return_exceptions=True)

    assert sum(isinstance(answer, InsufficientBalance) for answer in told) == 7
    assert await balance(POINTS) == 10


async def test_crossing_transfers_do_not_lose_a_fen() -> None:
    left, right = (Account(AccountKind.STORED_VALUE, f"member:{name}") for name in (1, 2))
    issued = house(AccountKind.STORED_VALUE_ISSUED)

    @use_case
    async def move(key: str, frm: Account, to: Account) -> None:
        await post(Cause("test.moved", key), [Entry(frm, -1), Entry(to, 1)])

    @use_case
    async def fill() -> None:
        entries = [Entry(left, 50), Entry(right, 50), Entry(issued, -100)]
        await post(Cause("test.filled", "1"), entries)

    await fill()
    moves = [move(f"L{index}", left, right) for index in range(20)]
    moves += [move(f"R{index}", right, left) for index in range(20)]
    await asyncio.gather(*moves)

    assert await balances([left, right, issued]) == {left: 50, right: 50, issued: -100}


async def test_a_kind_that_may_owe_shows_its_debt() -> None:
    guide, cost = Account(AccountKind.COMMISSION, "staff:3"), house(AccountKind.COMMISSION_COST)

    @use_case
    async def claw_back() -> None:
        await post(Cause("test.clawed", "1"), [Entry(guide, -500), Entry(cost, 500)])

    await claw_back()

    assert await debts(AccountKind.COMMISSION) == {guide: -500}


async def test_a_journal_of_nothing_still_settles_its_cause() -> None:
    await give("A1", 0)

    assert (await give("A1", 0)).entries == ()


async def test_the_moment_is_kept_to_the_microsecond() -> None:
    at = datetime(2026, 1, 2, 3, 4, 5, 678901, tzinfo=UTC) + timedelta(0)

    @use_case
    async def give_then() -> Journal:
        return await post(Cause("test", "1"), [Entry(POINTS, 1), Entry(ISSUED, -1)], at=at)

    await give_then()

    found = await find_journal(Cause("test", "1"))
    assert found is not None
    assert found.at == at
