"""Counts worked out anew from the steps: products by day, and the days of a member."""

from collections.abc import Sequence
from datetime import date, timedelta

from core import clock
from core.database import sql, use_case

LATE_DAYS = 8  # a phone may tell of a week ago

# What a phone told late lands on its old day: the last days are counted anew as a whole.
COUNT_PRODUCTS = """
WITH counted AS (
    SELECT (at AT TIME ZONE 'Asia/Shanghai')::date AS on_day, product_id, kind, count(*) AS times,
        count(DISTINCT coalesce('m' || member_id, 'v' || visitor_id, 'e' || id)) AS people
    FROM behaviour_event
    WHERE at >= ($1::date)::timestamp AT TIME ZONE 'Asia/Shanghai' AND product_id IS NOT NULL
    GROUP BY 1, 2, 3
)
INSERT INTO behaviour_product_day AS d (on_day, product_id, kind, times, people)
SELECT on_day, product_id, kind, times, people FROM counted
ON CONFLICT (on_day, kind, product_id) DO UPDATE
    SET times = excluded.times, people = excluded.people
    WHERE (d.times, d.people) IS DISTINCT FROM (excluded.times, excluded.people)
RETURNING id
"""
RECOUNT = """
WITH gone AS (
    DELETE FROM behaviour_day WHERE member_id = ANY($1::bigint[]) RETURNING id
)
SELECT count(*) AS n FROM gone
"""
COUNT_DAYS = """
INSERT INTO behaviour_day (member_id, on_day, kind, times)
SELECT member_id, (at AT TIME ZONE 'Asia/Shanghai')::date, kind, count(*)
FROM behaviour_event WHERE member_id = ANY($1::bigint[]) GROUP BY 1, 2, 3
"""


@use_case
async def count_products(since: date | None = None) -> int:
    """Count products by day since `since` (the last eight days); answers how many counts differ."""
    start = since or clock.shop_day(clock.now()) - timedelta(days=LATE_DAYS)
    return len(await sql(COUNT_PRODUCTS, start))


@use_case
async def recount_days(member_ids: Sequence[int]) -> None:
    """Count the days of these members anew, as after two of them turned out to be one."""
    await sql(RECOUNT, list(member_ids))
    await sql(COUNT_DAYS, list(member_ids))
