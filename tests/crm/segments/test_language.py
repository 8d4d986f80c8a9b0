"""Conditions as data: what is understood comes back as it was, the rest is refused by place."""

from collections.abc import Iterator
from typing import Any

import pytest

from core import clock
from crm.segments.errors import (
    BadCondition,
    BadValue,
    FactUnknown,
    OperatorUnknown,
    TooDeep,
    TooLarge,
)
from crm.segments.rules import Not, leaves, parse, segments_in, write
from tests.scenes.segments import World, said

HAS = {"trait": "test.balance", "is": "at_least", "value": 5}
DID = {"did": "test.bought"}


@pytest.fixture(autouse=True)
def facts() -> Iterator[None]:
    with said(World(clock.now(), (), {}, {}, (), ())):
        yield


@pytest.mark.parametrize(
    "data",
    [
        {"everyone": True},
        HAS,
        {"not": {"segment": "sleepers"}},
        {"all": [HAS, {"any": [{"trait": "test.tags", "is": "in", "value": ["a", "b"]}, HAS]}]},
        {"did": "test.bought", "count": {"is": "between", "value": [1, 3]}},
        {
            "did": "test.bought",
            "where": [{"attribute": "shop", "is": "in", "value": ["a"]}],
            "within_days": 90,
            "sum": {"of": "amount", "is": "more_than", "value": 100000},
        },
        {
            "did": "test.viewed",
            "since": "2026-01-01",
            "until": "2026-06-30",
            "days": {"is": "equals", "value": 0},
        },
        {
            "sequence": [{"did": "test.viewed", "within_days": 9}, {"did": "test.bought"}],
            "in_days": 7,
        },
    ],
)
def test_what_is_understood_comes_back_as_it_was(data: dict[str, Any]) -> None:
    assert write(parse(data)) == data
    assert parse(write(parse(data))) == parse(data)


def test_digits_of_a_form_are_numbers_and_a_bare_happening_means_once() -> None:
    assert parse(HAS | {"value": " 5 "}) == parse(HAS)
    assert write(parse(DID))["count"] == {"is": "at_least", "value": 1}


def test_each_leaf_is_asked_once_and_parts_are_known() -> None:
    found = parse({"all": [HAS, {"not": HAS}, {"segment": "vip"}]})

    assert len(leaves(found)) == 2
    assert segments_in(Not(found)) == ["vip"]


EVIL = "x') OR 1=1; DROP TABLE people_member; --"


@pytest.mark.parametrize(
    ("data", "refusal", "at"),
    [
        (None, BadCondition, ""),
        ([], BadCondition, ""),
        ({}, BadCondition, ""),
        ({"all": []}, BadCondition, "all"),
        ({"all": HAS}, BadCondition, "all"),
        ({"all": [HAS], "any": [HAS]}, BadCondition, "all"),
        ({"all": [{"all": [HAS, 7]}]}, BadCondition, "all.0.all.1"),
        ({"everyone": 1}, BadCondition, None),
        ({"trait": EVIL, "is": "at_least", "value": 1}, FactUnknown, "trait"),
        ({"trait": ["test.balance"], "is": "at_least"}, FactUnknown, "trait"),
        (HAS | {"is": EVIL}, OperatorUnknown, "trait.is"),
        (HAS | {"is": "contains"}, OperatorUnknown, "trait.is"),
        (HAS | {"value": EVIL}, BadValue, "trait.value"),
        (HAS | {"value": True}, BadValue, "trait.value"),
        (HAS | {"value": 1.5}, BadValue, "trait.value"),
        (HAS | {"value": 10**18}, BadValue, "trait.value"),
        (HAS | {"value": "9" * 5000}, BadValue, "trait.value"),
        (HAS | {"is": "between", "value": [5, 1]}, BadValue, "trait.value"),
        (HAS | {"also": 1}, BadCondition, "trait"),
        ({"trait": "test.tags", "is": "in", "value": []}, BadValue, "trait.value"),
        ({"trait": "test.tags", "is": "in", "value": ["a\x00b"]}, BadValue, "trait.value"),
        ({"trait": "test.tags", "is": "in", "value": ["\ud800"]}, BadValue, "trait.value"),
        ({"trait": "test.tags", "is": "in", "value": ["a"] * 201}, BadValue, "trait.value"),
        ({"trait": "test.tags", "is": "in", "value": "a"}, BadValue, "trait.value"),
        ({"did": EVIL}, FactUnknown, "did"),
        (DID | {"where": [{"attribute": EVIL, "is": "in"}]}, FactUnknown, "did.where.0"),
        (DID | {"where": {"attribute": "shop"}}, BadCondition, "did.where"),
        (DID | {"where": [{"attribute": "shop", "is": "in", "value": ["z"]}]}, BadValue, None),
        (DID | {"where": [{"attribute": "amount", "is": "known"}] * 9}, TooLarge, "did.where"),
        (DID | {"within_days": 0}, BadValue, "did.within_days"),
        (DID | {"within_days": 99999}, BadValue, "did.within_days"),
        (DID | {"within_days": 5, "since": "2026-01-01"}, BadCondition, "did.within_days"),
        (DID | {"since": "2026-13-01"}, BadValue, "did.since"),
        (DID | {"since": "2026-02-01", "until": "2026-01-01"}, BadCondition, "did.until"),
        (DID | {"sum": {"of": "shop", "is": "at_least", "value": 1}}, FactUnknown, "did.sum.of"),
        (DID | {"sum": {"of": EVIL, "is": "at_least", "value": 1}}, FactUnknown, "did.sum.of"),
        (DID | {"count": 5}, BadValue, "did.count"),
        (DID | {"count": {"is": "in", "value": 1}}, OperatorUnknown, "did.count.is"),
        (
            DID | {"count": {"is": "equals", "value": 1}, "days": {"is": "equals", "value": 1}},
            BadCondition,
            "did",
        ),
        ({"sequence": [DID], "in_days": 3}, BadCondition, "sequence"),
        ({"sequence": [DID, DID]}, BadValue, "sequence.in_days"),
        ({"sequence": [DID, {"trait": "test.balance"}], "in_days": 3}, BadCondition, "sequence.1"),
        ({"segment": 5}, BadValue, "segment"),
        ({"all": [HAS] * 41}, TooLarge, "all"),
    ],
)
def test_what_is_not_understood_is_refused_where_it_stands(
    data: object, refusal: type[BadCondition], at: str | None
) -> None:
    with pytest.raises(refusal) as refused:
        parse(data)

    assert at is None or refused.value.facts["at"] == at


def test_a_condition_as_deep_as_a_well_is_refused_and_does_no_harm() -> None:
    deep: dict[str, Any] = HAS
    for _ in range(900):
        deep = {"not": deep}

    with pytest.raises(TooDeep):
        parse(deep)


def test_too_many_different_parts_are_refused() -> None:
    many = [HAS | {"value": n} for n in range(30)]

    with pytest.raises(TooLarge):
        parse({"all": [{"any": many}, {"any": [HAS | {"value": n + 30} for n in range(30)]}]})
