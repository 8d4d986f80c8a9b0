"""Which sheet comes next, and how texts and contacts are cut for WeChat."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trade.fulfilment.shipping_info.rules import (
    BACKOFF_MIN,
    MOST_DESC,
    MOST_PARCELS,
    SPLIT,
    UNIFIED,
    Goods,
    Logistics,
    Parcel,
    advice_for,
    describe,
    mask_phone,
    next_sheet,
)


def parcels(count: int) -> tuple[Parcel, ...]:
    return tuple(Parcel("ZTO", f"73100000{index:04}") for index in range(count))


@given(count=st.integers(1, 45), steps=st.lists(st.integers(1, 12), max_size=8))
def test_all_parcels_are_told_once_and_the_last_sheet_says_so(count: int, steps: list[int]) -> None:
    """Whatever becomes known in whatever pieces."""
    sent: list[str] = []
    known, is_finished = 0, False
    for step in [*steps, count]:
        known = min(count, known + step)
        goods = Goods(Logistics.EXPRESS, known == count, "大衣", parcels(known))
        while not is_finished and (sheet := next_sheet(goods, sent)) is not None:
            assert 1 <= len(sheet.parcels) <= MOST_PARCELS
            assert sheet.mode == SPLIT or len(sheet.parcels) == 1
            sent += [one.name for one in sheet.parcels]
            is_finished = sheet.is_last

    assert sent == [parcel.name for parcel in parcels(count)]
    assert is_finished


def test_a_late_end_repeats_the_last_parcel_alone() -> None:
    goods = Goods(Logistics.EXPRESS, is_all=True, desc="大衣", parcels=parcels(2))
    sheet = next_sheet(goods, [one.name for one in parcels(2)])

    assert sheet is not None
    assert (sheet.mode, sheet.is_all, sheet.parcels) == (SPLIT, True, parcels(2)[1:])


@pytest.mark.parametrize("kind", [Logistics.CITY, Logistics.VIRTUAL, Logistics.PICKUP])
def test_only_express_is_split(kind: Logistics) -> None:
    assert next_sheet(Goods(kind, is_all=False, desc="大衣"), ()) is None
    sheet = next_sheet(Goods(kind, is_all=True, desc="大衣"), ())

    assert sheet is not None
    assert (sheet.mode, sheet.parcels, sheet.is_last) == (UNIFIED, (), True)


@given(titles=st.lists(st.tuples(st.text(max_size=80), st.integers(1, 999)), max_size=20))
def test_a_description_is_never_empty_and_never_too_long(titles: list[tuple[str, int]]) -> None:
    assert 1 <= len(describe(titles)) <= MOST_DESC


@pytest.mark.parametrize(
    ("phone", "shown"),
    [
        ("13800138000", "138****8000"),
        ("021-60000000", "021****0000"),
        ("+852 9123 4567", "852****4567"),
        ("60000000", "****0000"),
    ],
)
def test_the_middle_of_a_phone_is_hidden(phone: str, shown: str) -> None:
    assert mask_phone(phone) == shown


def test_every_refusal_has_advice() -> None:
    assert advice_for(None) == advice_for(99) != advice_for(10060004)
    assert list(BACKOFF_MIN) == sorted(BACKOFF_MIN)
