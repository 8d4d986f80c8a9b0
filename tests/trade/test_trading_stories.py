"""Any story of orders, money, coupons, points and stock ends with books the auditor finds clean."""

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from tests.scenes.trading import (
    STEPS,
    UNITS,
    Step,
    a_trading_shop,
    act,
    all_findings,
    end_the_day,
    money_of_customers,
    money_owed_to_customers,
    pieces_left,
    pieces_sold,
)

pytestmark = pytest.mark.usefixtures("db")
A_STEP = st.tuples(st.sampled_from(STEPS), st.integers(0, 11), st.integers(0, 11))


def stories(number: int) -> settings:
    """A story takes a second, so a failing one is shown as it is, not made ever shorter."""
    return settings(
        max_examples=number,
        deadline=None,
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
    )


@stories(12)
@given(st.lists(A_STEP, min_size=15, max_size=45))
async def test_every_story_ends_with_clean_books(steps: list[Step]) -> None:
    await tell(steps)


@pytest.mark.long
@settings(stories(120), derandomize=False)
@given(st.lists(A_STEP, min_size=15, max_size=90))
async def test_hundreds_of_long_stories_end_with_clean_books(steps: list[Step]) -> None:
    await tell(steps)


async def tell(steps: list[Step]) -> None:
    shop = await a_trading_shop()
    for step in steps:
        await act(shop, step)
    await end_the_day(shop)

    assert await all_findings() == []
    left, sold = await pieces_left(shop), await pieces_sold(shop)
    assert {sku_id: left[sku_id] + sold[sku_id] for sku_id in shop.kit} == dict.fromkeys(
        shop.kit, UNITS
    )
    assert min(left.values()) >= 0
    assert await money_of_customers() == await money_owed_to_customers()
