import asyncio
from fractions import Fraction

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from core.database import use_case
from core.ledger import (
    Account,
    AccountKind,
    Cause,
    CauseReused,
    Entry,
    JournalNotFound,
    Lot,
    MirrorsTooMuch,
    NotMirrorable,
    balance,
    balances,
    debts,
    lots,
    mirror,
    post,
)
from core.ledger.mirroring import next_parts
from tests.scenes.ledger import (
    COMMISSION,
    COST,
    POINTS,
    SPRING,
    SUMMER,
    earn,
    give,
    set_aside,
    spend,
    take_back,
    use_held,
)


@given(
    st.lists(st.integers(0, 10**9), min_size=1, max_size=6),
    st.lists(st.integers(1, 10**6), min_size=1, max_size=8),
)
@example([1, 0, 6, 1], [1, 2, 2, 2, 1, 4])  # a part rounded up before is owed less than nothing
def test_parts_of_a_refund_add_up_and_never_drift(amounts: list[int], shares: list[int]) -> None:
    taken, whole = [0] * len(amounts), sum(shares)
    so_far = Fraction(0)
    for share in shares:
        so_far += Fraction(share, whole)
        parts = next_parts(amounts, taken, so_far)
        taken = [back + part for back, part in zip(taken, parts, strict=True)]

        assert min(parts) >= 0
        assert abs(sum(taken) - sum(amounts) * so_far) <= Fraction(1, 2)
        for amount, back in zip(amounts, taken, strict=True):
            assert back <= amount
            assert abs(back - amount * so_far) < 2
    assert taken == amounts


@pytest.mark.usefixtures("db")
async def test_part_refunds_take_back_the_whole_and_no_more() -> None:
    await earn("O1", 100)
    of = Cause("test.earned", "O1")
    left = []
    for part in range(3):
        await take_back(f"R{part}", of, 1, 3)
        left.append(await balance(COMMISSION))

    assert left == [67, 33, 0]
    assert await balance(COST) == 0
    with pytest.raises(MirrorsTooMuch):
        await take_back("R3", of, 1, 1_000_000)


@pytest.mark.usefixtures("db")
async def test_a_repeated_refund_is_one_refund() -> None:
    await earn("O1", 100)
    of = Cause("test.earned", "O1")
    first = await take_back("R1", of, 2, 3)

    assert await take_back("R1", of, 2, 3) == first
    with pytest.raises(CauseReused):
        await take_back("R1", of, 1, 3)
    assert await balance(COMMISSION) == 33


@pytest.mark.usefixtures("db")
async def test_refunds_at_once_never_exceed_the_sale() -> None:
    await earn("O1", 100)
    parts = [take_back(f"R{part}", Cause("test.earned", "O1"), 2, 5) for part in range(5)]
    told = await asyncio.gather(*parts, return_exceptions=True)

    assert sum(isinstance(answer, MirrorsTooMuch) for answer in told) == 3
    assert await balance(COMMISSION) == 20


@pytest.mark.usefixtures("db")
async def test_a_sale_of_several_accounts_is_taken_back_in_proportion() -> None:
    guide, other = (Account(AccountKind.COMMISSION, f"staff:{number}") for number in (1, 2))
    partner = Account(AccountKind.FRANCHISE_SHARE, "franchisee:2")

    @use_case
    async def sell() -> None:
        entries = [Entry(guide, 101), Entry(other, 50), Entry(partner, 8), Entry(COST, -159)]
        await post(Cause("test.sold", "O1"), entries)

    await sell()
    await take_back("R1", Cause("test.sold", "O1"), 1, 3)

    assert await balances([guide, other, partner, COST]) == {
        guide: 101 - 34,
        other: 50 - 17,
        partner: 8 - 2,
        COST: -159 + 53,
    }


@pytest.mark.usefixtures("db")
async def test_points_of_a_refund_come_out_of_the_lot_they_made() -> None:
    await give("A1", 100, expires_at=SPRING)
    await give("A2", 100, expires_at=SUMMER)
    await take_back("R1", Cause("test.given", "A2"), 1, 4)

    assert await lots(POINTS) == [Lot(SPRING, 100), Lot(SUMMER, 75)]


@pytest.mark.usefixtures("db")
async def test_points_already_spent_become_a_debt_that_the_next_earning_pays() -> None:
    await give("A1", 100)
    await spend("B1", 70)
    await take_back("R1", Cause("test.given", "A1"), 1, 1)
    owed = await debts(AccountKind.POINTS)
    await give("A2", 90)

    assert owed == {POINTS: -70}
    assert await lots(POINTS) == [Lot(SUMMER, 20)]
    assert await balance(POINTS) == 20


@pytest.mark.usefixtures("db")
async def test_a_refunded_spend_goes_back_to_the_lots_it_came_from() -> None:
    await give("A1", 60, expires_at=SPRING)
    await give("A2", 60, expires_at=SUMMER)
    await spend("B1", 90)
    await take_back("R1", Cause("test.spent", "B1"), 1, 3)
    half = await lots(POINTS)
    await take_back("R2", Cause("test.spent", "B1"), 2, 3)

    assert half == [Lot(SPRING, 20), Lot(SUMMER, 40)]
    assert await lots(POINTS) == [Lot(SPRING, 60), Lot(SUMMER, 60)]


@pytest.mark.usefixtures("db")
async def test_a_refunded_capture_goes_back_to_the_member() -> None:
    await give("A1", 60)
    await set_aside("O1", 50)
    await use_held("O1", 40)
    await take_back("R1", Cause("test.captured", "O1"), 1, 1)

    assert (await balance(POINTS), await balance(POINTS.held)) == (60, 0)


@pytest.mark.usefixtures("db")
async def test_what_cannot_be_mirrored_is_refused() -> None:
    await give("A1", 60)
    await set_aside("O1", 50)
    await take_back("R1", Cause("test.given", "A1"), 1, 1)

    with pytest.raises(NotMirrorable):
        await take_back("R2", Cause("test.held", "O1"), 1, 1)
    with pytest.raises(NotMirrorable):
        await take_back("R3", Cause("test.refunded", "R1"), 1, 1)
    with pytest.raises(JournalNotFound):
        await take_back("R4", Cause("test.given", "A9"), 1, 1)
    with pytest.raises(ValueError, match="not a share"):
        await mirror(Cause("test", "R5"), Cause("test.given", "A1"), 0, 1)
