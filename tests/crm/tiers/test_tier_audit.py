"""The auditor of tiers: clean books find nothing, each corruption is named."""

import pytest

from crm.tiers.service import Why, judge
from tests.scenes.auditing import named_in, overlooked_of
from tests.scenes.people import a_member
from tests.scenes.tiers import buys, has_bought, has_tier, sends_back

pytestmark = pytest.mark.usefixtures("db")

OVERLAPPING = """
INSERT INTO tiers_term (public_id, member_id, kind, plan, tier, cause, starts_at, ends_at)
SELECT 'trm_' || n, 7, 'plan', 'p', 'gold', n::text, now(), now() + interval '1 day'
FROM generate_series(1, 2) AS n
"""
CORRUPTIONS = {
    "tiers.credits": [
        "UPDATE tiers_credit SET paid_fen = -1 WHERE cause LIKE 'paid:%'",
        "UPDATE tiers_credit SET counts_at = counts_at - interval '1 s' WHERE paid_fen < 0",
        "UPDATE tiers_credit SET member_id = 99 WHERE paid_fen < 0",
        "DELETE FROM tiers_credit WHERE cause LIKE 'paid:%'",
    ],
    "tiers.standings": [
        "UPDATE tiers_standing SET earned = 'black'",
        "UPDATE tiers_standing SET until = until + interval '1 day'",
        "UPDATE tiers_credit SET paid_fen = 1 WHERE paid_fen > 0",
    ],
    "tiers.history": [
        "UPDATE tiers_standing SET tier = 'black'",
        "DELETE FROM tiers_change",
    ],
    "tiers.judged": ["DELETE FROM tiers_standing"],
    "tiers.terms": [
        OVERLAPPING,
    ],
    "tiers.shown": ["UPDATE people_member SET tier = 'black'"],
    "tiers.overdue": ["UPDATE tiers_standing SET look_at = now() - interval '2 days'"],
}


async def test_clean_books_find_nothing_and_each_corruption_is_named() -> None:
    await has_tier(8, "gold")
    await has_tier((await a_member()).id, "gold")
    await has_bought(9, 100_000, days_ago=100)
    await judge([9], why=Why.PURCHASE)
    order = await buys(500_000)
    await sends_back(order, 100_000)

    assert await named_in({"tiers"}) == set()
    assert await overlooked_of(CORRUPTIONS, {"tiers"}) == []
