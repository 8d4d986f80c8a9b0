from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.clock import SHOP_ZONE
from trade.stores.hours import Hours, Opening, hours_of, opening_at, read_week

DAY = ((600, 1320),)


def at(day: int, hour: int, minute: int = 0) -> datetime:
    """A moment in the week of Monday, 16 November 2026, by the shop's clock."""
    return datetime(2026, 11, day, hour, minute, tzinfo=SHOP_ZONE).astimezone(UTC)


def open_until(moment: datetime | None) -> Opening:
    return Opening(is_open=True, changes_at=moment)


def shut_until(moment: datetime | None) -> Opening:
    return Opening(is_open=False, changes_at=moment)


def test_hours_are_read_from_what_brands_write() -> None:
    assert read_week("10:00-22:00") == [DAY] * 7
    assert read_week("周一至周五 10:00-21:00；周末 09:30-22:00") == [
        *[((600, 1260),)] * 5,
        *[((570, 1320),)] * 2,
    ]
    assert read_week("周二、周四 10:00-12:00, 14:00-18:00") == [
        (),
        ((600, 720), (840, 1080)),
        (),
        ((600, 720), (840, 1080)),
        (),
        (),
        (),
    ]
    assert read_week("周六至周一 18:00-02:00")[5:] == [((1080, 120),)] * 2  # type: ignore[index]
    for text in ("", "以门店公告为准", "25:00-26:00"):
        assert read_week(text) is None


def test_a_store_says_whether_it_is_open_and_when_that_changes() -> None:
    hours = hours_of(None, None, "10:00-22:00")

    assert opening_at(hours, at(16, 12)) == open_until(at(16, 22))
    assert opening_at(hours, at(16, 22)) == shut_until(at(17, 10))
    assert opening_at(hours, at(16, 9, 59)) == shut_until(at(16, 10))
    assert opening_at(None, at(16, 3)) == open_until(None)


def test_a_night_belongs_to_the_day_it_began_on_and_a_holiday_replaces_its_weekday() -> None:
    night = Hours(week=(((1080, 120),), *[()] * 6), special={})
    shut = Hours(week=(DAY,) * 7, special={date(2026, 11, 17): ()})
    always = Hours(week=(((0, 1440),),) * 7, special={})

    assert opening_at(night, at(17, 1)) == open_until(at(17, 2))
    assert opening_at(night, at(17, 3)) == shut_until(at(23, 18))
    assert opening_at(shut, at(17, 12)) == shut_until(at(18, 10))
    assert opening_at(always, at(17, 12)) == open_until(None)
    assert opening_at(Hours(((),) * 7, {}), at(17, 12)) == shut_until(None)


span = st.tuples(st.integers(0, 1439), st.integers(0, 1440))
weeks = st.tuples(*[st.lists(span, max_size=2).map(tuple)] * 7)


@given(weeks, st.integers(0, 7 * 1440 - 1))
def test_open_is_what_the_spans_say_minute_by_minute(week: tuple, minute: int) -> None:  # type: ignore[type-arg]
    now = at(16, 0).timestamp() + minute * 60
    moment = datetime.fromtimestamp(now, UTC)
    spans = [
        (day * 1440 + begin, day * 1440 + (end if end > begin else end + 1440))
        for day in range(-1, 8)
        for begin, end in week[day % 7]
    ]

    told = opening_at(Hours(week, {}), moment)

    assert told.is_open == any(begin <= minute < end for begin, end in spans)
    if told.changes_at is not None:
        assert opening_at(Hours(week, {}), told.changes_at).is_open != told.is_open


@pytest.mark.parametrize("text", ["10:00-22:00", "周末 10:00～22:00"])
def test_reading_is_steady(text: str) -> None:
    assert hours_of(read_week(text), {"2026-01-01": []}, "") == Hours(
        tuple(read_week(text) or []), {date(2026, 1, 1): ()}
    )
