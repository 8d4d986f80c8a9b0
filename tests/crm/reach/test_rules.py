"""Windows of the budget and quiet hours, by the shop's clock."""

from datetime import UTC, datetime, time, timedelta

from crm.reach.rules import Quiet, Window, quiet_until, starts_on


def test_windows_are_the_shops_calendar() -> None:
    sunday_night = datetime(2026, 5, 31, 15, 59, tzinfo=UTC)  # 23:59 in the shop
    monday = sunday_night + timedelta(minutes=2)

    assert [str(starts_on(span, sunday_night)) for span in Window] == [
        "2026-05-31",
        "2026-05-25",
        "2026-05-01",
    ]
    assert [str(starts_on(span, monday)) for span in Window] == ["2026-06-01"] * 3


def test_quiet_hours_go_over_midnight() -> None:
    quiet = Quiet(time(21), time(9))
    evening = datetime(2026, 5, 31, 13, 30, tzinfo=UTC)  # 21:30
    morning = datetime(2026, 5, 31, 0, 30, tzinfo=UTC)  # 8:30
    noon = datetime(2026, 5, 31, 4, tzinfo=UTC)

    assert quiet_until(quiet, evening) == datetime(2026, 6, 1, 1, tzinfo=UTC)
    assert quiet_until(quiet, morning) == datetime(2026, 5, 31, 1, tzinfo=UTC)
    assert quiet_until(quiet, noon) is None
    assert quiet_until(Quiet(time(9), time(9)), evening) is None
