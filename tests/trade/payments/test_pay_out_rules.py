"""Which part of a purse was bought, top-up by top-up."""

from hypothesis import given
from hypothesis import strategies as st

from trade.payments.rules import Bought, pay_out_parts


@given(
    st.integers(0, 10_000),
    st.lists(st.tuples(st.integers(1, 5_000), st.integers(0, 5_000), st.integers(0, 5_000))),
)
def test_no_top_up_gives_back_more_than_was_paid_or_than_lies_in_the_purse(
    balance_fen: int, top_ups: list[tuple[int, int, int]]
) -> None:
    bought = [Bought(paid, bonus, min(left, paid)) for paid, bonus, left in top_ups]
    parts, whole = pay_out_parts(balance_fen, bought)

    assert all(0 <= part <= one.left_fen for part, one in zip(parts, bought, strict=True))
    assert sum(parts) <= whole <= balance_fen


def test_the_oldest_value_is_spent_first_and_gifts_are_given_up_in_proportion() -> None:
    newest, older = Bought(10_000, 10_000, 10_000), Bought(10_000, 0, 10_000)

    assert pay_out_parts(20_000, [newest, older]) == ([10_000, 0], 20_000)
    assert pay_out_parts(25_000, [newest, older]) == ([10_000, 5_000], 25_000)
    assert pay_out_parts(15_001, [newest]) == ([7_501], 15_001)
    assert pay_out_parts(99, []) == ([], 0)
