"""The policy and the money of returns, without a database."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from trade.fulfilment.return_rules import (
    Asked,
    Condition,
    Disposition,
    MoneyWhen,
    RefundTo,
    ReturnRule,
    judge,
    may_become,
    rule_for,
    rule_of,
)
from trade.fulfilment.rules import CARRIERS, WorkPolicy, is_tracking_no
from trade.fulfilment.service.worth import share_fen

AT = datetime(2026, 11, 22, tzinfo=UTC)


@settings(deadline=None)
@given(st.integers(1, 40), st.integers(0, 10**7), st.sets(st.integers(0, 40)))
def test_all_parts_of_a_line_add_up_to_what_was_paid(
    pieces: int, paid: int, stops: set[int]
) -> None:
    steps = sorted({min(stop, pieces) for stop in stops} | {0, pieces})
    totals = [share_fen(paid, pieces, step) for step in steps]

    assert totals == sorted(totals)
    assert (totals[0], totals[-1]) == (0, paid)


def test_the_highest_rule_that_fits_decides() -> None:
    rules = [
        ReturnRule("all", 0),
        ReturnRule("live", 3, entrances=frozenset({"live"})),
        ReturnRule("sofas", 2, category_ids=frozenset({4})),
        ReturnRule("brand", 9, brand_ids=frozenset({7}), category_ids=frozenset({5})),
    ]

    chosen = [
        rule_for(Asked(1), rules).code,
        rule_for(Asked(1, category_ids=(1, 4), entrance="live"), rules).code,
        rule_for(Asked(1, category_ids=(1, 4), brand_id=7), rules).code,
        rule_for(Asked(1), []).code,
    ]

    assert chosen == ["all", "live", "sofas", "house.7days"]


@pytest.mark.parametrize(
    ("days_ago", "why", "to"),
    [(0, "", "origin"), (6, "", "origin"), (8, "", "credit"), (31, "too_late", "credit")],
)
def test_days_count_from_receipt_and_late_ones_get_credit(days_ago: int, why: str, to: str) -> None:
    rule = ReturnRule("late", days=30, origin_days=7)

    verdict = judge(Asked(1), [rule], since=AT - timedelta(days=days_ago), at=AT)

    assert (verdict.why, verdict.refund_to) == (why, RefundTo(to))
    assert judge(Asked(1), [rule], since=None, at=AT).until is None


def test_a_row_becomes_a_rule_and_a_word_it_does_not_know_is_refused() -> None:
    row = {"code": "a", "priority": 1, "data": {"sku_ids": [1, 2], "money": "before"}}

    rule = rule_of(row)

    assert (rule.sku_ids, rule.money) == (frozenset({1, 2}), MoneyWhen.BEFORE)
    with pytest.raises(TypeError):
        rule_of({"code": "a", "priority": 1, "data": {"dayz": 3}})
    with pytest.raises(TypeError):
        WorkPolicy.of({"dayz": 3})


def test_only_what_is_whole_is_sold_again() -> None:
    # spree#5928: not everything is resellable
    for condition in Condition:
        is_whole = condition in {Condition.INTACT, Condition.OPENED}
        assert may_become(condition, Disposition.RESTOCK) is is_whole
        assert may_become(condition, Disposition.TRANSFER) is is_whole
        assert may_become(condition, Disposition.SCRAP)


@pytest.mark.parametrize(
    ("carrier", "number", "fits"),
    [
        ("SF", "SF1234567890123", True),
        ("SF", "SF12", False),
        ("SF", "SF12345678901；", False),
        ("NOBODY", "SF1234567890123", False),
        ("EMS", "1234567890123", True),
    ],
)
def test_a_tracking_number_fits_its_carrier(carrier: str, number: str, fits: bool) -> None:  # noqa: FBT001
    assert is_tracking_no(carrier, number) is fits
    assert all(one.zh and one.en for one in CARRIERS.values())
