import asyncio

import pytest

from core.database import use_case
from core.ledger import (
    Cause,
    CauseReused,
    HoldEnded,
    HoldNotFound,
    InsufficientBalance,
    Lot,
    MoreThanHeld,
    balance,
    balances,
    expire_holds,
    hold,
    live_holds,
    lots,
)
from tests.scenes.ledger import (
    COMMISSION,
    ISSUED,
    POINTS,
    SPRING,
    SUMMER,
    earn,
    give,
    give_back,
    set_aside,
    spend,
    use_held,
)

pytestmark = pytest.mark.usefixtures("db")


async def test_what_is_held_cannot_be_spent() -> None:
    await give("A1", 100)
    await set_aside("O1", 80)

    with pytest.raises(InsufficientBalance):
        await spend("B1", 21)
    assert (await balance(POINTS), await balance(POINTS.held)) == (20, 80)
    assert [(held.cause.key, held.amount) for held in await live_holds(POINTS)] == [("O1", 80)]


async def test_holding_twice_is_holding_once() -> None:
    await give("A1", 100)
    first = await set_aside("O1", 80)

    assert await set_aside("O1", 80) == first
    assert await balance(POINTS) == 20


async def test_a_capture_uses_what_was_held_once() -> None:
    await give("A1", 100)
    await set_aside("O1", 80)
    first = await use_held("O1", 80)

    assert await use_held("O1", 80) == first
    assert await balances([POINTS, POINTS.held, ISSUED]) == {
        POINTS: 20,
        POINTS.held: 0,
        ISSUED: -20,
    }
    assert await live_holds(POINTS) == []


async def test_what_a_capture_leaves_goes_back() -> None:
    await give("A1", 100)
    await set_aside("O1", 80)
    await use_held("O1", 50)

    assert (await balance(POINTS), await balance(POINTS.held)) == (50, 0)


async def test_a_capture_of_more_than_was_held_is_refused_and_the_hold_lives() -> None:
    await give("A1", 100)
    await set_aside("O1", 80)

    with pytest.raises(MoreThanHeld):
        await use_held("O1", 81)
    assert len(await live_holds(POINTS)) == 1


async def test_a_release_puts_every_unit_back_into_its_lot() -> None:
    await give("A1", 100, expires_at=SUMMER)
    await give("A2", 30, expires_at=SPRING)
    await set_aside("O1", 20)
    await set_aside("O2", 40)
    while_held = await lots(POINTS)
    await give_back("O2")

    assert while_held == [Lot(SUMMER, 70)]
    assert await lots(POINTS) == [Lot(SPRING, 10), Lot(SUMMER, 100)]


async def test_a_hold_ends_once() -> None:
    await give("A1", 100)
    await set_aside("O1", 80)
    await give_back("O1")

    with pytest.raises(HoldEnded):
        await use_held("O1", 80)
    assert await balance(POINTS) == 100


async def test_one_cause_cannot_end_two_holds() -> None:
    await give("A1", 100)
    await set_aside("O1", 40)
    await set_aside("O2", 40)
    await use_held("O1", 40)

    with pytest.raises(CauseReused):
        await use_held("O2", 40, by="O1")
    with pytest.raises(HoldNotFound):
        await use_held("O3", 40)
    assert await balance(POINTS.held) == 40


async def test_capture_and_release_at_once_have_one_winner() -> None:
    await give("A1", 100)
    await set_aside("O1", 80)
    ends = [use_held("O1", 80), give_back("O1"), use_held("O1", 80), give_back("O1", by="X")]
    told = await asyncio.gather(*ends, return_exceptions=True)

    assert any(isinstance(answer, HoldEnded) for answer in told)
    assert await balance(POINTS.held) == 0
    assert await balance(POINTS) in {20, 100}


async def test_a_hold_past_its_end_goes_back_by_itself() -> None:
    await give("A1", 100)
    await set_aside("O1", 80, for_s=-1)
    await set_aside("O2", 10)

    due = await asyncio.gather(expire_holds(), expire_holds())

    assert max(due) == 1
    assert await expire_holds() == 0
    assert (await balance(POINTS), await balance(POINTS.held)) == (90, 10)
    with pytest.raises(HoldEnded):
        await use_held("O1", 80)


async def test_a_kind_that_may_owe_is_held_only_when_covered() -> None:
    await earn("A1", 100)

    @use_case
    async def pay_out(amount: int) -> None:
        await hold(Cause("test.payout", str(amount)), COMMISSION, amount, SUMMER)

    with pytest.raises(InsufficientBalance):
        await pay_out(101)
    await pay_out(100)
    assert await balance(COMMISSION) == 0
