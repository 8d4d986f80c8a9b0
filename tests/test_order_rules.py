import pytest
from hypothesis import given
from hypothesis import strategies as st

from trade.orders.errors import OrderCannotMove
from trade.orders.rules import MOVES, OrderState, move

ACTIONS = sorted({action for _, action in MOVES})


@given(st.lists(st.sampled_from(ACTIONS)))
def test_a_closed_order_stays_closed(actions: list[str]) -> None:
    for action in actions:
        with pytest.raises(OrderCannotMove):
            move(OrderState.CLOSED, action)


def test_every_state_can_be_reached() -> None:
    assert {OrderState.PLACED, *MOVES.values()} == set(OrderState)
