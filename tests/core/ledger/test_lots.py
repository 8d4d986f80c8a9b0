from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core import clock
from core.ledger import Cause, Lot, balance, expire_lots, lots
from core.ledger.journals import Line
from core.ledger.lots import Lots, spread
from tests.scenes.ledger import ISSUED, POINTS, SPRING, SUMMER, give, set_aside, spend, take_back

EXPIRIES = st.sampled_from([SPRING, SUMMER, None])


@given(st.dictionaries(EXPIRIES, st.integers(0, 50)), st.integers(-200, 200).filter(bool), EXPIRIES)
def test_lots_follow_along_and_never_fall_below_zero(
    before: Lots, amount: int, expires_at: datetime | None
) -> None:
    after = {POINTS: dict(before)}
    parts = spread([Line(POINTS, amount, expires_at if amount > 0 else None)], after)

    assert sum(part.amount for part in parts) == amount
    assert sum(after[POINTS].values()) == sum(before.values()) + amount
    assert all(left >= 0 for expires_at, left in after[POINTS].items() if expires_at)
    assert is_spent_soonest_first(before, after[POINTS])


def is_spent_soonest_first(before: Lots, after: Lots) -> bool:
    order = [SPRING, SUMMER, None]
    touched = [at for at in order if after.get(at, 0) < before.get(at, 0)]
    return all(after.get(at, 0) == 0 for at in touched[:-1] if at)


@pytest.mark.usefixtures("db")
async def test_the_soonest_to_expire_is_spent_first() -> None:
    await give("A0", 5, expires_at=None)
    await give("A1", 60, expires_at=SUMMER)
    await give("A2", 60, expires_at=SPRING)
    await spend("B1", 90)

    assert await lots(POINTS) == [Lot(SUMMER, 30), Lot(None, 5)]


@pytest.mark.usefixtures("db")
async def test_expiry_takes_what_is_left_of_a_lot_and_nothing_earned_later() -> None:
    gone = clock.now() - timedelta(seconds=1)
    await give("A1", 60, expires_at=gone)
    await give("A2", 60, expires_at=SUMMER)
    await spend("B1", 20)
    due = await expire_lots()

    assert (due, await expire_lots()) == (1, 0)
    assert await lots(POINTS) == [Lot(SUMMER, 60)]
    assert await balance(ISSUED) == -60


@pytest.mark.usefixtures("db")
async def test_what_comes_back_after_its_time_goes_again() -> None:
    gone = clock.now() - timedelta(seconds=1)
    await give("A1", 60, expires_at=gone)
    await spend("B1", 50)
    await expire_lots()
    await take_back("R1", Cause("test.spent", "B1"), 1, 1)
    back = await balance(POINTS)
    await expire_lots()

    assert back == 50
    assert await balance(POINTS) == 0


@pytest.mark.usefixtures("db")
async def test_what_is_held_does_not_expire_under_the_buyer() -> None:
    await give("A1", 60, expires_at=clock.now() - timedelta(seconds=1))
    await set_aside("O1", 60)

    assert await expire_lots() == 0
    assert await balance(POINTS.held) == 60
