"""The worked numbers of docs/why/points.md, worked out again."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

from core.audit import checks
from core.clock import shop_day
from crm.points.rules import (
    Bought,
    Had,
    Limits,
    Terms,
    expires_at,
    limited,
    part_of_refund,
    points_of_deed,
    points_of_order,
)
from crm.points.rules.terms import Expiry

PAGE = " ".join(
    (Path(__file__).parents[3] / "docs/why/points.md").read_text(encoding="utf-8").split()
)


def says(words: str) -> bool:
    return words in PAGE


def bought(*lines: tuple[int, int], tier: str = "") -> Bought:
    goods = sum(fen for _, fen in lines)
    return Bought(lines=lines, freight_fen=0, promised=goods // 100, tier=tier)


def test_an_order_of_a_gold_member() -> None:
    terms = Terms.model_validate(
        {"as_promised": True, "times": [{"bp": 15_000, "tiers": ["gold"]}]}
    )
    worked = points_of_order(terms, bought((1, 39_900), tier="gold"))

    assert says("399 points times 1.5 are 598")
    assert says('"promised by the quote +399", "399 points times 1.5 +199"')
    assert [(step.en, step.points) for step in worked.steps] == [
        ("promised by the quote", 399),
        ("399 points times 1.5", 199),
    ]
    assert worked.points == 598


def test_several_multiples() -> None:
    times = [{"bp": 20_000, "product_ids": [2]}, {"bp": 15_000, "product_ids": [2]}]
    terms = Terms.model_validate({"per_yuan": 1, "times": times})

    assert says("100 + 200 are 300 points")
    assert points_of_order(terms, bought((1, 10_000), (2, 10_000))).points == 300


def test_expiry() -> None:
    def last_day(count: int, day: datetime, end: str) -> str:
        ends = expires_at(Expiry.model_validate({"count": count, "to_end_of": end}), day)
        assert ends is not None
        return shop_day(ends - timedelta(seconds=1)).isoformat()

    assert says("usable from 22 November 2026 end with 30 November 2027")
    assert last_day(12, datetime(2026, 11, 22, 3, tzinfo=UTC), "month") == "2027-11-30"
    assert says("One month from 31 January 2027 is 28 February 2027")
    assert last_day(1, datetime(2027, 1, 31, 3, tzinfo=UTC), "day") == "2027-02-28"


def test_refunds_take_goods_before_freight() -> None:
    assert says("When 133.00 go back, 133 points are taken and 266 stay")
    assert 399 * part_of_refund(39_900, 0, 13_300) // 39_900 == 133
    assert says("of which 399.00 go back, keeps no point")
    assert part_of_refund(39_900, 0, 39_900) == 39_900
    assert part_of_refund(39_900, 39_900, 1_000) == 0


def test_a_limit_and_days_in_a_row() -> None:
    share = Terms(flat=7, limits=Limits(points_a_day=20))
    had, given = 0, []
    for _ in range(4):
        worked = limited(points_of_deed(share), share.limits, Had(points_today=had))
        given.append(worked.points)
        had += worked.points

    assert says("three shares give 7, 7 and 6, the fourth nothing")
    assert given == [7, 7, 6, 0]
    assert says("22 on the seventh")
    assert points_of_deed(Terms(flat=2, streak={7: 20}), streak=7).points == 22


def test_the_page_names_the_checks_as_they_are() -> None:
    assert says("`daogou audit` compares earnings with paid orders")
    assert {name for name in checks if name.startswith("points.")} == {
        "points.arithmetic",
        "points.booked",
        "points.exchanges",
        "points.orders",
        "points.redemptions",
        "points.refunds",
        "points.waiting",
    }
