"""Holds of a group: the book cannot tell them from holds made one by one."""

from datetime import timedelta

import pytest

from core import clock
from core.database import sql, use_case
from core.ledger import (
    Account,
    AccountKind,
    Cause,
    CauseReused,
    Entry,
    HoldRequest,
    InsufficientBalance,
    balance,
    capture,
    hold,
    hold_many,
    house,
    post,
    release,
)

pytestmark = pytest.mark.usefixtures("db")

SOON = clock.now() + timedelta(minutes=15)
EARLY, LATE = clock.now() + timedelta(days=30), clock.now() + timedelta(days=60)


def points(member: int) -> Account:
    return Account(AccountKind.POINTS, f"member:{member}")


def wanted(number: int, member: int, amount: int) -> HoldRequest:
    return HoldRequest(Cause("test.hold", f"o{number}"), points(member), amount, SOON)


@use_case
async def earn(member: int, amount: int, *, until: object = LATE) -> None:
    issued = house(AccountKind.POINTS_ISSUED)
    cause = Cause("test.earn", f"{member}:{amount}:{until}")
    await post(cause, [Entry(points(member), amount, until), Entry(issued, -amount)])  # type: ignore[arg-type]


held_together = use_case(hold_many)
held_alone = use_case(hold)


async def entries_of(member: int) -> list[tuple[object, ...]]:
    rows = await sql(
        "SELECT kind, amount, expires_at FROM core_ledger_entry AS e"
        " JOIN core_ledger_account AS a ON a.id = e.account_id"
        " WHERE owner = $1 ORDER BY kind, amount, expires_at",
        f"member:{member}",
    )
    return [tuple(row.values()) for row in rows]


async def test_a_group_writes_what_single_holds_write() -> None:
    for member in (1, 2):
        await earn(member, 70, until=EARLY)
        await earn(member, 100)
    assert await held_together([wanted(1, 1, 50), wanted(2, 1, 60)]) == {}
    for number, amount in ((3, 50), (4, 60)):
        await held_alone(Cause("test.hold", f"o{number}"), points(2), amount, SOON)

    assert await entries_of(1) == await entries_of(2)
    assert await balance(points(1)) == 60
    assert await balance(points(1).held) == 110


async def test_who_comes_first_is_served_and_who_is_short_takes_nothing() -> None:
    await earn(1, 100)
    await earn(2, 10)
    refused = await held_together(
        [wanted(1, 1, 60), wanted(2, 1, 60), wanted(3, 2, 10), wanted(4, 1, 40), wanted(5, 3, 1)]
    )

    assert {cause.key: type(error) for cause, error in refused.items()} == {
        "o2": InsufficientBalance,
        "o5": InsufficientBalance,
    }
    assert [await balance(points(member)) for member in (1, 2)] == [0, 0]


async def test_again_changes_nothing_and_another_amount_is_told() -> None:
    await earn(1, 100)
    for _ in range(2):
        assert await held_together([wanted(1, 1, 60)]) == {}
    [error] = (await held_together([wanted(1, 1, 50)])).values()

    assert isinstance(error, CauseReused)
    assert await balance(points(1)) == 40
    assert await held_together([]) == {}
    with pytest.raises(RuntimeError):
        await hold_many([wanted(1, 1, 1)])
    with pytest.raises(ValueError, match="cannot hold"):
        wanted(1, 1, 0)


async def test_holds_of_a_group_end_as_all_holds_do() -> None:
    await earn(1, 100)
    await held_together([wanted(1, 1, 60), wanted(2, 1, 40)])
    spent = [Entry(house(AccountKind.POINTS_ISSUED), 60)]
    await use_case(capture)(Cause("test.spend", "o1"), Cause("test.hold", "o1"), spent)
    await use_case(release)(Cause("test.free", "o2"), Cause("test.hold", "o2"))

    assert (await balance(points(1)), await balance(points(1).held)) == (40, 0)
    assert await sql("SELECT FROM core_ledger_hold WHERE state = 'held'") == []
