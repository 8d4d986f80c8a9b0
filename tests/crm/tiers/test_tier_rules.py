"""Which tier is earned, at every bound: pure, and against a slow way of saying the same."""

from dataclasses import replace
from datetime import date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import settings as examples
from hypothesis import strategies as st

from core.clock import SHOP_ZONE, shop_day
from crm.tiers.errors import BadLadder
from crm.tiers.rules import (
    NO_LADDER,
    Basis,
    Credit,
    Fall,
    Ladder,
    RoundTo,
    Rung,
    Stand,
    Sums,
    check_ladder,
    fold,
)
from tests.scenes.tiers import LONG_AGO, RUNGS

FIRST = datetime(2025, 3, 1, 12, tzinfo=SHOP_ZONE)
LADDER = Ladder(RUNGS, since=LONG_AGO, version=1)
CODES = [rung.code for rung in RUNGS]
SHORT = replace(LADDER, window_days=60, holds_days=30)


def on(day: int, fen: int = 0) -> Credit:
    return Credit(FIRST + timedelta(days=day), fen, fen // 100)


def at(day: float) -> datetime:
    return FIRST + timedelta(days=day)


@pytest.mark.parametrize(
    ("fen", "tier"),
    [
        (0, "standard"),
        (99_999, "standard"),
        (100_000, "silver"),
        (100_001, "silver"),
        (499_999, "silver"),
        (500_000, "gold"),
        (1_999_999, "gold"),
        (2_000_000, "black"),
        (10**12, "black"),
    ],
)
def test_a_tier_begins_at_its_bound_and_none_is_skipped(fen: int, tier: str) -> None:
    assert fold([LADDER], [on(0, fen)], at(0)).code == tier


def test_up_at_once_and_the_purchase_counts_at_its_own_moment() -> None:
    bought = [on(0, 60_000), on(3, 40_000)]

    assert fold([LADDER], bought, at(3) - timedelta(microseconds=1)).code == "standard"
    assert fold([LADDER], bought, at(3)) == Stand(
        "silver", 1, at(3), datetime(2026, 3, 5, tzinfo=SHOP_ZONE)
    )


def test_one_big_purchase_passes_over_tiers_in_between() -> None:
    assert fold([LADDER], [on(0, 600_000)], at(0)).code == "gold"


def test_what_is_older_than_the_window_does_not_count() -> None:
    bought = [on(0, 50_000), on(364, 50_000)]
    late = [on(0, 50_000), on(365, 50_000)]

    assert fold([LADDER], bought, at(364)).code == "silver"
    assert fold([LADDER], late, at(365)).code == "standard"


def test_a_day_of_the_window_is_the_shops_day() -> None:
    last_minute = datetime(2025, 3, 1, 23, 59, tzinfo=SHOP_ZONE)
    ladder = replace(LADDER, window_days=1)
    bought = [Credit(last_minute, 60_000), Credit(last_minute + timedelta(minutes=2), 40_000)]

    assert fold([ladder], bought, at(2)).code == "standard"
    assert fold([replace(ladder, window_days=2)], bought, at(2)).code == "silver"


@pytest.mark.parametrize(
    ("fall", "tiers"),
    [
        (Fall.ONE_DOWN, ["gold", "silver", "standard", "standard"]),
        (Fall.BALANCE, ["gold", "standard", "standard", "standard"]),
        (Fall.NEVER, ["gold", "gold", "gold", "gold"]),
    ],
)
def test_who_buys_nothing_more_falls_by_the_policy(fall: Fall, tiers: list[str]) -> None:
    ladder = replace(LADDER, fall=fall)
    seen = [fold([ladder], [on(0, 500_000)], at(days)).code for days in (0, 367, 734, 1_200)]

    assert seen == tiers


def test_a_tier_is_kept_by_qualifying_in_its_last_window_and_lost_by_one_fen() -> None:
    ladder = replace(LADDER, fall=Fall.BALANCE)
    kept = [on(0, 500_000), on(200, 500_000)]
    lost = [on(0, 500_000), on(200, 499_999)]
    end = fold([ladder], kept, at(1)).until
    assert end is not None

    assert fold([ladder], kept, end).code == "gold"
    assert fold([ladder], lost, end - timedelta(microseconds=1)).code == "gold"
    assert fold([ladder], lost, end).code == "silver"


def test_grace_days_keep_the_tier_and_a_purchase_in_them_saves_it() -> None:
    ladder = replace(LADDER, grace_days=30, fall=Fall.BALANCE)
    until = fold([ladder], [on(0, 100_000)], at(0)).until
    assert until is not None
    inside = until + timedelta(days=29)
    saved = [on(0, 100_000), Credit(inside, 100_000)]

    assert fold([ladder], [on(0, 100_000)], inside).is_in_grace
    assert fold([ladder], [on(0, 100_000)], until + timedelta(days=30)).code == "standard"
    held = fold([ladder], saved, inside)
    assert (held.code, held.is_in_grace, held.since) == ("silver", False, at(0))


def test_a_refund_is_as_if_nothing_had_been_bought() -> None:
    """Buy, reach gold, send all back: no tier stays, and no later window is robbed."""
    gone = [on(0, 0), on(10, 100_000)]

    assert fold([LADDER], gone, at(400)).code == fold([LADDER], [on(10, 100_000)], at(400)).code
    assert fold([LADDER], [on(0, 99_999)], at(1)).code == "standard"


@pytest.mark.parametrize(
    ("round_to", "until"),
    [
        (RoundTo.DAY, date(2026, 3, 2)),
        (RoundTo.MONTH, date(2026, 4, 1)),
        (RoundTo.YEAR, date(2027, 1, 1)),
    ],
)
def test_a_tier_holds_to_the_end_of_a_day_month_or_year(round_to: RoundTo, until: date) -> None:
    stand = fold([replace(LADDER, round_to=round_to)], [on(0, 100_000)], at(0))

    assert stand.until == datetime.combine(until, time(), SHOP_ZONE)


def test_growth_value_and_money_are_two_measures() -> None:
    ladder = replace(LADDER, basis=Basis.GROWTH, rungs=(Rung("standard", 0), Rung("silver", 1_000)))
    assert fold([ladder], [on(0, 99_900)], at(0)).code == "standard"
    assert fold([ladder], [Credit(at(0), 0, 1_000)], at(0)).code == "silver"


def test_new_rules_lift_at_once_and_lower_nobody_before_the_end() -> None:
    kinder = replace(
        LADDER, rungs=(RUNGS[0], replace(RUNGS[1], threshold=50_000)), since=at(10), version=2
    )
    harder = replace(
        LADDER, rungs=(RUNGS[0], replace(RUNGS[1], threshold=900_000)), since=at(10), version=2
    )
    assert fold([LADDER, kinder], [on(0, 60_000)], at(9)).code == "standard"
    assert fold([LADDER, kinder], [on(0, 60_000)], at(10)).code == "silver"
    assert fold([LADDER, harder], [on(0, 100_000)], at(300)).code == "silver"
    assert fold([LADDER, harder], [on(0, 100_000)], at(367)).code == "standard"


def test_a_tier_the_new_rules_do_not_know_is_judged_anew() -> None:
    other = Ladder((Rung("base", 0), Rung("club", 300_000)), since=at(10), version=2)

    assert fold([LADDER, other], [on(0, 500_000)], at(10)).code == "club"
    assert fold([LADDER, other], [on(0, 100_000)], at(10)).code == "base"


def test_without_rules_everybody_has_the_base_tier() -> None:
    assert fold([], [on(0, 10**9)], at(0)) == Stand()
    assert fold([LADDER], [on(0, 10**9)], LONG_AGO - timedelta(days=1)).code == "standard"


histories = st.lists(
    st.builds(
        on,
        st.integers(0, 200),
        st.one_of(
            st.sampled_from([0, 1, 99_999, 100_000, 100_001, 400_000, 499_999, 500_000]),
            st.integers(0, 2_100_000),
        ),
    ),
    max_size=8,
)
ladders = st.builds(
    Ladder,
    st.just(RUNGS),
    window_days=st.sampled_from([None, 1, 30, 60]),
    holds_days=st.sampled_from([None, 28, 45]),
    round_to=st.sampled_from(RoundTo),
    fall=st.sampled_from(Fall),
    grace_days=st.sampled_from([0, 7, 40]),
    since=st.just(LONG_AGO),
    version=st.just(1),
)


@examples(max_examples=60)
@given(ladders, histories, st.integers(0, 400))
def test_the_order_of_news_and_the_day_of_looking_change_nothing(
    ladder: Ladder, history: list[Credit], day: int
) -> None:
    stand = fold([ladder], history, at(day))

    assert fold([ladder], list(reversed(history)), at(day)) == stand
    assert fold([ladder], [one for one in history if one.at <= at(day)], at(day)) == stand
    assert stand.until is None or stand.until > at(day) or stand.is_in_grace
    assert stand.rank == CODES.index(stand.code)


@examples(max_examples=60)
@given(ladders, histories, st.integers(0, 200), st.integers(1, 2_000_000))
def test_more_bought_never_means_a_lower_tier(
    ladder: Ladder, history: list[Credit], day: int, fen: int
) -> None:
    """At any later day; so a refund never lifts anybody."""
    more = [*history, on(day, fen)]

    assert all(
        fold([ladder], more, at(later)).rank >= fold([ladder], history, at(later)).rank
        for later in (day, day + 1, day + 50)
        if ladder.fall is not Fall.ONE_DOWN or not ladder.window_days
    )


@examples(max_examples=60)
@given(ladders, histories, st.integers(0, 400))
def test_a_tier_is_never_below_what_counts_on_the_day_it_counted(
    ladder: Ladder, history: list[Credit], day: int
) -> None:
    bought = [one for one in history if one.at <= at(day)]
    moment = max((one.at for one in bought), default=at(day))
    reached = ladder.rank_for(Sums(bought).at(ladder, moment))

    assert fold([ladder], history, moment).rank >= reached


@examples(max_examples=60)
@given(ladders, histories, st.integers(0, 400))
def test_sums_are_what_a_slow_count_of_the_days_says(
    ladder: Ladder, history: list[Credit], day: int
) -> None:
    first = ladder.first_day(shop_day(at(day)))
    slow = sum(one.paid_fen for one in history if one.at <= at(day) and shop_day(one.at) >= first)

    assert Sums(history).at(ladder, at(day)) == slow


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"rungs": ()}, "rungs"),
        ({"rungs": (Rung("a", 0), Rung("a", 5))}, "rungs"),
        ({"rungs": (Rung("a", 1),)}, "threshold"),
        ({"rungs": (Rung("a", 0), Rung("b", 5), Rung("c", 5))}, "threshold"),
        ({"rungs": (Rung("a", 0), Rung("b", 10**13))}, "threshold"),
        ({"rungs": (Rung("ä b", 0),)}, "code"),
        ({"rungs": (Rung("", 0),)}, "code"),
        ({"window_days": 0}, "window_days"),
        ({"holds_days": 27}, "holds_days"),
        ({"grace_days": -1}, "grace_days"),
        ({"notice_days": 400}, "notice_days"),
        ({"growth_per_yuan": -1}, "growth_per_yuan"),
    ],
)
def test_tiers_that_cannot_be_are_refused_by_their_field(
    change: dict[str, object], field: str
) -> None:
    with pytest.raises(BadLadder) as refused:
        check_ladder(replace(LADDER, **change))  # type: ignore[arg-type]
    assert refused.value.facts == {"field": field}
    check_ladder(NO_LADDER)
