"""Which rule means which goods: special before general, later before earlier, and only in time."""

from dataclasses import dataclass
from datetime import date

import pytest

from invoicing.errors import PatternWrong
from invoicing.rules.matching import Route, best, check_pattern, entity_for

DAY = date(2026, 5, 1)
HERE, THERE = 7, 8
OWN, FOOD, STORE, COMPANY = 1, 2, 3, 4


@dataclass(frozen=True, slots=True)
class Thing:
    goods_no: str = "TEA-01"
    tax_code: str = "1030299990000000000"
    name: str = "明前龙井"


def a_route(
    entity: int | None = FOOD,
    pattern: str = "",
    *,
    store_id: int | None = None,
    since: date = date(2020, 1, 1),
    until: date | None = None,
    number: int = 1,
) -> Route:
    return Route(number, store_id, pattern, since, until, entity)


def sent_to(*routes: Route, own: int | None = OWN, store_id: int = HERE) -> int | None:
    return entity_for(routes, Thing(), store_id=store_id, day=DAY, own=own)


@pytest.mark.parametrize("pattern", ["code:TEA-*", "tax:10302*", "name:*龙井", "code:TEA-0?"])
def test_goods_are_meant_by_code_tax_code_or_name(pattern: str) -> None:
    assert sent_to(a_route(FOOD, pattern)) == FOOD
    assert sent_to(a_route(FOOD, pattern.replace("TEA", "TOY") + "x")) == OWN


def test_goods_go_before_stores_and_stores_before_the_company() -> None:
    company, store = a_route(COMPANY), a_route(STORE, store_id=HERE)
    goods = a_route(FOOD, "code:TEA-*")

    assert sent_to(company, store, goods) == FOOD
    assert sent_to(company, store) == STORE
    assert sent_to(company, store, store_id=THERE) == OWN
    assert sent_to(company, own=None) == COMPANY
    assert sent_to(own=None) is None


def test_the_longer_pattern_and_the_later_rule_win() -> None:
    wide, narrow = a_route(FOOD, "code:*"), a_route(STORE, "code:TEA-*")
    newer = a_route(COMPANY, "code:TEA-*", since=date(2026, 1, 1), number=9)

    assert sent_to(wide, narrow) == STORE
    assert sent_to(wide, narrow, newer) == COMPANY


def test_a_rule_counts_from_its_first_day_to_its_last() -> None:
    assert sent_to(a_route(FOOD, since=DAY, store_id=HERE, until=DAY)) == FOOD
    assert sent_to(a_route(FOOD, since=date(2026, 5, 2), store_id=HERE)) == OWN
    assert sent_to(a_route(FOOD, until=date(2026, 4, 30), store_id=HERE)) == OWN


def test_goods_that_nobody_invoices_here_are_said() -> None:
    assert sent_to(a_route(None, "name:*龙井")) is None


def test_no_rule_is_no_answer() -> None:
    assert best([], Thing(), store_id=HERE, day=DAY) is None


@pytest.mark.parametrize("pattern", ["TEA-*", "colour:red", "code:", ":x"])
def test_a_pattern_says_which_field_it_means(pattern: str) -> None:
    with pytest.raises(PatternWrong):
        check_pattern(pattern)
