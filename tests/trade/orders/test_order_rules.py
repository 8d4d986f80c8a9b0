import pytest
from hypothesis import given
from hypothesis import strategies as st

from trade.orders.errors import BadLines, OrderCannotMove
from trade.orders.rules import MOVES, OrderState, fingerprint, merge_lines, move, road

ACTIONS = sorted({action for _, action in MOVES})


@given(st.lists(st.sampled_from([action for action in ACTIONS if action != "revive"])))
def test_a_closed_order_stays_closed_unless_late_money_revives_it(actions: list[str]) -> None:
    for action in actions:
        with pytest.raises(OrderCannotMove):
            move(OrderState.CLOSED, action)

    assert move(OrderState.CLOSED, "revive") is OrderState.PAID


def test_every_state_can_be_reached() -> None:
    assert {OrderState.PLACED, *MOVES.values()} == set(OrderState)


@pytest.mark.parametrize("action", ACTIONS)
def test_each_action_has_one_road(action: str) -> None:
    before, after = road(action)

    assert move(before, action) is after


def test_two_lines_of_one_sku_become_one() -> None:
    assert merge_lines([(9, 1), (7, 2), (9, 3)]) == {7: 2, 9: 4}


@pytest.mark.parametrize(
    "lines",
    [[], [(7, 0)], [(7, -1)], [(7, 1000)], [(7, 999), (7, 1)], [(n, 1) for n in range(1, 52)]],
)
def test_bad_lines_are_refused(lines: list[tuple[int, int]]) -> None:
    with pytest.raises(BadLines):
        merge_lines(lines)


def test_the_fingerprint_tells_contents_apart_and_not_their_spelling() -> None:
    assert fingerprint({"a": 1, "b": [2]}) == fingerprint({"b": [2], "a": 1})
    assert fingerprint({"a": 1}) != fingerprint({"a": "1"})
